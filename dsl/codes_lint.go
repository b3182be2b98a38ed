package dsl

// What may be wrong with a scenario that runs.
const (
	codeUnusedCoroutine = "RL0501"
	codeUnusedCallback  = "RL0502"
	codeUnusedObject    = "RL0503"
	codeUnusedName      = "RL0504"
	codeEndless         = "RL0505"
	codeSpins           = "RL0506"
	codeLeftTask        = "RL0507"
	codeLockOrder       = "RL0508"
	codeLostUpdate      = "RL0509"
	codeSwallowed       = "RL0510"
	codeBareName        = "RL0512"
	codeNearError       = "RL0513"
)

package lint

// What may be wrong with a scenario that runs.
const (
	CodeUnusedCoroutine = "RL0501"
	CodeUnusedCallback  = "RL0502"
	CodeUnusedObject    = "RL0503"
	CodeUnusedName      = "RL0504"
	CodeEndless         = "RL0505"
	CodeSpins           = "RL0506"
	CodeLeftTask        = "RL0507"
	CodeLockOrder       = "RL0508"
	CodeLostUpdate      = "RL0509"
	CodeSwallowed       = "RL0510"
	CodeBareName        = "RL0512"
	CodeNearError       = "RL0513"
	CodeNeverWoken      = "RL0514"
)

package lint

// The codes of warnings about scenarios that run.
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
	CodeNotation        = "RL0515"
	CodeRemainder       = "RL0516"
	CodeHeldUp          = "RL0517"
	CodeLoanPut         = "RL0519" // RL0518 is of runs
)

package dsl

// What can be wrong with the structure of a scenario.
const (
	codeUnknownKey   = "RL0101"
	codeMissingKey   = "RL0102"
	codeWrongForm    = "RL0103"
	codeUnknownVerb  = "RL0104"
	codeSeveralVerbs = "RL0105"
	codeNoVerb       = "RL0106"
	codeCondition    = "RL0107"
	codeVersion      = "RL0108"
	codeBadName      = "RL0109"
	codeUnknownWord  = "RL0110"
	codeDuration     = "RL0111"
	codeReference    = "RL0112"
	codeEntry        = "RL0113"
	codeNoValue      = "RL0114"
	codePath         = "RL0115"
	codeTemplate     = "RL0116"
	codeClockStart   = "RL0117"
	codeParam        = "RL0118"
	codeParamDefault = "RL0119"
	codeNothingToDo  = "RL0120"
	codeNotBuilt     = "RL0190"
)

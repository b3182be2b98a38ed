package syntax

// What can be wrong with the structure of a scenario.
const (
	CodeUnknownKey    = "RL0101"
	CodeMissingKey    = "RL0102"
	CodeWrongForm     = "RL0103"
	CodeUnknownVerb   = "RL0104"
	CodeSeveralVerbs  = "RL0105"
	CodeNoVerb        = "RL0106"
	CodeCondition     = "RL0107"
	CodeVersion       = "RL0108"
	CodeBadName       = "RL0109"
	CodeUnknownWord   = "RL0110"
	CodeDuration      = "RL0111"
	CodeReference     = "RL0112"
	CodeEntry         = "RL0113"
	CodeNoValue       = "RL0114"
	CodePath          = "RL0115"
	CodeTemplate      = "RL0116"
	CodeClockStart    = "RL0117"
	CodeParam         = "RL0118"
	CodeParamDefault  = "RL0119"
	CodeNothingToDo   = "RL0120"
	CodeCase          = "RL0125"
	CodeInclude       = "RL0130" // an included file that cannot be read
	CodeNotDefinition = "RL0131" // an included file that does more than define
	CodeSource        = "RL0133" // when the tasks of a source arrive
	CodeTimetable     = "RL0134" // the times of a timetable
	CodeCron          = "RL0132" // a cron expression that cannot be read
)

package check

// The codes of errors in names, flow and types.
const (
	CodeHidden       = "RL0301"
	CodeNoVariable   = "RL0302"
	CodeLetShared    = "RL0303"
	CodeUnassigned   = "RL0304"
	CodeUnreachable  = "RL0305"
	CodeOutsideLoop  = "RL0306"
	CodeOutsideBody  = "RL0307"
	CodeNoCoroutine  = "RL0308"
	CodeNoCallback   = "RL0309"
	CodeNoTask       = "RL0310"
	CodeMissingArg   = "RL0311"
	CodeUnknownArg   = "RL0312"
	CodeNoErrorType  = "RL0313"
	CodeCaughtBefore = "RL0314"
	CodeResetUnset   = "RL0315"
	CodeSameTask     = "RL0316"
	CodeBareRaise    = "RL0317"
	CodeConstant     = "RL0318"
	CodeWaits        = "RL0319"
	CodeAmbiguous    = "RL0320"
	CodeRecursion    = "RL0325" // a function of expressions that calls itself
	CodeCollision    = "RL0326" // a name that two files define
	CodeValueType    = "RL0401"
	CodeTwoTypes     = "RL0402"
	CodeArgType      = "RL0403"
	CodeBounds       = "RL0404"
	CodeNoElements   = "RL0405"
)

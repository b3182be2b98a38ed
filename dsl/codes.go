package dsl

// The codes of structure, of names and flow, and of the types of keys. The YAML front end's stand in yaml.go, those
// of expressions in expr.go.
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
	codeHidden       = "RL0301"
	codeNoVariable   = "RL0302"
	codeLetShared    = "RL0303"
	codeUnassigned   = "RL0304"
	codeUnreachable  = "RL0305"
	codeOutsideLoop  = "RL0306"
	codeOutsideBody  = "RL0307"
	codeNoCoroutine  = "RL0308"
	codeNoCallback   = "RL0309"
	codeNoTask       = "RL0310"
	codeMissingArg   = "RL0311"
	codeUnknownArg   = "RL0312"
	codeNoErrorType  = "RL0313"
	codeCaughtBefore = "RL0314"
	codeResetUnset   = "RL0315"
	codeSameTask     = "RL0316"
	codeBareRaise    = "RL0317"
	codeConstant     = "RL0318"
	codeWaits        = "RL0319"
	codeAmbiguous    = "RL0320"
	codeValueType    = "RL0401"
	codeTwoTypes     = "RL0402"
	codeArgType      = "RL0403"
	codeBounds       = "RL0404"
	codeNoElements   = "RL0405"
)

// Code is a diagnostic's code with its meaning.
type Code struct{ Code, Meaning string }

// Codes is the codes of diagnostics, in order.
var Codes = []Code{
	{codeFileTooLarge, "a file that is too large"},
	{codeFileEmpty, "a file with nothing in it but comments"},
	{codeFileEncoding, "a file that is not UTF-8, or has a character that YAML does not allow"},
	{codeSyntax, "something that is not YAML"},
	{codeIndentation, "an indentation that fits nothing above it, or is made with tabs"},
	{codeTooDeep, "values nested too deeply"},
	{codeDuplicateKey, "a key that stands twice in one map"},
	{codeMergeKey, "a merge key `<<`"},
	{codeKeyType, "a key that is not text"},
	{codeSecondDocument, "a second YAML document, or a directive"},
	{codeAlias, "an alias without its anchor, inside it, or expanding to too much"},
	{codeTag, "a YAML tag, often meant as `not`"},
	{codeNumber, "a number in a form that YAML's versions read differently, or out of range"},
	{codeTooLong, "a text that is too long, or too many values"},
	{codeFlowText, "an unquoted expression inside [ ] or { }"},
	{codeHash, "` #`, which begins a comment, inside an expression or after a key"},
	{codeColon, "`: ` inside an unquoted value"},
	{codeIndicator, "an unquoted value that begins with a character that means something to YAML"},
	{codeAfterQuote, "text after a quoted value"},
	{codeUnclosed, "a quote or a bracket that is never closed"},
	{codeEscape, "an unknown escape in double quotes"},
	{codeMissingColon, "a line of a map that is no `key: value`"},
	{codeBraces, "`{{ x }}` instead of `${x}`"},
	{codeUnknownKey, "a key that does not exist here"},
	{codeMissingKey, "a required key is missing"},
	{codeWrongForm, "a value is written in a form that the key does not take"},
	{codeUnknownVerb, "a verb that does not exist"},
	{codeSeveralVerbs, "a step with more than one verb"},
	{codeNoVerb, "a step without a verb"},
	{codeCondition, "`${…}`, or something else that is no expression, where a condition is meant"},
	{codeVersion, "a version of the language that does not exist"},
	{codeBadName, "a name with characters that it may not have"},
	{codeUnknownWord, "a word that is none of those the key takes"},
	{codeDuration, "text that is no duration, or a negative one"},
	{codeReference, "neither a name nor one `${…}`"},
	{codeEntry, "an entry without `call` or `do`, or with both"},
	{codeNoValue, "a verb without the value it needs, or with one that it does not take"},
	{codePath, "a path that is not name(.key | [index])*"},
	{codeTemplate, "a `${` without its `}`, or an empty `${}`"},
	{codeClockStart, "a clock start that is no time"},
	{codeParam, "a parameter without a known type"},
	{codeParamDefault, "a run parameter's default that its type, min, max or enum forbid"},
	{codeNothingToDo, "a scenario that starts nothing"},
	{codeNotBuilt, "a part of the language that is not built yet"},
	{codeExprSyntax, "an expression that cannot be read"},
	{codeExprSize, "an expression that is too long or too deeply nested"},
	{codeUnknownName, "a variable that an expression does not know"},
	{codeUnknownFunc, "a function that does not exist"},
	{codeArguments, "too few or too many arguments of a function"},
	{codeType, "a value whose type the operator or function does not take"},
	{codeNoAttribute, "an attribute that does not exist"},
	{codeNotHere, "something that exists, but not in this place"},
	{codeBadPattern, "a regular expression that cannot be compiled"},
	{codeBadFormat, "a format that format() or strftime() does not know"},
	{codeHiddenName, "a name inside an expression that would hide another"},
	{codeNeverTrue, "a comparison whose result is always the same"},
	{codeHidden, "a name that would hide another one"},
	{codeNoVariable, "a variable that does not exist"},
	{codeLetShared, "`let` of a variable that is not a local"},
	{codeUnassigned, "a local that is read before it is assigned on every path"},
	{codeUnreachable, "steps that can never run"},
	{codeOutsideLoop, "`break` or `continue` outside a loop"},
	{codeOutsideBody, "`return` where there is nothing to return from"},
	{codeNoCoroutine, "a coroutine that does not exist"},
	{codeNoCallback, "a callback that does not exist"},
	{codeNoTask, "a task that does not exist"},
	{codeMissingArg, "an argument is missing"},
	{codeUnknownArg, "an argument that has no parameter"},
	{codeNoErrorType, "a type of error that is neither Python's nor raised in the scenario"},
	{codeCaughtBefore, "a handler that an earlier one leaves nothing to"},
	{codeResetUnset, "`reset` of a context variable that the activation never sets"},
	{codeSameTask, "two workers of one name"},
	{codeBareRaise, "`raise` without an error outside a handler"},
	{codeConstant, "an assignment to what cannot be assigned"},
	{codeWaits, "a step that may wait where nothing can wait"},
	{codeAmbiguous, "a name that means two things"},
	{codeValueType, "a value whose type the key does not take"},
	{codeTwoTypes, "a variable with two types"},
	{codeArgType, "an argument whose type the parameter does not take"},
	{codeBounds, "a number that is out of the key's range"},
	{codeNoElements, "a path into something that has no elements"},
}

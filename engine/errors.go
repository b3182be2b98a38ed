package engine

import (
	"slices"
	"strings"
)

// Error is an error of the running scenario, named as in Python. It is immutable once raised.
type Error struct {
	Type    string // "ValueError", or a name of the scenario's own
	Message string
	State   string  // for reports: the state of the object that it is about; may be empty
	Cause   Value   // what it was raised from, an Interrupt's cause; null: nothing
	Errors  []Value // what an ExceptionGroup holds
	Pos     Pos     // where it was raised
	At      int64   // the loop time when it was raised, in nanoseconds
	Code    string  // the coroutine or callback that raised it
}

// Error is the text Python shows: "Type: message", or the type alone.
func (e *Error) Error() string {
	if e.Message == "" {
		return e.Type
	}
	return e.Type + ": " + e.Message
}

// errorTypes is Python's exception hierarchy and asyncio's, sorted by name. A type that is not here is the scenario's own and
// derives from Exception. Left out are StopIteration and StopAsyncIteration: of the first a coroutine makes a RuntimeError.
var errorTypes = [...]struct{ name, base string }{
	{"ArithmeticError", "Exception"},
	{"AssertionError", "Exception"},
	{"AttributeError", "Exception"},
	{"BaseException", ""},
	{"BaseExceptionGroup", "BaseException"},
	{"BlockingIOError", "OSError"},
	{"BrokenBarrierError", "RuntimeError"},
	{"BrokenPipeError", "ConnectionError"},
	{"BufferError", "Exception"},
	{"BytesWarning", "Warning"},
	{"CancelledError", "BaseException"},
	{"ChildProcessError", "OSError"},
	{"ConnectionAbortedError", "ConnectionError"},
	{"ConnectionError", "OSError"},
	{"ConnectionRefusedError", "ConnectionError"},
	{"ConnectionResetError", "ConnectionError"},
	{"DeprecationWarning", "Warning"},
	{"EOFError", "Exception"},
	{"EncodingWarning", "Warning"},
	{"Exception", "BaseException"},
	{"ExceptionGroup", "BaseExceptionGroup"},
	{"FileExistsError", "OSError"},
	{"FileNotFoundError", "OSError"},
	{"FloatingPointError", "ArithmeticError"},
	{"FutureWarning", "Warning"},
	{"GeneratorExit", "BaseException"},
	{"ImportError", "Exception"},
	{"ImportWarning", "Warning"},
	{"IndentationError", "SyntaxError"},
	{"IndexError", "LookupError"},
	{"Interrupt", "Exception"},
	{"InterruptedError", "OSError"},
	{"InvalidStateError", "Exception"},
	{"IsADirectoryError", "OSError"},
	{"KeyError", "LookupError"},
	{"KeyboardInterrupt", "BaseException"},
	{"LookupError", "Exception"},
	{"MemoryError", "Exception"},
	{"ModuleNotFoundError", "ImportError"},
	{"NameError", "Exception"},
	{"NotADirectoryError", "OSError"},
	{"NotImplementedError", "RuntimeError"},
	{"OSError", "Exception"},
	{"OverflowError", "ArithmeticError"},
	{"PendingDeprecationWarning", "Warning"},
	{"PermissionError", "OSError"},
	{"ProcessLookupError", "OSError"},
	{"QueueEmpty", "Exception"},
	{"QueueFull", "Exception"},
	{"QueueShutDown", "Exception"},
	{"RecursionError", "RuntimeError"},
	{"ReferenceError", "Exception"},
	{"ResourceFull", "Exception"},
	{"ResourceWarning", "Warning"},
	{"RuntimeError", "Exception"},
	{"RuntimeWarning", "Warning"},
	{"SyntaxError", "Exception"},
	{"SyntaxWarning", "Warning"},
	{"SystemError", "Exception"},
	{"SystemExit", "BaseException"},
	{"TabError", "IndentationError"},
	{"TimeoutError", "OSError"},
	{"TypeError", "Exception"},
	{"UnboundLocalError", "NameError"},
	{"UnicodeDecodeError", "UnicodeError"},
	{"UnicodeEncodeError", "UnicodeError"},
	{"UnicodeError", "ValueError"},
	{"UnicodeTranslateError", "UnicodeError"},
	{"UnicodeWarning", "Warning"},
	{"UserWarning", "Warning"},
	{"ValueError", "Exception"},
	{"Warning", "Exception"},
	{"ZeroDivisionError", "ArithmeticError"},
}

// ErrorTypes is the names of the errors that the language knows, sorted.
func ErrorTypes() []string {
	names := make([]string, len(errorTypes))
	for i, t := range errorTypes {
		names[i] = t.name
	}
	return names
}

// IsSubtype reports whether typ is base or derives from it. ExceptionGroup alone has a second base.
func IsSubtype(typ, base string) bool {
	if typ == "ExceptionGroup" && base == "Exception" {
		return true
	}
	for typ != base {
		if typ == "BaseException" {
			return false
		}
		typ = BaseOf(typ)
	}
	return true
}

// endsRun reports whether err, raised by a task or a callback, ends the run: it goes out through run_forever.
func (e *Error) endsRun() bool { return e.Type == "KeyboardInterrupt" || e.Type == "SystemExit" }

// BaseOf is the first type that an error type other than BaseException derives from.
func BaseOf(typ string) string {
	i, known := slices.BinarySearchFunc(errorTypes[:], typ, func(t struct{ name, base string }, name string) int {
		return strings.Compare(t.name, name)
	})
	if !known {
		return "Exception"
	}
	return errorTypes[i].base
}

func (l *Loop) errorAttr(e *Error, a Attr) Value {
	switch a {
	case AttrType:
		return String(e.Type)
	case AttrMessage:
		return String(e.Message)
	case AttrCause:
		return l.Escape(e.Cause)
	case AttrErrors:
		return List(e.Errors)
	}
	l.Raise("TypeError", "an error has no such attribute")
	return Value{}
}

package engine

import "slices"

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

// bases is Python's exception hierarchy, as far as the language knows it. A type that is not here is the scenario's
// own and derives from Exception.
var bases = map[string]string{
	"BaseException":      "",
	"CancelledError":     "BaseException",
	"BaseExceptionGroup": "BaseException",
	"Exception":          "BaseException",
	"ExceptionGroup":     "Exception",
	"ArithmeticError":    "Exception",
	"OverflowError":      "ArithmeticError",
	"ZeroDivisionError":  "ArithmeticError",
	"AssertionError":     "Exception",
	"LookupError":        "Exception",
	"IndexError":         "LookupError",
	"KeyError":           "LookupError",
	"RuntimeError":       "Exception",
	"RecursionError":     "RuntimeError",
	"BrokenBarrierError": "RuntimeError",
	"OSError":            "Exception",
	"ConnectionError":    "OSError",
	"TimeoutError":       "OSError",
	"TypeError":          "Exception",
	"ValueError":         "Exception",
	"InvalidStateError":  "Exception",
	"QueueEmpty":         "Exception",
	"QueueFull":          "Exception",
	"QueueShutDown":      "Exception",
	"Interrupt":          "Exception",
}

// ErrorTypes is the names of the errors that the language knows, sorted.
func ErrorTypes() []string {
	var names []string
	for n := range bases {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// IsSubtype reports whether typ is base or derives from it.
func IsSubtype(typ, base string) bool {
	for typ != base {
		up, known := bases[typ]
		if !known {
			up = "Exception"
		}
		if up == "" {
			return false
		}
		typ = up
	}
	return true
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

package dsl

import (
	"slices"

	"runloop/engine"
)

// File is a parsed scenario. It is immutable and may be shared.
type File struct {
	Source      *Source
	Root        *Record // every top-level key, in the order of the file; nil: it is no YAML
	Name        string  // the file's name without its extension where it says none
	Description string

	Params     []*Param      // run parameters
	Shared     []*Variable   // shared variables
	Context    []*Variable   // context variables
	Objects    []*Object     // locks, queues …, in the order of the file
	Coroutines []*Definition // in order of declaration
	Callbacks  []*Definition // in order of declaration
	Workers    []*Worker     // in order of creation
	Main       *Block        // nil: there is none
	Before     *Block        // nil: there is none
	After      *Block        // nil: there is none
}

// Variable is a shared or a context variable with its first value.
type Variable struct {
	Name  *Name
	Value *Value
}

// Definition is a coroutine or a callback; its other keys are in Record.
type Definition struct {
	Name   *Name
	Record *Record
	Params []*Param
	Do     *Block
}

// Worker is an entry of `workers`.
type Worker struct {
	Name  *Name
	Entry *Record
}

// Param is a parameter of the run, of a coroutine or of a callback.
type Param struct {
	Name        *Name
	Type        Type
	IsDuration  bool   // declared as a duration: a number of seconds that may be written 1m30s
	Default     *Value // nil: it must be given
	Min, Max    *Value // of a run parameter; nil: no bound
	Enum        *Value // of a run parameter, a list; nil: any value
	Description string
	typed       bool // its type is declared, not its default's
}

// Record is a map with known keys: a step, an entry, a definition, a branch.
type Record struct {
	Span
	Fields []Field // in the order of the file; in a file with errors a Value may be nil

	partial bool // part of it could not be read and was reported, so nothing is reported as missing
}

// Field is one key of a Record, with its value.
type Field struct {
	Key     *Key
	KeySpan Span
	Value   FieldValue
}

// Get is the value of the field of that name, nil: it is absent.
func (r *Record) Get(name string) FieldValue {
	if r != nil {
		for i := range r.Fields {
			if r.Fields[i].Key.Name == name {
				return r.Fields[i].Value
			}
		}
	}
	return nil
}

// has reports whether the field of that name is written, be it wrongly.
func (r *Record) has(name string) bool {
	return r != nil && slices.ContainsFunc(r.Fields, func(f Field) bool { return f.Key.Name == name })
}

// field is the value of the field of that name, the zero T where it is absent or of another type.
func field[T FieldValue](r *Record, name string) T {
	v, _ := r.Get(name).(T)
	return v
}

// Step is one step.
type Step struct {
	Verb *Verb
	Record
}

// FieldValue is what a field holds: one of the types below.
type FieldValue interface {
	fieldValue()
	// Where is the value's place in the file.
	Where() Span
}

// The values of fields.
type (
	// Value is a value as it is written: a constant, an expression, text with expressions in it, a list or a map.
	Value struct {
		Span
		Kind  ValueKind
		Const engine.Value // of Literal
		Expr  *Expr        // of Computed
		Parts []Part       // of Template
		Items []*Value     // of ListValue and MapValue
		Keys  []string     // of MapValue: the key of each item
		Plain bool         // of Literal: text without quotes
	}
	// Condition is a bare expression.
	Condition struct {
		Span
		Expr *Expr
	}
	// Conditions is a list of conditions.
	Conditions struct {
		Span
		Items []*Condition
	}
	// Duration is a duration or a loop time: Nanos, or what Expr computes in seconds.
	Duration struct {
		Span
		Nanos int64
		Expr  *Expr
	}
	// Reference names or computes a task, a handle or an object.
	Reference struct {
		Span
		Text     string      // as written; empty for ${…}
		Expr     *Expr       // of ${…}
		Path     *Expr       // Text as an expression, which it is where it names a variable or a place in one
		Problems Diagnostics // what is wrong with Path then
	}
	// References is a list of references, or a single one.
	References struct {
		Span
		Items  []*Reference
		IsList bool
	}
	// Objects is declared synchronisation objects.
	Objects struct {
		Span
		Items []*Object
	}
	// Name is a bare name.
	Name struct {
		Span
		Text string
	}
	// Names is a list of names.
	Names struct {
		Span
		Items []*Name
	}
	// Block is a list of steps.
	Block struct {
		Span
		Steps []*Step
	}
	// Bindings gives values to names.
	Bindings struct {
		Span
		Items []Binding
	}
	// Binding gives a value to a name.
	Binding struct {
		Name  *Name
		Value *Value
	}
	// Targets gives values to paths.
	Targets struct {
		Span
		Items []Targeting
	}
	// Targeting gives a value to a path.
	Targeting struct {
		Path  *Path
		Value *Value
	}
	// Path is a variable, or a place inside the list or map that it holds.
	Path struct {
		Span
		Name  *Name
		Elems []PathElem
	}
	// PathElem is one step into a list or map: .Key, or [Index].
	PathElem struct {
		Span
		Key   string
		Index *Expr // nil: Key
	}
	// Records is a list of records.
	Records struct {
		Span
		Items []*Record
	}
	// Items is what `gather` waits for. An item is a *Reference or a *Record, an entry.
	Items struct {
		Span
		Items []FieldValue
	}
	// Definitions is records under declared names.
	Definitions struct {
		Span
		Items []NamedRecord
	}
	// NamedRecord is a record under its name.
	NamedRecord struct {
		Name   *Name
		Record *Record
	}
	// Params is the parameters of a run, a coroutine or a callback.
	Params struct {
		Span
		Items []*Param
	}
	// Nothing is an absent value: `- stop`.
	Nothing struct{ Span }
)

// ValueKind is how a Value is written.
type ValueKind uint8

const (
	Literal   ValueKind = iota // a constant
	Computed                   // one ${…} and nothing else: it keeps its type
	Template                   // text with ${…} in it
	ListValue                  // a YAML list
	MapValue                   // a YAML map
)

// Part is a piece of a template: literal text, or an expression.
type Part struct {
	Text string
	Expr *Expr // nil: Text
}

// Expr is an expression as written.
type Expr struct {
	Span
	Text string

	tree *expression // nil after an error
}

func (*Value) fieldValue()       {}
func (*Condition) fieldValue()   {}
func (*Conditions) fieldValue()  {}
func (*Duration) fieldValue()    {}
func (*Reference) fieldValue()   {}
func (*References) fieldValue()  {}
func (*Objects) fieldValue()     {}
func (*Name) fieldValue()        {}
func (*Names) fieldValue()       {}
func (*Block) fieldValue()       {}
func (*Bindings) fieldValue()    {}
func (*Targets) fieldValue()     {}
func (*Record) fieldValue()      {}
func (*Records) fieldValue()     {}
func (*Items) fieldValue()       {}
func (*Definitions) fieldValue() {}
func (*Params) fieldValue()      {}
func (*Nothing) fieldValue()     {}

// Where is the span itself: it gives every value its place.
func (s Span) Where() Span { return s }

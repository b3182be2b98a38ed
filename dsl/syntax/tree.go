// Package syntax is the structure of a scenario: the table of verbs and keys, the tree of a file, and the parser that
// reads the nodes of a file into it after the table.
package syntax

import (
	"slices"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/yaml"
	"runloop/engine"
)

// File is a parsed scenario. It is immutable and may be shared.
type File struct {
	Record              // every top-level key, in the order of the file
	Root        *Record // the same; nil: the file is no YAML
	Source      *source.Source
	Name        string // the file's name without its extension where it says none
	Description string
	LoopType    string // what `loop` shows
	LoopID      string

	Params     []*Param      // run parameters
	Shared     []*Variable   // shared variables
	Context    []*Variable   // context variables
	Objects    []*Object     // locks, queues …, in the order of the file
	Coroutines []*Definition // in order of declaration
	Callbacks  []*Definition // in order of declaration
	Functions  []*Function   // in order of declaration
	Workers    []*Worker     // in order of creation
	Sources    []*Source     // in order of declaration
	Metrics    []*Metric     // in order of declaration
	Main       *Block        // nil: there is none
	Before     *Block        // nil: there is none
	After      *Block        // nil: there is none

	// What the other keys say, nil where they are absent.
	Version, Title, About       *Value
	Includes                    *Value // the paths of files
	SharedValues, ContextValues *Bindings
	Seed                        *Value
	Warmup                      *Duration
	Ties, Draws                 *Name
	Unit                        int64 // what a bare number of time counts, in nanoseconds
	Clock                       *Clock
	Loop                        *LoopNames
	Limits                      *Limits
	Expect                      *Expect
	Cases                       []*Case // in the order of the file
	Explore                     *Explore

	Lost   map[*Key]bool // the keys whose values could not be read, which has been reported
	Unread []source.Span // steps and values that could not be read, which has been reported
	tree   *yaml.Node    // what it was read from

	Included []*File // the files that it includes, through others too: their definitions are among its own
	Sees     [][]int // for each part of Source, those whose definitions its code can use; nil: there is one part
}

// Variable is a shared or a context variable with its first value.
type Variable struct {
	Name  *Name
	Value *Value
}

// Worker is an entry of `workers`.
type Worker struct {
	Name  *Name
	Entry *Entry
}

// Param is a parameter of the run, of a coroutine or of a callback.
type Param struct {
	Record
	Name        *Name
	Type        expr.Type
	IsDuration  bool   // declared as a duration: a number of time that may be written 1m30s
	Default     *Value // nil: it must be given
	Min, Max    *Value // of a run parameter; nil: no bound
	Enum        *Value // of a run parameter, a list; nil: any value
	Description string
	Typed       bool // its type is declared, not its default's

	unit int64 // that of bare numbers of time, in nanoseconds; 0: seconds
}

// Record is a map with known keys as it is written: a step, an entry, a definition, a branch.
type Record struct {
	source.Span
	Verb   *Verb   // of a step, nil: it is none
	Fields []Field // in the order of the file; in a file with errors a Value may be nil
	Node   Node    // what it says: it holds this Record
	Then   *Block  // of an arm of `first`: what runs when it was the first; nil: nothing

	partial bool // part of it could not be read and was reported, so nothing is reported as missing
}

// Field is one key of a Record, with its value.
type Field struct {
	Key     *Key
	KeySpan source.Span
	Value   FieldValue
}

// Step is one step: a record with a verb.
type Step = Record

// FieldValue is what a field holds: one of the types below.
type FieldValue interface {
	fieldValue()
	// Where is the value's place in the file.
	Where() source.Span
}

// The values of fields.
type (
	// Value is a value as it is written: a constant, an expression, text with expressions in it, a list or a map.
	Value struct {
		source.Span
		Kind  ValueKind
		Const engine.Value // of Literal
		Expr  *Expr        // of Computed
		Parts []Part       // of Template
		Items []*Value     // of ListValue and MapValue
		Keys  []string     // of MapValue: the key of each item
		Plain bool         // of Literal: text without quotes
		Unit  string       // of Literal: a number of seconds as it is written, with its units; else empty
	}
	// Condition is a bare expression.
	Condition struct {
		source.Span
		Expr *Expr
	}
	// Conditions is a list of conditions.
	Conditions struct {
		source.Span
		Items []*Condition
	}
	// Duration is a duration or a loop time: Nanos, or what Expr computes in seconds. If OfDay is set, it is the next time at
	// which the clock shows that time of day, in Nanos since midnight; OfWeek: in Nanos since Monday's.
	Duration struct {
		source.Span
		Nanos  int64
		OfDay  bool
		OfWeek bool
		Expr   *Expr
	}
	// Reference names or computes a task, a handle or an object.
	Reference struct {
		source.Span
		Text     string             // as written; empty for ${…}
		Expr     *Expr              // of ${…}
		Path     *Expr              // Text as an expression, which it is where it names a variable or a place in one
		Problems source.Diagnostics // what is wrong with Path then
	}
	// References is a list of references, or a single one.
	References struct {
		source.Span
		Items  []*Reference
		IsList bool
	}
	// Objects is declared synchronisation objects.
	Objects struct {
		source.Span
		Items []*Object
	}
	// Name is a bare name.
	Name struct {
		source.Span
		Text string
	}
	// Names is a list of names.
	Names struct {
		source.Span
		Items []*Name
	}
	// Block is a list of steps.
	Block struct {
		source.Span
		Steps []*Step
		Lacks bool // a step could not be read, which has been reported
	}
	// Bindings gives values to names.
	Bindings struct {
		source.Span
		Items   []Binding
		Partial bool // a key of it cannot be read, which has been reported
	}
	// Binding gives a value to a name.
	Binding struct {
		Name  *Name
		Value *Value
	}
	// Targets gives values to paths.
	Targets struct {
		source.Span
		Items []Targeting
	}
	// Targeting gives a value to a path; where places are only named, Value is nil.
	Targeting struct {
		Path  *Path
		Value *Value
	}
	// Path is a variable, or a place inside the list or map that it holds.
	Path struct {
		source.Span
		Name  *Name
		Elems []PathElem
	}
	// PathElem is one step into a list or map: .Key, or [Index].
	PathElem struct {
		source.Span
		Key   string
		Index *Expr // nil: Key
	}
	// Records is a list of records.
	Records struct {
		source.Span
		Items []*Record
	}
	// Items is what `gather` waits for. An item is a *Reference or a *Record, an entry.
	Items struct {
		source.Span
		Items []FieldValue
	}
	// Definitions is records under declared names.
	Definitions struct {
		source.Span
		Items []NamedRecord
	}
	// NamedRecord is a record under its name.
	NamedRecord struct {
		Name   *Name
		Record *Record
	}
	// Params is the parameters of a run, a coroutine or a callback.
	Params struct {
		source.Span
		Items []*Param
	}
	// Nothing is an absent value: `- stop`.
	Nothing struct{ source.Span }
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
	source.Span
	Text string

	Tree *expr.Tree // nil after an error
}

func (*Value) fieldValue() {}

func (*Condition) fieldValue() {}

func (*Conditions) fieldValue() {}

func (*Duration) fieldValue() {}

func (*Reference) fieldValue() {}

func (*References) fieldValue() {}

func (*Objects) fieldValue() {}

func (*Name) fieldValue() {}

func (*Names) fieldValue() {}

func (*Block) fieldValue() {}

func (*Bindings) fieldValue() {}

func (*Targets) fieldValue() {}

func (*Record) fieldValue() {}

func (*Records) fieldValue() {}

func (*Items) fieldValue() {}

func (*Definitions) fieldValue() {}

func (*Params) fieldValue() {}

func (*Nothing) fieldValue() {}

// TypeOfLiteral is the type of a value without expressions.
func TypeOfLiteral(v *Value) expr.Type {
	if v == nil {
		return expr.AnyType
	}
	if v.Kind == ListValue || v.Kind == MapValue {
		elem := expr.Type{}
		for _, item := range v.Items {
			elem, _ = expr.Join(elem, TypeOfLiteral(item))
		}
		if v.Kind == MapValue {
			return expr.MapOf(elem)
		}
		return expr.ListOf(elem)
	}
	switch v.Const.Kind() {
	case engine.KindNull:
		return expr.NullType
	case engine.KindBool:
		return expr.BoolType
	case engine.KindInt:
		return expr.IntType
	case engine.KindFloat:
		return expr.FloatType
	}
	return expr.StringType
}

// Place is the place of a step's verb.
func (s *Step) Place() source.Span {
	for _, f := range s.Fields {
		if f.Key == s.Verb.Keys[0] {
			return f.KeySpan
		}
	}
	return s.Span
}

// Waits reports whether the step may wait.
func (s *Step) Waits() bool {
	if n, ok := s.Node.(hasNowait); ok {
		nowait := n.nowaiting().Nowait
		return nowait == nil || nowait.Kind != Literal || !nowait.Const.AsBool()
	}
	return s.Verb.Waits && !s.Keeps()
}

// Keeps reports whether the step keeps what it makes as a future, instead of waiting for it.
func (s *Step) Keeps() bool {
	switch n := s.Node.(type) {
	case *Gather:
		return n.Keep != nil && n.Keep.Const.AsBool()
	case *Shield:
		return n.Keep != nil && n.Keep.Const.AsBool()
	}
	return false
}

// ConstantOf is the value of constants.
func ConstantOf(v *Value) engine.Value {
	if v.Kind == Literal {
		return v.Const
	}
	vals := make([]engine.Value, len(v.Items))
	for i, item := range v.Items {
		vals[i] = ConstantOf(item)
	}
	if v.Kind == MapValue {
		return engine.Map(v.Keys, vals)
	}
	return engine.List(vals)
}

// IsConstant reports whether a value holds no expression.
func (v *Value) IsConstant() bool {
	return v.Kind == Literal || (v.Kind == ListValue || v.Kind == MapValue) &&
		!slices.ContainsFunc(v.Items, func(item *Value) bool { return !item.IsConstant() })
}

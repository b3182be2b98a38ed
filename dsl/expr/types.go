package expr

import (
	"runloop/engine"
	"slices"
)

// TypeKind is the kind of a static type.
type TypeKind uint8

// The kinds of types. Those without a comment are what their name says in the language.
const (
	TypeUnknown TypeKind = iota // nothing assigned yet: the bottom of the lattice
	TypeAny                     // anything: checked when it is used, at run time
	TypeNull
	TypeBool
	TypeInt
	TypeFloat
	TypeNumber // an int or a float
	TypeString
	TypeList
	TypeMap
	TypeTask
	TypeHandle
	TypeError
	TypeFuture
	TypeQueue
	TypeLock
	TypeRWLock
	TypeSemaphore
	TypeEvent
	TypeCondition
	TypeBarrier
	TypeGroup
	TypeTimeout
	TypeResource
	TypeContainer
	TypeStore
)

// TypeWords is each kind in the words of the language, by TypeKind.
var TypeWords = [...]string{
	"unknown", "any", "null", "bool", "int", "float", "number", "string", "list", "map", "task", "handle", "error",
	"future", "queue", "lock", "rwlock", "semaphore", "event", "condition", "barrier", "group", "timeout", "resource", "container", "store",
}

// Type is a static type. Elem is the type of a list's elements, a map's values or a task's result, nil: any.
type Type struct {
	Kind TypeKind
	Elem *Type
}

// The types whose elements or results are any, or that have none.
var (
	AnyType    = Type{Kind: TypeAny}
	NullType   = Type{Kind: TypeNull}
	BoolType   = Type{Kind: TypeBool}
	IntType    = Type{Kind: TypeInt}
	FloatType  = Type{Kind: TypeFloat}
	NumberType = Type{Kind: TypeNumber}
	StringType = Type{Kind: TypeString}
	listType   = Type{Kind: TypeList}
	mapType    = Type{Kind: TypeMap}
	TaskType   = Type{Kind: TypeTask}
	ErrorType  = Type{Kind: TypeError}
)

// ListOf is the type of a list whose elements are all of type elem.
func ListOf(elem Type) Type { return ContainerOf(TypeList, elem) }

// MapOf is the type of a map whose values are all of type elem.
func MapOf(elem Type) Type { return ContainerOf(TypeMap, elem) }

// TaskOf is the type of a task whose result is of type result.
func TaskOf(result Type) Type { return ContainerOf(TypeTask, result) }

// ContainerOf is the type of a list, map, task or other kind whose elements or result are of type elem.
func ContainerOf(kind TypeKind, elem Type) Type {
	if elem.Kind == TypeAny {
		return Type{Kind: kind}
	}
	return Type{Kind: kind, Elem: &elem}
}

// Element is the type of a list's elements, a map's values or a task's result.
func (t Type) Element() Type {
	if t.Elem == nil {
		return AnyType
	}
	return *t.Elem
}

// String is the type in the language's words: "int", "list of string", "task".
func (t Type) String() string {
	word := TypeWords[t.Kind]
	if t.Elem != nil && t.Elem.Kind != TypeUnknown && t.Kind != TypeTask {
		return word + " of " + t.Elem.String()
	}
	return word
}

// Article is the type with its article: "an int", "a list of string", "null".
func (t Type) Article() string {
	switch t.Kind {
	case TypeAny:
		return "any value"
	case TypeNull, TypeUnknown:
		return t.String()
	case TypeInt, TypeEvent, TypeError, TypeRWLock:
		return "an " + t.String()
	}
	return "a " + t.String()
}

// Numeric reports whether t is certainly a number.
func (t Type) Numeric() bool { return t.Kind.Numeric() }

// Numeric reports whether values of the kind are numbers.
func (k TypeKind) Numeric() bool { return k == TypeInt || k == TypeFloat || k == TypeNumber }

// Open reports whether nothing is known of t: it is any, or not known yet.
func (t Type) Open() bool { return t.Kind == TypeAny || t.Kind == TypeUnknown }

// Equal reports whether t and u are the same type; a task of int and a task of any are not.
func (t Type) Equal(u Type) bool {
	if t.Kind != u.Kind || (t.Elem == nil) != (u.Elem == nil) {
		return false
	}
	return t.Elem == nil || t.Elem.Equal(*u.Elem)
}

// maxTypeDepth bounds the types of lists of lists, so that `xs = [xs]` comes to a fixpoint.
const maxTypeDepth = 4

// Join is the least type that both a and b are of; ok is false where only `any` is, and neither is any or null.
func Join(a, b Type) (t Type, ok bool) { return joinDepth(a, b, maxTypeDepth) }

func joinDepth(a, b Type, depth int) (Type, bool) {
	switch {
	case a.Kind == TypeUnknown:
		return b.cut(depth), true
	case b.Kind == TypeUnknown:
		return a.cut(depth), true
	case a.Kind == b.Kind && (a.Kind == TypeList || a.Kind == TypeMap):
		if depth == 0 {
			return Type{Kind: a.Kind}, true
		}
		elem, ok := joinDepth(a.Element(), b.Element(), depth-1)
		return ContainerOf(a.Kind, elem), ok
	case a.Kind == b.Kind && a.Kind == TypeTask:
		if depth == 0 {
			return TaskType, true
		}
		result, _ := joinDepth(a.Element(), b.Element(), depth-1)
		return TaskOf(result), true // one variable may hold tasks of several coroutines
	case a.Kind == b.Kind:
		return a, true
	case a.Numeric() && b.Numeric():
		return NumberType, true
	}
	return AnyType, a.Open() || b.Open() || a.Kind == TypeNull || b.Kind == TypeNull
}

// cut forgets what t says of elements deeper than depth.
func (t Type) cut(depth int) Type {
	if t.Elem == nil {
		return t
	}
	if depth == 0 {
		return Type{Kind: t.Kind}
	}
	return ContainerOf(t.Kind, t.Elem.cut(depth-1))
}

// Assignable reports whether a value of type from may go where type to is wanted; where from is any it is checked at
// run time.
func Assignable(from, to Type) bool {
	switch {
	case from.Open() || to.Open() || from.Kind == to.Kind && to.Elem == nil:
		return true
	case from.Kind == to.Kind:
		return Assignable(from.Element(), *to.Elem)
	}
	return from.Numeric() && (to.Kind == TypeNumber || to.Kind == TypeFloat) || from.Kind == TypeNumber && to.Numeric()
}

// ParseType reads the name of a type as params have it. A duration is a number of seconds in expressions.
func ParseType(name string) (Type, bool) {
	switch name {
	case "duration":
		return NumberType, true
	case "unknown", "null", "error":
		return Type{}, false
	}
	i := slices.Index(TypeWords[:], name)
	return Type{Kind: TypeKind(max(i, 0))}, i >= 0
}

// valueKinds is the kind of the values of a static type that has only one.
var valueKinds = [...]engine.Kind{
	TypeNull: engine.KindNull, TypeBool: engine.KindBool, TypeInt: engine.KindInt, TypeFloat: engine.KindFloat,
	TypeString: engine.KindString, TypeList: engine.KindList, TypeMap: engine.KindMap, TypeTask: engine.KindTask,
	TypeHandle: engine.KindHandle, TypeError: engine.KindError, TypeFuture: engine.KindFuture,
	TypeQueue: engine.KindQueue, TypeLock: engine.KindLock, TypeRWLock: engine.KindRWLock, TypeSemaphore: engine.KindSemaphore,
	TypeEvent: engine.KindEvent, TypeCondition: engine.KindCondition, TypeBarrier: engine.KindBarrier,
	TypeGroup: engine.KindGroup, TypeTimeout: engine.KindTimeout, TypeResource: engine.KindResource, TypeContainer: engine.KindContainer,
	TypeStore: engine.KindStore,
}

// Value is the kind of the values that are of a type of kind k, null where they may be of several.
func (k TypeKind) Value() engine.Kind {
	if int(k) < len(valueKinds) {
		return valueKinds[k]
	}
	return engine.KindNull
}

// Attribute is an attribute of a task, a handle, an error, an object or the loop.
type Attribute struct {
	Name string
	attr engine.Attr
	Typ  Type
	Doc  string
}

// Attributes is what the values of a type have; the loop's are loopAttributes.
var Attributes = [len(TypeWords)][]Attribute{
	TypeTask: {
		{"name", engine.AttrName, StringType, "its name"},
		{"state", engine.AttrState, StringType, "pending, done, failed or cancelled"},
		{"done", engine.AttrDone, BoolType, "whether it has ended"},
		{"result", engine.AttrResult, AnyType, "what it returned; raises what await would raise"},
		{"error", engine.AttrError, AnyType, "its error or null; counts as taking it"},
		{"cancelling", engine.AttrCancelling, IntType, "how many requests for cancellation nobody has taken back"},
		{"spawned", engine.AttrSpawned, FloatType, "the loop time of its creation, in seconds"},
		{"started", engine.AttrStarted, AnyType, "the loop time of its first step; null before"},
		{"ended", engine.AttrEnded, AnyType, "the loop time of its end; null before"},
	},
	TypeHandle: {
		{"cancelled", engine.AttrCancelled, BoolType, "whether it was cancelled"},
		{"when", engine.AttrWhen, AnyType, "the loop time when it is due; null for call_soon"},
	},
	TypeError: {
		{"type", engine.AttrType, StringType, "the name of its type"},
		{"message", engine.AttrMessage, StringType, "its message"},
		{"cause", engine.AttrCause, AnyType, "what it was raised from"},
		{"errors", engine.AttrErrors, listType, "the errors of an ExceptionGroup"},
	},
	TypeFuture: {
		{"state", engine.AttrState, StringType, "pending, done, failed or cancelled"},
		{"done", engine.AttrDone, BoolType, "whether it is resolved"},
		{"result", engine.AttrResult, AnyType, "what it was resolved with; raises what await would raise"},
		{"error", engine.AttrError, AnyType, "its error or null"},
	},
	TypeQueue: {
		{"size", engine.AttrSize, IntType, "how many items are in it"},
		{"full", engine.AttrFull, BoolType, "whether put would wait"},
		{"empty", engine.AttrEmpty, BoolType, "whether get would wait"},
		{"capacity", engine.AttrCapacity, IntType, "how many items fit; 0: no limit"},
	},
	TypeLock: {{"locked", engine.AttrLocked, BoolType, "whether a task holds it"}},
	TypeRWLock: {
		{"readers", engine.AttrReaders, IntType, "how many tasks hold it to read"},
		{"writer", engine.AttrWriter, BoolType, "whether a task holds it to write"},
		{"waiting", engine.AttrWaiting, IntType, "how many tasks wait for it"},
	},
	TypeCondition: {{"locked", engine.AttrLocked, BoolType, "whether a task holds its lock"}},
	TypeSemaphore: {
		{"value", engine.AttrValue, IntType, "how many may still acquire it"},
		{"locked", engine.AttrLocked, BoolType, "whether acquire would wait"},
	},
	TypeResource: {
		{"down", engine.AttrDown, IntType, "how many units have broken down; `capacity` is without them"},
		{"capacity", engine.AttrCapacity, IntType, "how many units it has"},
		{"in_use", engine.AttrInUse, IntType, "how many units are held"},
		{"free", engine.AttrFree, IntType, "how many units are free"},
		{"waiting", engine.AttrWaiting, IntType, "how many tasks wait for it"},
		{"holders", engine.AttrHolders, ListOf(TaskType), "the tasks that hold it, in the order in which they got it"},
		{"waiters", engine.AttrWaiters, ListOf(TaskType), "the tasks that wait for it, in the order of the line"},
	},
	TypeContainer: {
		{"level", engine.AttrLevel, NumberType, "how much is in it"},
		{"capacity", engine.AttrCapacity, NumberType, "how much fits into it; infinite: no limit"},
		{"wanted", engine.AttrWanted, NumberType, "the amounts that those wait for who take, together"},
		{"offered", engine.AttrOffered, NumberType, "the amounts that those wait with who put, together"},
		{"full", engine.AttrFull, BoolType, "whether nothing more fits into it"},
		{"empty", engine.AttrEmpty, BoolType, "whether nothing is in it"},
	},
	TypeStore: {
		{"size", engine.AttrSize, IntType, "how many items are in it"},
		{"capacity", engine.AttrCapacity, IntType, "how many items fit; 0: no limit"},
		{"full", engine.AttrFull, BoolType, "whether put would wait; what is lent keeps its room"},
		{"empty", engine.AttrEmpty, BoolType, "whether get would wait"},
		{"items", engine.AttrItems, listType, "what is in it, in the order in which it would be taken"},
		{"lent", engine.AttrLent, IntType, "how many items are lent: they come back"},
	},
	TypeEvent: {{"is_set", engine.AttrIsSet, BoolType, "whether it is set"}},
	TypeBarrier: {
		{"waiting", engine.AttrWaiting, IntType, "how many tasks wait at it"},
		{"parties", engine.AttrParties, IntType, "how many tasks it waits for"},
		{"broken", engine.AttrBroken, BoolType, "whether it was aborted"},
	},
	TypeTimeout: {
		{"when", engine.AttrWhen, AnyType, "the loop time when it is over; null: never"},
		{"expired", engine.AttrExpired, BoolType, "whether it is over and has cancelled its task"},
	},
}

// LoopAttributes are the attributes of `loop`.
var LoopAttributes = []Attribute{
	{"type", engine.AttrType, StringType, "the name of its class"},
	{"id", engine.AttrID, StringType, "its id"},
	{"time", engine.AttrTime, FloatType, "the loop time in seconds"},
}

// DatetimeAttributes are the attributes of `datetime`: what the clock shows.
var DatetimeAttributes = []Attribute{
	{"year", 0, IntType, "the year"},
	{"month", 0, IntType, "the month, from 1"},
	{"day", 0, IntType, "the day of the month, from 1"},
	{"hour", 0, IntType, "the hour, from 0"},
	{"minute", 0, IntType, "the minute"},
	{"second", 0, IntType, "the second, without its fraction"},
	{"weekday", 0, IntType, "the day of the week, as in Python: 0 is Monday"},
}

func findAttribute(kind TypeKind, name string) (Attribute, bool) {
	return attributeNamed(Attributes[kind], name)
}

func attributeNamed(list []Attribute, name string) (Attribute, bool) {
	i := slices.IndexFunc(list, func(a Attribute) bool { return a.Name == name })
	if i < 0 {
		return Attribute{}, false
	}
	return list[i], true
}

func attributeNames(list []Attribute) []string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = a.Name
	}
	return names
}

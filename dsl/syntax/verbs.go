package syntax

import (
	"slices"
	"strings"
	"sync"

	"runloop/dsl/expr"
	"runloop/engine"
)

// KeyKind is how the value of a key is written.
type KeyKind uint8

const (
	ValueKey      KeyKind = iota // any YAML value; text may hold ${…}
	TextKey                      // a value that is rendered into text
	ConditionKey                 // a bare expression, or true or false
	ConditionsKey                // a condition or a list of them
	ExpressionKey                // a bare expression
	DurationKey                  // 1m30s, a number of seconds, or ${…}
	ReferenceKey                 // a task, a handle, …: a bare name or path, or ${…}
	ReferencesKey                // a list of references, or one that is a list
	NameKey                      // a bare name of Key.Space
	ErrorKey                     // the type of an error, or ${…} giving an error
	TypesKey                     // the type of an error, or a list of types
	WordKey                      // one of Key.Words
	StepsKey                     // a list of steps
	BindingsKey                  // a map from names of Key.Space to values
	TargetsKey                   // a map from paths (x, x.key, x[i]) to values
	PlacesKey                    // a path, or a list of paths
	EntryKey                     // the name of a coroutine, or a map of Key.Keys
	ItemsKey                     // a list of references and entries, or a generator: a map of Key.Keys
	RecordKey                    // a map of Key.Keys
	RecordsKey                   // a list of maps of Key.Keys
	NamedKey                     // a map from declared names to maps of Key.Keys
	ParamsKey                    // a map from names to types or to maps of Key.Keys
	RunParamsKey                 // a map from names to default values or to maps of Key.Keys
	ObjectsKey                   // a list of names, or a map from names to a size or a map of Key.Keys
	DeadlineKey                  // a duration, or a map of Key.Keys
	DurationsKey                 // a list of durations
	TimesKey                     // a map from times to values
	TimetableKey                 // a value of Key.Types, or a map of Key.Keys: a timetable
	NothingKey                   // no value
)

var keyKindWords = [...]string{
	ValueKey: "a value", TextKey: "text", ConditionKey: "a condition", ConditionsKey: "a list of conditions",
	ExpressionKey: "an expression",
	DurationKey:   "a duration", ReferenceKey: "a name", ReferencesKey: "a list of names", NameKey: "a name",
	ErrorKey: "the type of an error", TypesKey: "the type of an error, or a list of types", WordKey: "a word",
	StepsKey: "a list of steps", BindingsKey: "a map from names to values", TargetsKey: "a map from names to values",
	PlacesKey: "a place such as `m.key` or `xs[0]`, or a list of them",
	EntryKey:  "the name of a coroutine", ItemsKey: "a list of tasks and entries", RecordKey: "a map",
	RecordsKey: "a list of maps", NamedKey: "a map from names to definitions", ParamsKey: "a map from names to types",
	RunParamsKey: "a map from names to default values", ObjectsKey: "a list of names, or a map",
	DeadlineKey: "a duration", NothingKey: "nothing", DurationsKey: "a list of durations", TimesKey: "a map from times to values",
	TimetableKey: "a number, or a timetable",
}

// String is the kind in words, as messages and the reference say it.
func (k KeyKind) String() string { return keyKindWords[k] }

// Space is a name space.
type Space uint8

const (
	NoSpace        Space = iota
	CoroutineSpace       // declared coroutines
	CallbackSpace        // declared callbacks
	LocalSpace           // locals of the activation, declared by being assigned
	TargetSpace          // a local, declared by being assigned, or a shared variable
	ContextSpace         // context variables
	SharedSpace          // shared variables
	ArgumentSpace        // the parameters of what the step calls
	TaskSpace            // names of tasks
	CaseSpace            // names of cases
	FunctionSpace        // names of functions
	SourceSpace          // names of sources
	MetricSpace          // names of metrics, and of statistics with a dot
)

// takesText reports whether text is wanted, so that `5s` is those two characters.
func (k *Key) takesText() bool {
	return k.Kind == TextKey || slices.Contains(k.Types, expr.TypeString) && !slices.ContainsFunc(k.Types, expr.TypeKind.Numeric)
}

// Key is one key of a verb, an entry or the top level.
type Key struct {
	Name     string
	Kind     KeyKind
	Required bool
	Instead  *Key            // of a required key: the key that will do instead; nil: none
	Types    []expr.TypeKind // the static types its value may have; none: any
	Space    Space           // of NameKey, BindingsKey and NamedKey
	Words    []string        // of WordKey
	Keys     []*Key          // of the map it holds
	Size     *Key            // of ObjectsKey: the option that a bare number stands for; nil: none
	Needs    *Key            // the key of the same map without which it says nothing; nil: none
	Or       *Key            // with Needs: the key that will do instead; nil: none
	Literal  bool            // ${…} is not looked for
	OfDay    bool            // of DurationKey: it takes a time of day, too
	OrOne    bool            // of RecordsKey: a map stands for a list of one
	Nullable bool            // null is a value, too, and leaves its field nil
	Default  string          // what its absence means, for the reference; may be empty
	Doc      string          // one line, for the reference
	Also     []string        // what other languages and libraries call it
	Declares bool            // it declares variables of the whole scenario

	new  func() Node                // makes what a map of Keys is read into
	into func(n Node, v FieldValue) // gives the value to its field; v is nil where it could not be read
}

// Verb is one kind of step.
type Verb struct {
	Name    string
	Keys    []*Key   // the first is the verb's own
	Doc     string   // one line, for the reference
	Python  string   // its counterpart in asyncio or SimPy
	Example string   // a step, as it is written behind "- "
	Also    []string // what other languages and libraries call it
	Waits   bool     // it may wait: an error in callbacks, before and after
	Loops   bool     // it runs the steps inside it again and again
	Leaves  bool     // it leaves the steps around it
	Tasks   bool     // it makes tasks
	Bare    bool     // it may be written without a value: `- stop`

	new func() Node // an empty step; nil: not built yet
}

// ExampleStep is the verb's example as it stands in a list of steps.
func (v *Verb) ExampleStep() string { return "- " + strings.ReplaceAll(v.Example, "\n", "\n  ") }

// key is the verb's key of that name, nil: it has none.
func (v *Verb) key(name string) *Key { return findKey(v.Keys, name) }

// Has reports whether a verb has a key of that name.
func (v *Verb) Has(name string) bool { return v.key(name) != nil }

// findKey is the key of that name, nil: it is not among them.
func findKey(keys []*Key, name string) *Key {
	if i := slices.IndexFunc(keys, func(k *Key) bool { return k.Name == name }); i >= 0 {
		return keys[i]
	}
	return nil
}

// keyNames is the names of keys, for hints: of those that are built.
func keyNames(keys []*Key) []string {
	names := make([]string, 0, len(keys))
	for _, k := range keys {
		names = append(names, k.Name)
	}
	return names
}

// VerbNamed is the verb of that name, nil: there is none.
func VerbNamed(name string) *Verb { return verbIndex()[name] }

var verbIndex = sync.OnceValue(func() map[string]*Verb {
	index := make(map[string]*Verb, len(Verbs))
	for _, v := range Verbs {
		index[v.Name] = v
	}
	return index
})

// The types that the values of keys may have; read-only.
var (
	numberTypes   = []expr.TypeKind{expr.TypeInt, expr.TypeFloat, expr.TypeNumber}
	intTypes      = []expr.TypeKind{expr.TypeInt}
	BoolTypes     = []expr.TypeKind{expr.TypeBool}
	taskTypes     = []expr.TypeKind{expr.TypeTask}
	awaitedTypes  = []expr.TypeKind{expr.TypeTask, expr.TypeFuture}
	gatheredTypes = []expr.TypeKind{expr.TypeTask, expr.TypeFuture, expr.TypeList}
	waitedTypes   = []expr.TypeKind{expr.TypeTask, expr.TypeFuture, expr.TypeList, expr.TypeEvent, expr.TypeBarrier,
		expr.TypeCondition, expr.TypeResource, expr.TypeContainer, expr.TypeStore, expr.TypeQueue}
	// PutTypes is what `put` and `get` work on.
	PutTypes = []expr.TypeKind{expr.TypeQueue, expr.TypeContainer, expr.TypeStore}
)

// keepDoc is what `keep` means.
const keepDoc = "does not wait: `as` gets a future, to be awaited, cancelled or shielded"

// Keys that several verbs have.
var (
	AsKey = &Key{Name: "as", Also: []string{"into", "save", "store", "result"}, Kind: NameKey, Space: TargetSpace,
		Doc:  "the local or shared variable that gets the result",
		into: func(n Node, v FieldValue) { n.(hasResult).result().As, _ = v.(*Name) }}
	DoKey = &Key{Name: "do", Also: []string{"run", "steps", "then", "body"}, Kind: StepsKey, Required: true,
		Doc: "the steps", into: intoBody}
	WithKey = &Key{Name: "with", Also: []string{"args", "arguments", "params"}, Kind: BindingsKey,
		Space: ArgumentSpace, Doc: "the arguments", into: func(n Node, v FieldValue) {
			n.(hasArguments).arguments().With,
				_ = v.(*Bindings)
		}}
	WithinKey = &Key{Name: "within", Also: []string{"deadline", "timeout"}, Kind: DurationKey,
		Doc:  "how long this step may wait: TimeoutError",
		into: func(n Node, v FieldValue) { n.(hasLimit).limit().Within, _ = v.(*Duration) }}
	ElseKey = &Key{Name: "else", Also: []string{"otherwise"}, Kind: StepsKey, Needs: WithinKey,
		Doc:  "runs when `within` is over, instead of raising",
		into: func(n Node, v FieldValue) { n.(hasLimit).limit().Else, _ = v.(*Block) }}
	NowaitKey = &Key{Name: "nowait", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "false",
		Doc: "raise instead of waiting", into: func(n Node, v FieldValue) { n.(hasNowait).nowaiting().Nowait, _ = v.(*Value) }}
	// AskElse is the `else` of a step that asks a resource.
	AskElse = &Key{Name: "else", Also: []string{"otherwise"}, Kind: StepsKey,
		Doc:  "runs when `within` is over, with `nowait` when it would have to wait, or when `max_waiting` wait: instead of raising",
		into: func(n Node, v FieldValue) { n.(hasLimit).limit().Else, _ = v.(*Block) }}
	// NowaitElse is the `else` of a step that may be told not to wait.
	NowaitElse = &Key{Name: "else", Also: []string{"otherwise"}, Kind: StepsKey, Needs: WithinKey, Or: NowaitKey,
		Doc:  "runs when `within` is over, or with `nowait` when it would have to wait: instead of raising",
		into: func(n Node, v FieldValue) { n.(hasLimit).limit().Else, _ = v.(*Block) }}
	// ItemPriority is the `priority` of `put` and `get`.
	ItemPriority = &Key{Name: "priority", Kind: ValueKey, Types: numberTypes, Default: "0",
		Doc:  "of a container or a store: the least goes first; in a store with `order: priority` also that of the item",
		into: func(n Node, v FieldValue) { n.(hasItem).item().Priority, _ = v.(*Value) }}
	// PutAmount and GetAmount are the `amount` of `put` and `get`.
	PutAmount = &Key{Name: "amount", Kind: ValueKey, Types: numberTypes, Doc: "how much is put into a container",
		into: func(n Node, v FieldValue) { n.(hasItem).item().Amount, _ = v.(*Value) }}
	GetAmount = &Key{Name: "amount", Kind: ValueKey, Types: numberTypes,
		Doc:  "how much is taken out of a container; of a store how many items, as a list",
		into: func(n Node, v FieldValue) { n.(hasItem).item().Amount, _ = v.(*Value) }}
	PutValue = &Key{Name: "value", Also: []string{"item", "message"}, Kind: ValueKey, Required: true, Instead: PutAmount, Doc: "what is put into a queue or a store",
		into: func(n Node, v FieldValue) { n.(*Put).Value, _ = v.(*Value) }}
	AtLeastKey = &Key{Name: "at_least", Kind: ValueKey, Types: intTypes,
		Doc:  "of a store: so many items will do when `within` is over",
		into: func(n Node, v FieldValue) { n.(*Get).AtLeast, _ = v.(*Value) }}
	LoanKey = &Key{Name: "do", Kind: StepsKey, Doc: "of a store: the steps after which what was taken goes back, whatever happens",
		into: intoBody}
	AmountKey = &Key{Name: "amount", Kind: ValueKey, Types: intTypes, Default: "1", Doc: "how many units of a resource",
		into: func(n Node, v FieldValue) { n.(hasAsking).Ask().Amount, _ = v.(*Value) }}
	PriorityKey = &Key{Name: "priority", Kind: ValueKey, Types: numberTypes, Default: "0",
		Doc:  "of a resource whose order looks at it: the least goes first",
		into: func(n Node, v FieldValue) { n.(hasAsking).Ask().Priority, _ = v.(*Value) }}
	PreemptKey = &Key{Name: "preempt", Kind: ValueKey, Types: BoolTypes, Default: "true",
		Doc:  "of a preemptive resource: whether it takes units from others",
		into: func(n Node, v FieldValue) { n.(hasAsking).Ask().Preempt, _ = v.(*Value) }}
	PreemptibleKey = &Key{Name: "preemptible", Kind: ValueKey, Types: BoolTypes, Default: "true",
		Doc:  "whether its units may be taken from it",
		into: func(n Node, v FieldValue) { n.(hasAsking).Ask().Preemptible, _ = v.(*Value) }}
	UnitKey = &Key{Name: "as", Kind: NameKey, Space: TargetSpace,
		Doc:  "the variable that gets the number of the unit of a resource, the lowest that is free, from 0",
		into: func(n Node, v FieldValue) { n.(hasAsking).Ask().As, _ = v.(*Name) }}
	AcquireKey = &Key{Name: "acquire", Kind: ReferencesKey, Types: acquiredTypes, Required: true,
		Doc: "what to acquire, or a list of resources: all of them or none",
		into: func(n Node, v FieldValue) {
			a := n.(*Acquire)
			if a.Whats, _ = v.(*References); a.Whats != nil && !a.Whats.IsList && len(a.Whats.Items) == 1 {
				a.What = a.Whats.Items[0]
			}
		}}
	ResizeRoom = &Key{Name: "max_waiting", Kind: ValueKey, Types: intTypes, Doc: "how many may wait from now on",
		into: func(n Node, v FieldValue) { n.(*Resize).Room, _ = v.(*Value) }}
	ResizeCapacity = &Key{Name: "capacity", Kind: ValueKey, Types: intTypes, Doc: "how many units it has from now on",
		into: func(n Node, v FieldValue) { n.(*Resize).Capacity, _ = v.(*Value) }}
)

// Keys of one verb that later stages ask for.
var (
	AcquireMode = &Key{Name: "mode", Kind: WordKey, Words: []string{"read", "write"},
		Doc:  "of a lock that can be shared, which needs it: read beside others, or write alone",
		into: func(n Node, v FieldValue) { n.(*Acquire).Mode, _ = v.(*Name) }}
	NewKey = &Key{Name: "new", Kind: WordKey, Required: true, Doc: "what to make",
		Words: newWords,
		into:  func(n Node, v FieldValue) { n.(*New).Kind, _ = v.(*Name) }}
	NewAs = &Key{Name: "as", Also: []string{"name"}, Kind: NameKey, Space: TargetSpace, Required: true,
		Doc:  "the variable that gets it",
		into: func(n Node, v FieldValue) { n.(*New).As, _ = v.(*Name) }}
	CatchKey = &Key{Name: "catch", Also: []string{"except", "rescue"}, Kind: RecordsKey,
		Doc: "handlers; the first that fits runs", Keys: handlerKeys, new: func() Node { return new(Handler) },
		into: func(n Node, v FieldValue) { n.(*Try).Catch = nodes[*Handler](v) }}
	CatchGroupKey = &Key{Name: "catch_group", Also: []string{"except*", "except_group", "except_star"}, Kind: RecordsKey,
		Doc:  "instead of `catch`: each handler gets the errors of a group that fit, as a group; Python's `except*`",
		Keys: handlerKeys, new: func() Node { return new(Handler) },
		into: func(n Node, v FieldValue) { n.(*Try).CatchGroup = nodes[*Handler](v) }}
	FinallyKey = &Key{Name: "finally", Also: []string{"ensure"}, Kind: StepsKey, Doc: "runs whatever happens",
		into: func(n Node, v FieldValue) { n.(*Try).Finally, _ = v.(*Block) }}
	RaiseKey = &Key{Name: "raise", Kind: ErrorKey, Doc: "the type of the error, or ${…} giving an error",
		into: func(n Node, v FieldValue) {
			r := n.(*Raise)
			r.Type, _ = v.(*Name)
			r.Value, _ = v.(*Value)
			r.Lost = v == nil
		}}
	ResolveValue = &Key{Name: "value", Also: []string{"count"}, Kind: ValueKey, Doc: "the result",
		into: func(n Node, v FieldValue) { n.(hasOutcome).outcome().Value, _ = v.(*Value) }}
	ResolveError = &Key{Name: "error", Kind: ErrorKey,
		Doc: "the error, instead of a result: its type, or ${…} giving an error",
		into: func(n Node, v FieldValue) {
			x := n.(hasOutcome).outcome()
			x.Type, _ = v.(*Name)
			x.Error, _ = v.(*Value)
		}}
	ResolveMessage = &Key{Name: "message", Kind: TextKey, Doc: "what the error says",
		into: func(n Node, v FieldValue) { n.(hasOutcome).outcome().Message.Message, _ = v.(*Value) }}
	WhereKey = &Key{Name: "where", Kind: ConditionKey, Doc: "takes the first item that fits; the item is what `as` names",
		into: func(n Node, v FieldValue) { n.(*Get).Where, _ = v.(*Condition) }}
	WaitWhen = &Key{Name: "return_when", Kind: WordKey, Words: []string{
		engine.FirstCompleted.String(), engine.FirstException.String(), engine.AllCompleted.String()},
		Default: "all_completed", Doc: "of tasks: when to go on",
		into: func(n Node, v FieldValue) { n.(*Wait).ReturnWhen, _ = v.(*Name) }}
	WaitUntil = &Key{Name: "until", Kind: ConditionKey, Doc: "what has to hold; of a resource, a container, a store, a queue it is looked at when that changes",
		into: func(n Node, v FieldValue) { n.(*Wait).Until, _ = v.(*Condition) }}
	WaitAs = &Key{Name: "as", Kind: NameKey, Space: TargetSpace,
		Doc:  "gets {done, pending} of tasks, in the order of the list; a barrier's index",
		into: func(n Node, v FieldValue) { n.(*Wait).As, _ = v.(*Name) }}
	WaitWithin = &Key{Name: "within", Kind: DurationKey, Doc: "how long it may wait; for tasks its end is no error",
		into: func(n Node, v FieldValue) { n.(*Wait).Within, _ = v.(*Duration) }}
	CompletedWithin = &Key{Name: "within", Kind: DurationKey, Doc: "how long all of it may take: TimeoutError",
		into: func(n Node, v FieldValue) { n.(*AsCompleted).Within, _ = v.(*Duration) }}
	SpawnCount = &Key{Name: "count", Kind: ValueKey, Types: intTypes, Doc: "how many; `index` counts them from 0",
		into: func(n Node, v FieldValue) { n.(*Spawn).Count, _ = v.(*Value) }}
	NotifyAll = &Key{Name: "all", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "false", Doc: "all of them",
		into: func(n Node, v FieldValue) { n.(*Notify).All, _ = v.(*Value) }}
	CancelKey = &Key{Name: "cancel", Kind: ReferenceKey,
		Types: []expr.TypeKind{expr.TypeTask, expr.TypeHandle, expr.TypeFuture}, Required: true,
		Doc:  "the task, future or handle, or the name of a periodic callback",
		into: func(n Node, v FieldValue) { n.(*Cancel).What, _ = v.(*Reference) }}
	AwaitKey = &Key{Name: "await", Kind: ReferenceKey, Types: awaitedTypes, Required: true, Doc: "the task or future",
		into: func(n Node, v FieldValue) { n.(*Await).What, _ = v.(*Reference) }}
	ShieldKey = &Key{Name: "shield", Kind: ReferenceKey, Types: awaitedTypes, Required: true,
		Doc:  "the task",
		into: func(n Node, v FieldValue) { n.(*Shield).What, _ = v.(*Reference) }}
	GatherKey = &Key{Name: "gather", Kind: ItemsKey, Types: gatheredTypes, Required: true,
		Doc:  "tasks and entries, or a generator",
		Keys: GeneratorKeys, new: func() Node { return new(Generator) },
		into: func(n Node, v FieldValue) {
			g := n.(*Gather)
			g.Items, _ = v.(*Items)
			g.Generator = nodeOf[*Generator](v)
		}}
	WaitKey = &Key{Name: "wait", Kind: ReferencesKey, Types: waitedTypes, Required: true,
		Doc:  "tasks, or one event, barrier or condition, or with `until` a resource, container, store or queue",
		into: func(n Node, v FieldValue) { n.(*Wait).What, _ = v.(*References) }}
	CompletedKey = &Key{Name: "as_completed", Kind: ReferencesKey, Types: gatheredTypes, Required: true, Doc: "the tasks",
		into: func(n Node, v FieldValue) { n.(*AsCompleted).Tasks, _ = v.(*References) }}
	KeepGather = &Key{Name: "keep", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "false", Doc: keepDoc,
		into: func(n Node, v FieldValue) { n.(*Gather).Keep, _ = v.(*Value) }}
	KeepShield = &Key{Name: "keep", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "false", Doc: keepDoc,
		into: func(n Node, v FieldValue) { n.(*Shield).Keep, _ = v.(*Value) }}
	NewName = &Key{Name: "name", Kind: TextKey, Required: true, Doc: "the name; ValueError if a living task was given it",
		into: func(n Node, v FieldValue) { n.(*SetName).Name, _ = v.(*Value) }}
	SetKey = &Key{Name: "set", Kind: TargetsKey, Required: true, Doc: "path to value",
		into: func(n Node, v FieldValue) { n.(*Set).Targets, _ = v.(*Targets) }}
	LetKey = &Key{Name: "let", Kind: BindingsKey, Space: LocalSpace, Required: true, Doc: "name to value",
		into: func(n Node, v FieldValue) { n.(*Let).Locals, _ = v.(*Bindings) }}
)

// handlerKeys is the keys of a handler.
var handlerKeys = []*Key{
	{Name: "error", Kind: TypesKey, Default: "Exception",
		Doc:  "a type or a list of types, with their subtypes",
		into: func(n Node, v FieldValue) { n.(*Handler).Errors, _ = v.(*Names) }},
	{Name: "as", Kind: NameKey, Space: LocalSpace, Doc: "the local that gets the error, besides `error`",
		into: func(n Node, v FieldValue) { n.(*Handler).As, _ = v.(*Name) }},
	{Name: "do", Kind: StepsKey, Doc: "the steps", into: intoBody},
}

// Verbs is every verb of the language, in the order of the reference.
var Verbs = []*Verb{
	{
		Name: "print", Also: []string{"echo", "log", "say", "output", "puts", "println", "printf", "write", "console.log"},
		Bare: true, Doc: "Writes one line of output.", Python: "print()",
		new:     func() Node { return new(Print) },
		Example: `print: "${now} s: ${count} are ready"`,
		Keys: []*Key{
			{Name: "print", Kind: TextKey, Doc: "the text",
				into: func(n Node, v FieldValue) { n.(*Print).Text, _ = v.(*Value) }},
			{Name: "end", Kind: TextKey, Default: `"\n"`, Doc: "what follows the text",
				into: func(n Node, v FieldValue) { n.(*Print).End, _ = v.(*Value) }},
		},
	},
	{
		Name: "let", Also: []string{"var", "const"},
		Doc:     "Assigns locals of this activation; all values are computed before any is assigned.",
		new:     func() Node { return new(Let) },
		Python:  "x = v",
		Example: `let: { n: 3, label: "number ${count}" }`,
		Keys:    []*Key{LetKey},
	},
	{
		Name: "set", Also: []string{"assign"},
		Doc:     "Assigns shared variables, context variables or existing locals, or a place inside them.",
		new:     func() Node { return new(Set) },
		Python:  "x = v, x[i] = v, var.set(v)",
		Example: `set: { count: "${count + 1}", totals.tea: 2 }`,
		Keys:    []*Key{SetKey},
	},
	{
		Name: "add", Also: []string{"increment", "incr", "inc"}, Doc: "Adds to numbers; a negative amount subtracts. The key of a map that is not there counts from 0.",
		new:     func() Node { return new(Add) },
		Python:  "x += v, m[k] = m.get(k, 0) + v",
		Example: `add: { count: 1, totals.tea: 2, "items[0]": "${-count}" }`,
		Keys: []*Key{{Name: "add", Kind: TargetsKey, Required: true, Doc: "path of the number to the amount",
			into: func(n Node, v FieldValue) { n.(*Add).Targets, _ = v.(*Targets) }}},
	},
	{
		Name: "remove", Also: []string{"delete", "del", "discard"}, Doc: "Takes elements out of lists, and keys with their values out of maps; IndexError or KeyError if they are not there.",
		new:     func() Node { return new(Remove) },
		Python:  "del xs[i], m[k]",
		Example: `remove: [ totals.tea, "items[0]" ]`,
		Keys: []*Key{{Name: "remove", Kind: PlacesKey, Required: true, Doc: "a place in a list or map, or a list of them",
			into: func(n Node, v FieldValue) { n.(*Remove).Places, _ = v.(*Targets) }}},
	},
	{
		Name: "append", Also: []string{"push"}, Doc: "Adds a value to the end of a list.", Python: "xs.append(v)",
		new:     func() Node { return new(Append) },
		Example: `append: { items: "${count}" }`,
		Keys: []*Key{{Name: "append", Kind: TargetsKey, Required: true, Doc: "path of the list to value",
			into: func(n Node, v FieldValue) { n.(*Append).Targets, _ = v.(*Targets) }}},
	},
	{
		Name:    "reset",
		new:     func() Node { return new(Reset) },
		Doc:     "Undoes this activation's latest `set` of a context variable; RuntimeError if none is left.",
		Python:  "var.reset(token)",
		Example: `reset: user`,
		Keys: []*Key{{Name: "reset", Kind: NameKey, Space: ContextSpace, Required: true,
			Doc:  "the context variable",
			into: func(n Node, v FieldValue) { n.(*Reset).Var, _ = v.(*Name) }}},
	},
	{
		Name: "context", Doc: "Sets context variables, runs the steps, and sets them back whatever happens.",
		new:     func() Node { return new(Context) },
		Python:  "token = var.set(v); try: …; finally: var.reset(token)",
		Example: "context: { user: ann }\ndo:\n  - print: \"${user} is served\"",
		Keys: []*Key{
			{Name: "context", Kind: BindingsKey, Space: ContextSpace, Required: true, Doc: "context variable to value",
				into: func(n Node, v FieldValue) { n.(*Context).Vars, _ = v.(*Bindings) }},
			DoKey,
		},
	},
	{
		Name: "if", Also: []string{"condition"}, Doc: "Runs the first branch whose condition holds.",
		Python: "if … elif … else",
		new:    func() Node { return new(If) },
		Example: "if: count > 2\nthen:\n  - print: many\nelif:\n  - if: count > 0\n    then:\n      - print: some\n" +
			"else:\n  - print: none",
		Keys: []*Key{
			{Name: "if", Kind: ConditionKey, Required: true, Doc: "the condition",
				into: func(n Node, v FieldValue) { n.(*If).Cond, _ = v.(*Condition) }},
			{Name: "then", Also: []string{"steps", "do"}, Kind: StepsKey, Required: true, Doc: "runs when it holds",
				into: func(n Node, v FieldValue) { n.(*If).Then, _ = v.(*Block) }},
			{Name: "elif", Also: []string{"elseif", "else if", "else_if"}, Kind: RecordsKey,
				Doc: "further conditions, in order", Keys: []*Key{
					{Name: "if", Kind: ConditionKey, Required: true, Doc: "the condition",
						into: func(n Node, v FieldValue) { n.(*Branch).Cond, _ = v.(*Condition) }},
					{Name: "then", Kind: StepsKey, Required: true, Doc: "runs when it is the first that holds",
						into: func(n Node, v FieldValue) { n.(*Branch).Then, _ = v.(*Block) }},
				}, new: func() Node { return new(Branch) },
				into: func(n Node, v FieldValue) { n.(*If).Elif = nodes[*Branch](v) }},
			{Name: "else", Kind: StepsKey, Doc: "runs when none holds",
				into: func(n Node, v FieldValue) { n.(*If).Else, _ = v.(*Block) }},
		},
	},
	{
		Name: "repeat", Also: []string{"loop", "times"}, Loops: true, Doc: "Runs the steps a number of times.",
		Python:  "for i in range(n)",
		new:     func() Node { return new(Repeat) },
		Example: "repeat: 3\nas: i\ndo:\n  - print: ${i}",
		Keys: []*Key{
			{Name: "repeat", Kind: ValueKey, Types: intTypes, Required: true, Doc: "how many times",
				into: func(n Node, v FieldValue) { n.(*Repeat).N, _ = v.(*Value) }},
			{Name: "as", Kind: NameKey, Space: TargetSpace, Doc: "counts from 0",
				into: func(n Node, v FieldValue) { n.(*Repeat).As, _ = v.(*Name) }},
			DoKey,
		},
	},
	{
		Name: "for", Also: []string{"foreach", "for_each", "each"}, Loops: true,
		Doc: "Runs the steps for each element of a list, or each key of a map.", Python: "for x in xs",
		new:     func() Node { return new(For) },
		Example: "for: item\nin: ${items}\ndo:\n  - print: ${item}",
		Keys: []*Key{
			{Name: "for", Kind: NameKey, Space: TargetSpace, Required: true, Doc: "the variable",
				into: func(n Node, v FieldValue) { n.(*For).Var, _ = v.(*Name) }},
			{Name: "in", Kind: ValueKey, Types: []expr.TypeKind{expr.TypeList, expr.TypeMap}, Required: true,
				Doc:  "the list or map",
				into: func(n Node, v FieldValue) { n.(*For).In, _ = v.(*Value) }},
			DoKey,
		},
	},
	{
		Name: "while", Loops: true, Doc: "Runs the steps while the condition holds.", Python: "while c",
		new:     func() Node { return new(While) },
		Example: "while: not done\ndo:\n  - sleep: 1s",
		Keys: []*Key{{Name: "while", Kind: ConditionKey, Required: true, Doc: "the condition",
			into: func(n Node, v FieldValue) { n.(*While).Cond, _ = v.(*Condition) }}, DoKey},
	},
	{
		Name: "break", Leaves: true, Bare: true, Doc: "Leaves the innermost loop.", Python: "break",
		new:     func() Node { return new(Break) },
		Example: `break`,
		Keys:    []*Key{{Name: "break", Kind: NothingKey}},
	},
	{
		Name: "continue", Bare: true, Doc: "Goes to the innermost loop's next turn.", Python: "continue",
		new:     func() Node { return new(Continue) },
		Example: `continue`,
		Keys:    []*Key{{Name: "continue", Kind: NothingKey}},
	},
	{
		Name: "call", Also: []string{"run", "exec", "invoke"},
		Doc:     "Runs a coroutine in the same task and the same context; waits if it does.",
		new:     func() Node { return new(Call) },
		Python:  "await coroutine()",
		Example: "call: worker\nwith: { n: 1 }\nas: result\nwithin: 2s",
		Keys: []*Key{
			{Name: "call", Kind: NameKey, Space: CoroutineSpace, Required: true, Doc: "the coroutine",
				into: func(n Node, v FieldValue) { n.(*Call).Coroutine, _ = v.(*Name) }},
			WithKey, AsKey, WithinKey, ElseKey,
		},
	},
	{
		Name: "return", Leaves: true, Bare: true, Doc: "Ends the activation with a value.", Python: "return v",
		new:     func() Node { return new(Return) },
		Example: `return: ${count * 2}`,
		Keys: []*Key{{Name: "return", Kind: ValueKey, Default: "null", Doc: "the value",
			into: func(n Node, v FieldValue) { n.(*Return).Value, _ = v.(*Value) }}},
	},
	{
		Name: "raise", Also: []string{"throw"}, Leaves: true, Bare: true,
		Doc: "Raises an error; bare in a catch: the one that was caught.", Python: "raise",
		new:     func() Node { return new(Raise) },
		Example: "raise: ValueError\nmessage: there are only ${count}",
		Keys: []*Key{
			RaiseKey,
			{Name: "message", Kind: TextKey, Doc: "what it says",
				into: func(n Node, v FieldValue) { n.(*Raise).Message.Message, _ = v.(*Value) }},
			{Name: "from", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeError}, Doc: "the error that is its cause",
				into: func(n Node, v FieldValue) { n.(*Raise).From, _ = v.(*Reference) }},
		},
	},
	{
		Name: "try", Doc: "Handles errors of the steps.", Python: "try … except … else … finally",
		new: func() Node { return new(Try) },
		Example: "try:\n  - call: worker\n    with: { n: 1 }\ncatch:\n  - error: [ValueError, TimeoutError]\n    as: e\n" +
			"    do:\n      - print: \"it failed: ${e.message}\"\nfinally:\n  - print: over",
		Keys: []*Key{
			{Name: "try", Kind: StepsKey, Required: true, Doc: "the steps",
				into: func(n Node, v FieldValue) { n.(*Try).Do, _ = v.(*Block) }},
			CatchKey,
			CatchGroupKey,
			{Name: "else", Kind: StepsKey, Doc: "runs when the steps raised nothing",
				into: func(n Node, v FieldValue) { n.(*Try).Else, _ = v.(*Block) }},
			FinallyKey,
		},
	},
	{
		Name: "assert", Doc: "Raises AssertionError, showing the parts' values, unless the condition holds.",
		new:     func() Node { return new(Assert) },
		Python:  "assert c, message",
		Example: "assert: count == 3\nmessage: some are missing",
		Keys: []*Key{
			{Name: "assert", Kind: ConditionKey, Required: true, Doc: "the condition",
				into: func(n Node, v FieldValue) { n.(*Assert).Cond, _ = v.(*Condition) }},
			{Name: "message", Kind: TextKey, Doc: "what the error says first",
				into: func(n Node, v FieldValue) { n.(*Assert).Message.Message, _ = v.(*Value) }},
		},
	},
	{
		Name: "sleep", Also: []string{"delay", "pause"}, Waits: true, Doc: "Waits; not above zero: gives up one turn.",
		Python:  "await asyncio.sleep(d)",
		new:     func() Node { return new(Sleep) },
		Example: `sleep: 1m30s`,
		Keys: []*Key{{Name: "sleep", Kind: DurationKey, Required: true, Doc: "how long",
			into: func(n Node, v FieldValue) { n.(*Sleep).For, _ = v.(*Duration) }}},
	},
	{
		Name: "sleep_until", Waits: true, Doc: "Waits for a loop time, or for a time of day; one that has come: gives up one turn.",
		new:     func() Node { return new(SleepUntil) },
		Python:  "await asyncio.sleep(t - loop.time())",
		Example: `sleep_until: 10s`,
		Keys: []*Key{{Name: "sleep_until", Kind: DurationKey, Required: true, OfDay: true,
			Doc:  "the loop time, or what the clock shows then: \"02:00\"",
			into: func(n Node, v FieldValue) { n.(*SleepUntil).At, _ = v.(*Duration) }}},
	},
	{
		Name: "block", Also: []string{"hold", "busy", "compute", "spin"},
		Doc:    "Holds up the loop, as a long computation does: time passes, nothing else runs, and all that is due is late.",
		Python: "time.sleep(d)",
		new:    func() Node { return new(Hold) }, Example: "block: 500ms",
		Keys: []*Key{{Name: "block", Kind: DurationKey, Required: true, Doc: "how long",
			into: func(n Node, v FieldValue) { n.(*Hold).For, _ = v.(*Duration) }}},
	},
	{
		Name: "to_thread", Also: []string{"run_in_thread", "thread"}, Waits: true,
		Doc: "Lets a thread of the pool work for a while, and waits for what comes of it; the loop goes on meanwhile. " +
			"`loop: { threads: 4 }` says how many threads there are.",
		Python:  "await asyncio.to_thread(f)",
		new:     func() Node { return new(ToThread) },
		Example: "to_thread: 2s\nvalue: 42\nas: result",
		Keys: []*Key{
			{Name: "to_thread", Kind: DurationKey, Required: true, Doc: "how long the thread works",
				into: func(n Node, v FieldValue) { n.(*ToThread).For, _ = v.(*Duration) }},
			ResolveValue, ResolveError, ResolveMessage, AsKey, WithinKey, ElseKey,
		},
	},
	{
		Name: "timeout", Also: []string{"deadline"}, Waits: true,
		new: func() Node { return new(Timeout) },
		Doc: "Limits how long the steps may take.", Python: "asyncio.timeout(d)",
		Example: "timeout: 5s\ndo:\n  - await: t\nelse:\n  - print: too late",
		Keys: []*Key{
			{Name: "timeout", Kind: DeadlineKey, Required: true, Nullable: true, Doc: "how long, {at: loop time}, or null for no end", Keys: []*Key{
				{Name: "at", Kind: DurationKey, Required: true, Doc: "the loop time",
					into: func(n Node, v FieldValue) { n.(*Deadline).At, _ = v.(*Duration) }},
			}, new: func() Node { return new(Deadline) },
				into: func(n Node, v FieldValue) {
					t := n.(*Timeout)
					t.For, _ = v.(*Duration)
					t.At = nodeOf[*Deadline](v)
				}},
			{Name: "as", Kind: NameKey, Space: LocalSpace, Doc: "the local that gets the time-out, for `reschedule` and its attributes",
				into: func(n Node, v FieldValue) { n.(*Timeout).As, _ = v.(*Name) }},
			DoKey,
			{Name: "else", Kind: StepsKey, Doc: "runs on this scope's own expiry, instead of raising",
				into: func(n Node, v FieldValue) { n.(*Timeout).Else, _ = v.(*Block) }},
		},
	},
	{
		Name: "reschedule", Also: []string{"postpone"},
		Doc: "Gives a time-out that has not expired another end: after a time from now, at a loop time, or with neither none.",
		new: func() Node { return new(Reschedule) }, Python: "timeout.reschedule(when)",
		Example: "reschedule: limit\nafter: 5s",
		Keys: []*Key{
			{Name: "reschedule", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeTimeout}, Required: true, Doc: "the time-out",
				into: func(n Node, v FieldValue) { n.(*Reschedule).Timeout, _ = v.(*Reference) }},
			{Name: "after", Kind: DurationKey, Doc: "how long from now",
				into: func(n Node, v FieldValue) { n.(*Reschedule).After, _ = v.(*Duration) }},
			{Name: "at", Kind: DurationKey, Doc: "or the loop time",
				into: func(n Node, v FieldValue) { n.(*Reschedule).At, _ = v.(*Duration) }},
		},
	},
	{
		Name: "spawn", Also: []string{"create_task", "start", "launch", "go", "task", "fork"}, Tasks: true,
		Doc: "Creates a task, which starts in the next iteration.", Python: "asyncio.create_task()",
		new:     func() Node { return new(Spawn) },
		Example: "spawn: worker\nwith: { n: 1 }\nname: first\nas: t",
		Keys: []*Key{
			{Name: "spawn", Kind: EntryKey, Required: true, Keys: entryBody, Doc: "the coroutine, or {do: steps}",
				new: func() Node { return new(Entry) },
				into: func(n Node, v FieldValue) {
					s := n.(*Spawn)
					s.Coroutine, _ = v.(*Name)
					s.Inline = nodeOf[*Entry](v)
				}},
			WithKey, EntryName, entryContext, EntryDaemon,
			SpawnCount,
			{Name: "context_of", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeTask},
				Doc:  "the task in whose context it runs, instead of in a copy: what one sets, the other sees",
				into: func(n Node, v FieldValue) { n.(*Spawn).ContextOf, _ = v.(*Reference) }},
			{Name: "in", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeGroup}, Doc: "the group it belongs to",
				into: func(n Node, v FieldValue) { n.(*Spawn).In, _ = v.(*Reference) }},
			{Name: "as", Kind: NameKey, Space: TargetSpace, Doc: "gets the task, or the list of tasks with `count`",
				into: func(n Node, v FieldValue) { n.(*Spawn).As, _ = v.(*Name) }},
		},
	},
	{
		Name: "await", Also: []string{"wait_for"}, Waits: true, Doc: "Waits for a task or a future, and gives its result.",
		Python:  "await task",
		new:     func() Node { return new(Await) },
		Example: "await: t\nas: result\nwithin: 2s",
		Keys: []*Key{
			AwaitKey,
			AsKey, WithinKey, ElseKey,
		},
	},
	{
		Name: "gather", Also: []string{"parallel", "concurrently"}, Tasks: true, Waits: true,
		Doc:     "Waits for several tasks; the results come in the order of the list.",
		new:     func() Node { return new(Gather) },
		Python:  "await asyncio.gather(…)",
		Example: "gather:\n  - { call: worker, with: { n: 1 } }\n  - { call: worker, with: { n: 2 } }\nas: results",
		Keys: []*Key{
			GatherKey,
			{Name: "return_exceptions", Kind: ValueKey, Types: BoolTypes, Default: "false",
				Doc:  "errors become results",
				into: func(n Node, v FieldValue) { n.(*Gather).ReturnExceptions, _ = v.(*Value) }},
			KeepGather, AsKey, WithinKey, ElseKey,
		},
	},
	{
		Name: "wait", Waits: true,
		new:     func() Node { return new(Wait) },
		Doc:     "Waits for the first or all of several tasks, for an event, a barrier or a condition, or until something holds of an object.",
		Python:  "await asyncio.wait(…), event.wait(), barrier.wait(), condition.wait_for(…)",
		Example: "wait: [t, u]\nreturn_when: first_completed\nas: r",
		Keys: []*Key{
			WaitKey,
			WaitWhen,
			WaitUntil,
			WaitAs,
			WaitWithin,
			ElseKey,
		},
	},
	{
		Name: "as_completed", Loops: true, Waits: true, Doc: "Runs the steps for each task as it ends.",
		new:     func() Node { return new(AsCompleted) },
		Python:  "asyncio.as_completed(…)",
		Example: "as_completed: [t, u]\nas: ended\ndo:\n  - print: ${ended.name}",
		Keys: []*Key{
			CompletedKey,
			{Name: "as", Kind: NameKey, Space: TargetSpace, Required: true, Doc: "the task that has ended",
				into: func(n Node, v FieldValue) { n.(*AsCompleted).As, _ = v.(*Name) }},
			CompletedWithin,
			DoKey, ElseKey,
		},
	},
	{
		Name: "group", Waits: true, Doc: "Runs the steps and waits for the tasks spawned in the group.",
		new:     func() Node { return new(Group) },
		Python:  "asyncio.TaskGroup()",
		Example: "group: g\ndo:\n  - spawn: worker\n    with: { n: 1 }\n    in: g",
		Keys: []*Key{
			{Name: "group", Kind: NameKey, Space: LocalSpace, Required: true, Doc: "the local that holds the group",
				into: func(n Node, v FieldValue) { n.(*Group).As, _ = v.(*Name) }},
			DoKey,
		},
	},
	{
		Name: "shield", Waits: true, Doc: "Waits for a task without passing a cancellation on to it.",
		new:     func() Node { return new(Shield) },
		Python:  "await asyncio.shield(task)",
		Example: "shield: t\nas: result",
		Keys:    []*Key{ShieldKey, KeepShield, AsKey, WithinKey, ElseKey},
	},
	{
		Name: "cancel", Doc: "Requests the cancellation of a task, a future, a handle or a periodic callback.",
		new:     func() Node { return new(Cancel) },
		Python:  "task.cancel(), handle.cancel()",
		Example: "cancel: t\nmessage: no longer needed",
		Keys: []*Key{
			CancelKey,
			{Name: "message", Kind: TextKey, Doc: "what the CancelledError says",
				into: func(n Node, v FieldValue) { n.(*Cancel).Message.Message, _ = v.(*Value) }},
		},
	},
	{
		Name: "uncancel", Doc: "Takes one request for cancellation back, as who catches it and goes on should.",
		new:     func() Node { return new(Uncancel) },
		Python:  "task.uncancel()",
		Example: "uncancel: ${task}\nas: left",
		Keys: []*Key{
			{Name: "uncancel", Kind: ReferenceKey, Types: taskTypes, Required: true, Doc: "the task",
				into: func(n Node, v FieldValue) { n.(*Uncancel).Task, _ = v.(*Reference) }},
			{Name: "as", Kind: NameKey, Space: TargetSpace, Doc: "gets how many requests are left",
				into: func(n Node, v FieldValue) { n.(*Uncancel).As, _ = v.(*Name) }},
		},
	},
	{
		Name: "set_name", Also: []string{"rename"}, Doc: "Gives a task another name.",
		new:     func() Node { return new(SetName) },
		Python:  "task.set_name(name)",
		Example: "set_name: t\nname: backup",
		Keys: []*Key{
			{Name: "set_name", Kind: ReferenceKey, Types: taskTypes, Required: true, Doc: "the task",
				into: func(n Node, v FieldValue) { n.(*SetName).Task, _ = v.(*Reference) }},
			NewName,
		},
	},
	{
		Name: "add_done_callback", Also: []string{"on_done", "when_done"},
		Doc: "Schedules a callback for when a task or a future has ended; for the next iteration if it has.",
		new: func() Node { return new(AddDone) }, Python: "task.add_done_callback(f)",
		Example: "add_done_callback: t\ncallback: tick",
		Keys: []*Key{
			{Name: "add_done_callback", Kind: ReferenceKey, Types: awaitedTypes, Required: true, Doc: "the task or future",
				into: func(n Node, v FieldValue) { n.(*AddDone).What, _ = v.(*Reference) }},
			{Name: "callback", Kind: NameKey, Space: CallbackSpace, Required: true, Doc: "the callback",
				into: func(n Node, v FieldValue) { n.(*AddDone).Callback, _ = v.(*Name) }},
			WithKey,
		},
	},
	{
		Name: "remove_done_callback", Doc: "Takes a callback back, as often as it was added, whatever its arguments.",
		new: func() Node { return new(RemoveDone) }, Python: "task.remove_done_callback(f)",
		Example: "remove_done_callback: t\ncallback: tick",
		Keys: []*Key{
			{Name: "remove_done_callback", Kind: ReferenceKey, Types: awaitedTypes, Required: true, Doc: "the task or future",
				into: func(n Node, v FieldValue) { n.(*RemoveDone).What, _ = v.(*Reference) }},
			{Name: "callback", Kind: NameKey, Space: CallbackSpace, Required: true, Doc: "the callback",
				into: func(n Node, v FieldValue) { n.(*RemoveDone).Callback, _ = v.(*Name) }},
			{Name: "as", Kind: NameKey, Space: TargetSpace, Doc: "gets how often it was taken back",
				into: func(n Node, v FieldValue) { n.(*RemoveDone).As, _ = v.(*Name) }},
		},
	},
	{
		Name: "interrupt", Doc: "Raises Interrupt where the task waits. What it awaits goes on.", Python: "process.interrupt(cause)",
		new:     func() Node { return new(Interrupt) },
		Example: "interrupt: t\ncause: the machine broke",
		Keys: []*Key{
			{Name: "interrupt", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeTask}, Required: true, Doc: "the task",
				into: func(n Node, v FieldValue) { n.(*Interrupt).Task, _ = v.(*Reference) }},
			{Name: "cause", Kind: ValueKey, Default: "null", Doc: "the error's cause",
				into: func(n Node, v FieldValue) { n.(*Interrupt).Cause, _ = v.(*Value) }},
		},
	},
	{
		Name: "call_soon", Doc: "Schedules a callback for the next iteration.", Python: "loop.call_soon()",
		new:     func() Node { return new(Schedule) },
		Example: `call_soon: tick`,
		Keys:    []*Key{callbackKey("call_soon"), WithKey, AsKey},
	},
	{
		Name: "call_later", Also: []string{"timer", "schedule", "set_timeout", "settimeout"},
		Doc: "Schedules a callback after a delay.", Python: "loop.call_later()",
		new:     func() Node { return new(Schedule) },
		Example: "call_later: tick\nafter: 500ms\nas: handle",
		Keys: []*Key{
			callbackKey("call_later"),
			{Name: "after", Also: []string{"delay"}, Kind: DurationKey, Required: true, Doc: "the delay",
				into: func(n Node, v FieldValue) { n.(*Schedule).After, _ = v.(*Duration) }},
			WithKey, AsKey,
		},
	},
	{
		Name: "call_at", Doc: "Schedules a callback at a loop time.", Python: "loop.call_at()",
		new:     func() Node { return new(Schedule) },
		Example: "call_at: tick\nat: 10s",
		Keys: []*Key{
			callbackKey("call_at"),
			{Name: "at", Kind: DurationKey, Required: true, Doc: "the loop time",
				into: func(n Node, v FieldValue) { n.(*Schedule).At, _ = v.(*Duration) }},
			WithKey, AsKey,
		},
	},
	{
		Name: "stop", Also: []string{"exit", "quit"}, Bare: true,
		Doc: "Lets the current iteration finish, then ends the loop.", Python: "loop.stop()",
		new:     func() Node { return new(Stop) },
		Example: `stop`,
		Keys:    []*Key{{Name: "stop", Kind: NothingKey}},
	},
	{
		Name: "acquire", Also: []string{"lock", "seize", "request"}, Waits: true,
		Doc:     "Acquires a lock, a semaphore, a condition's lock, or units of a resource.",
		new:     func() Node { return new(Acquire) },
		Python:  "async with lock, await lock.acquire()",
		Example: "acquire: m\ndo:\n  - sleep: 1s",
		Keys: []*Key{
			AcquireKey,
			AcquireMode,
			{Name: "do", Kind: StepsKey, Doc: "the steps after which it is released, whatever happens",
				into: func(n Node, v FieldValue) { n.(*Acquire).Do, _ = v.(*Block) }},
			AmountKey, PriorityKey, PreemptKey, PreemptibleKey, UnitKey,
			NowaitKey, WithinKey, AskElse,
		},
	},
	{
		Name: "use", Also: []string{"occupy", "seize_delay_release"}, Waits: true,
		Doc:     "Acquires units of a resource, holds them for a time, and releases them; goes on by itself when they were taken.",
		Python:  "with resource.request() as r: yield r; yield env.timeout(d)",
		new:     func() Node { return new(Use) },
		Example: "use: desk\ntakes: 3m",
		Keys: []*Key{
			{Name: "use", Kind: ReferenceKey, Types: ResourceTypes, Required: true, Doc: "the resource",
				into: func(n Node, v FieldValue) { n.(*Use).What, _ = v.(*Reference) }},
			{Name: "takes", Also: []string{"for", "time", "duration", "delay"}, Kind: DurationKey, Required: true,
				Doc:  "how long; computed once it holds them",
				into: func(n Node, v FieldValue) { n.(*Use).Takes, _ = v.(*Duration) }},
			AmountKey, PriorityKey, PreemptKey, PreemptibleKey, UnitKey,
			{Name: "if_preempted", Kind: WordKey, Words: engine.UsePreemptedWords, Default: "resume",
				Doc:  "when its units are taken: waits at its old place, for the rest of its time, the same time, or one computed anew; or Interrupt",
				into: func(n Node, v FieldValue) { n.(*Use).Preempted, _ = v.(*Name) }},
			NowaitKey, WithinKey, AskElse,
		},
	},
	{
		Name: "first", Also: []string{"select", "race", "any_of"}, Waits: true,
		Doc:     "Waits for several things at once: the first that is there is had, and the others are left.",
		Python:  "yield a | b, asyncio.wait(…, return_when=FIRST_COMPLETED)",
		new:     func() Node { return new(First) },
		Example: "first:\n  - get: jobs\n    as: job\n    then:\n      - print: ${job}\n  - sleep: 3s\n    then:\n      - print: nothing to do",
		Keys:    []*Key{ArmsKey},
	},
	{
		Name: "release", Also: []string{"unlock"}, Doc: "Releases a lock, a semaphore, a condition's lock, or units of a resource.",
		Python:  "lock.release()",
		new:     func() Node { return new(Release) },
		Example: `release: m`,
		Keys: []*Key{{Name: "release", Kind: ReferenceKey, Types: acquiredTypes, Required: true,
			Doc:  "what to release; of a resource what the task got last",
			into: func(n Node, v FieldValue) { n.(*Release).What, _ = v.(*Reference) }},
			{Name: "of", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeTask}, Default: "the running one",
				Doc:  "of a resource: the task that holds it",
				into: func(n Node, v FieldValue) { n.(*Release).Of, _ = v.(*Reference) }}},
	},
	{
		Name: "resize", Doc: "Gives a resource another capacity, or other room to wait.", Python: "resource._capacity = n",
		new:     func() Node { return new(Resize) },
		Example: "resize: desk\ncapacity: 2",
		Keys: []*Key{
			{Name: "resize", Kind: ReferenceKey, Types: ResourceTypes, Required: true, Doc: "the resource",
				into: func(n Node, v FieldValue) { n.(*Resize).What, _ = v.(*Reference) }},
			ResizeCapacity, ResizeRoom,
		},
	},
	{
		Name: "put", Also: []string{"send", "enqueue"}, Waits: true,
		Doc:     "Puts a value into a queue or a store, or an amount into a container; waits while it is full.",
		new:     func() Node { return new(Put) },
		Python:  "await queue.put(v), queue.put_nowait(v)",
		Example: "put: jobs\nvalue: ${count}",
		Keys: []*Key{
			{Name: "put", Kind: ReferenceKey, Types: PutTypes, Required: true, Doc: "where",
				into: func(n Node, v FieldValue) { n.(*Put).Queue, _ = v.(*Reference) }},
			PutValue, PutAmount, ItemPriority,
			NowaitKey, WithinKey, NowaitElse,
		},
	},
	{
		Name: "get", Also: []string{"receive", "recv", "dequeue", "pop"}, Waits: true,
		Doc:     "Takes a value from a queue or a store, or an amount out of a container; waits while there is none.",
		new:     func() Node { return new(Get) },
		Python:  "await queue.get(), queue.get_nowait()",
		Example: "get: jobs\nas: job\nwithin: 5s\nelse:\n  - print: nothing to do",
		Keys: []*Key{
			{Name: "get", Kind: ReferenceKey, Types: PutTypes, Required: true, Doc: "where from",
				into: func(n Node, v FieldValue) { n.(*Get).Queue, _ = v.(*Reference) }},
			AsKey,
			WhereKey,
			GetAmount, AtLeastKey, ItemPriority, LoanKey,
			NowaitKey, WithinKey, NowaitElse,
		},
	},
	{
		Name: "task_done",
		new:  func() Node { return new(TaskDone) },
		Doc:  "Says that an item taken from the queue is done.", Python: "queue.task_done()",
		Example: `task_done: jobs`,
		Keys: []*Key{{Name: "task_done", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeQueue}, Required: true,
			Doc:  "the queue",
			into: func(n Node, v FieldValue) { n.(*TaskDone).Queue, _ = v.(*Reference) }}},
	},
	{
		Name: "join", Waits: true, Doc: "Waits until every item of the queue is done.",
		new:     func() Node { return new(Join) },
		Python:  "await queue.join()",
		Example: `join: jobs`,
		Keys: []*Key{{Name: "join", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeQueue}, Required: true,
			Doc:  "the queue",
			into: func(n Node, v FieldValue) { n.(*Join).Queue, _ = v.(*Reference) }}, WithinKey, ElseKey},
	},
	{
		Name: "shutdown", Doc: "Closes a queue: put and, once it is empty, get raise QueueShutDown.",
		new:     func() Node { return new(Shutdown) },
		Python:  "queue.shutdown()",
		Example: "shutdown: jobs\nimmediate: true",
		Keys: []*Key{
			{Name: "shutdown", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeQueue}, Required: true, Doc: "the queue",
				into: func(n Node, v FieldValue) { n.(*Shutdown).Queue, _ = v.(*Reference) }},
			{Name: "immediate", Kind: ValueKey, Types: BoolTypes, Default: "false", Doc: "drop what is in the queue",
				into: func(n Node, v FieldValue) { n.(*Shutdown).Immediate, _ = v.(*Value) }},
		},
	},
	{
		Name: "signal", Also: []string{"emit", "trigger"}, Doc: "Sets an event.", Python: "event.set()",
		new:     func() Node { return new(Signal) },
		Example: `signal: ready`,
		Keys: []*Key{{Name: "signal", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeEvent}, Required: true,
			Doc:  "the event",
			into: func(n Node, v FieldValue) { n.(*Signal).Event, _ = v.(*Reference) }}},
	},
	{
		Name: "clear", Doc: "Clears an event.", Python: "event.clear()",
		new:     func() Node { return new(Clear) },
		Example: `clear: ready`,
		Keys: []*Key{{Name: "clear", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeEvent}, Required: true,
			Doc:  "the event",
			into: func(n Node, v FieldValue) { n.(*Clear).Event, _ = v.(*Reference) }}},
	},
	{
		Name: "abort", Waits: true,
		Doc:     "Breaks a barrier: who waits at it, or comes to it, gets BrokenBarrierError.",
		new:     func() Node { return new(Abort) },
		Python:  "await barrier.abort()",
		Example: `abort: start`,
		Keys: []*Key{{Name: "abort", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeBarrier}, Required: true,
			Doc:  "the barrier",
			into: func(n Node, v FieldValue) { n.(*Abort).Barrier, _ = v.(*Reference) }}, WithinKey, ElseKey},
	},
	{
		Name: "reset_barrier", Waits: true,
		Doc:     "Makes a barrier fill from the beginning: who waits at it gets BrokenBarrierError.",
		new:     func() Node { return new(ResetBarrier) },
		Python:  "await barrier.reset()",
		Example: `reset_barrier: start`,
		Keys: []*Key{{Name: "reset_barrier", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeBarrier}, Required: true,
			Doc:  "the barrier",
			into: func(n Node, v FieldValue) { n.(*ResetBarrier).Barrier, _ = v.(*Reference) }}, WithinKey, ElseKey},
	},
	{
		Name: "notify", Doc: "Wakes tasks that wait for a condition.", Python: "condition.notify(n)",
		new:     func() Node { return new(Notify) },
		Example: "notify: changed\nall: true",
		Keys: []*Key{
			{Name: "notify", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeCondition}, Required: true,
				Doc:  "the condition",
				into: func(n Node, v FieldValue) { n.(*Notify).Condition, _ = v.(*Reference) }},
			{Name: "count", Kind: ValueKey, Types: intTypes, Default: "1", Doc: "how many",
				into: func(n Node, v FieldValue) { n.(*Notify).Count, _ = v.(*Value) }},
			NotifyAll,
		},
	},
	{
		Name: "new",
		new:  func() Node { return new(New) },
		Doc:  "Makes a future, an event, a queue, a lock … at run time.", Python: "asyncio.Queue()",
		Example: "new: queue\ncapacity: 10\nas: inbox",
		Keys: []*Key{
			NewKey,
			NewAs,
			newCapacity, newInitial, newOrder, RankKey, semaphoreValueKey, boundedKey, PartiesKey, lockKey, roomKey, overtakeKey, shrinkKey,
			FailuresKey,
		},
	},
	{
		Name: "resolve", Doc: "Gives a future its result or its error.", Python: "future.set_result(v)",
		new:     func() Node { return new(Resolve) },
		Example: "resolve: f\nvalue: 42",
		Keys: []*Key{
			{Name: "resolve", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeFuture}, Required: true, Doc: "the future",
				into: func(n Node, v FieldValue) { n.(*Resolve).Future, _ = v.(*Reference) }},
			ResolveValue,
			ResolveError,
			ResolveMessage,
		},
	},
	{
		Name: "record", Also: []string{"observe", "tally", "monitor"}, Doc: "Observes values of metrics.", Python: "-",
		new:     func() Node { return new(RecordStep) },
		Example: "record: { stay: \"${now}\" }\nby: gold",
		Keys:    []*Key{RecordValues, RecordBy},
	},
}

func callbackKey(name string) *Key {
	return &Key{Name: name, Kind: NameKey, Space: CallbackSpace, Required: true, Doc: "the callback",
		into: func(n Node, v FieldValue) { n.(*Schedule).Callback, _ = v.(*Name) }}
}

// intoBody gives the steps of a `do` to their node.
func intoBody(n Node, v FieldValue) { n.(hasBody).body().Do, _ = v.(*Block) }

// nodes is what a list of maps was read into.
func nodes[T Node](v FieldValue) []T {
	list, _ := v.(*Records)
	if list == nil {
		return nil
	}
	out := make([]T, len(list.Items))
	for i, r := range list.Items {
		out[i] = r.Node.(T)
	}
	return out
}

// nodeOf is what a map was read into, nil: it is no map.
func nodeOf[T Node](v FieldValue) T {
	var none T
	if r, ok := v.(*Record); ok {
		return r.Node.(T)
	}
	return none
}

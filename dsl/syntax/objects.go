package syntax

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/yaml"
	"runloop/engine"
)

// ObjectKeys is the row of each kind of object: the key that declares objects of that kind, with their type, their
// options and the one that a bare number stands for.
var ObjectKeys = []*Key{
	{Name: "locks", Also: []string{"mutexes", "mutex"}, Declares: true, Kind: ObjectsKey,
		Types: []expr.TypeKind{expr.TypeLock}, Keys: []*Key{objectCount},
		Doc: "locks", new: newOptions, into: intoObjects},
	{Name: "rwlocks", Declares: true, Kind: ObjectsKey, Types: []expr.TypeKind{expr.TypeRWLock}, Keys: []*Key{objectCount},
		Doc: "readers–writer locks: several tasks may read, or one writes", new: newOptions, into: intoObjects},
	{Name: "semaphores", Declares: true, Kind: ObjectsKey, Types: []expr.TypeKind{expr.TypeSemaphore},
		Keys: []*Key{semaphoreValueKey, boundedKey, objectCount}, Size: semaphoreValueKey,
		Doc: "semaphores; a number is its value", new: newOptions, into: intoObjects},
	{Name: "events", Declares: true, Kind: ObjectsKey, Types: []expr.TypeKind{expr.TypeEvent}, Keys: []*Key{objectCount},
		Doc: "events", new: newOptions, into: intoObjects},
	{Name: "conditions", Declares: true, Kind: ObjectsKey, Types: []expr.TypeKind{expr.TypeCondition},
		Keys: []*Key{lockKey, objectCount},
		Doc:  "conditions", new: newOptions, into: intoObjects},
	{Name: "barriers", Declares: true, Kind: ObjectsKey, Types: []expr.TypeKind{expr.TypeBarrier},
		Keys: []*Key{PartiesKey, objectCount}, Size: PartiesKey,
		Doc: "barriers; a number is its parties", new: newOptions, into: intoObjects},
	{Name: "queues", Declares: true, Kind: ObjectsKey, Types: []expr.TypeKind{expr.TypeQueue},
		Keys: []*Key{capacityKey, orderKey, objectCount}, Size: capacityKey,
		Doc: "queues; a number is its capacity", new: newOptions, into: intoObjects},
	{Name: "resources", Declares: true, Kind: ObjectsKey, Types: []expr.TypeKind{expr.TypeResource},
		Keys: []*Key{resourceCapacity, resourceOrder, RankKey, roomKey, overtakeKey, shrinkKey, FailuresKey, objectCount}, Size: resourceCapacity,
		Doc: "resources: units that tasks hold for a while; a number is its capacity", new: newOptions, into: intoObjects},
	{Name: "containers", Declares: true, Kind: ObjectsKey, Types: []expr.TypeKind{expr.TypeContainer},
		Keys: []*Key{containerCapacity, levelKey, overtakeKey, objectCount}, Size: containerCapacity,
		Doc: "containers: an amount of something; a number is its capacity", new: newOptions, into: intoObjects},
	{Name: "stores", Declares: true, Kind: ObjectsKey, Types: []expr.TypeKind{expr.TypeStore},
		Keys: []*Key{capacityKey, storeOrder, itemsKey, objectCount}, Size: capacityKey,
		Doc: "stores: items, of which tasks take those that fit; a number is its capacity", new: newOptions, into: intoObjects},
}

// WaitingOptions is options of a resource that are about those who wait for its units, or hold one.
var WaitingOptions = []*Key{roomKey, overtakeKey, shrinkKey, FailuresKey}

// Which kinds stand where.
var (
	acquiredTypes = []expr.TypeKind{expr.TypeLock, expr.TypeRWLock, expr.TypeSemaphore, expr.TypeCondition, expr.TypeResource}
	// ResourceTypes is what can be used.
	ResourceTypes = []expr.TypeKind{expr.TypeResource}
	// SharedTypes is what may be acquired beside others: `mode` says how.
	SharedTypes = []expr.TypeKind{expr.TypeRWLock}
	newWords    = []string{"future", "event", "queue", "lock", "rwlock", "semaphore", "condition", "barrier", "resource", "container", "store"}
	newOrders   = []string{"fifo", "lifo", "priority", "random", "preemptive", "shared"} // of what `new` makes: of queues, of stores, of resources
	// ParamTypes is the words for the types of parameters, first those that are no objects.
	ParamTypes = []string{
		"string", "int", "number", "bool", "duration", "list", "map", "task", "handle", "any", "queue", "lock", "rwlock",
		"semaphore",
		"event", "condition", "barrier", "future", "group", "timeout", "resource", "container", "store",
	}
)

// The keys of objects.
var (
	objectCount = &Key{Name: "count", Kind: ValueKey, Types: intTypes, Doc: "declares a list of that many: `name[i]`",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Count, _ = v.(*Value) }}
	capacityKey = &Key{Name: "capacity", Also: []string{"max", "size", "maxsize"}, Kind: ValueKey, Types: intTypes,
		Default: "0: no limit",
		Doc:     "how many items a queue or a store holds, how many units a resource has",
		into:    func(n Node, v FieldValue) { n.(hasOptions).options().Capacity, _ = v.(*Value) }}
	orderKey = &Key{Name: "order", Kind: WordKey, Words: engine.QueueOrderWords, Default: "fifo",
		Doc:  "which item of a queue is next",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Order, _ = v.(*Name) }}
	semaphoreValueKey = &Key{Name: "value", Kind: ValueKey, Types: intTypes, Default: "1",
		Doc:  "how many may hold a semaphore",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Value, _ = v.(*Value) }}
	boundedKey = &Key{Name: "bounded", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "false",
		Doc:  "releasing a semaphore above its first value is a ValueError",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Bounded, _ = v.(*Value) }}
	resourceCapacity = &Key{Name: "capacity", Also: []string{"max", "size", "maxsize"}, Kind: TimetableKey, Types: intTypes, Default: "1",
		Keys: timetableKeys, new: func() Node { return new(Timetable) },
		Doc: "how many units it has, or how many over time", into: intoCapacity}
	FailuresKey = &Key{Name: "failures", Also: []string{"breakdowns"}, Kind: RecordsKey, OrOne: true, new: func() Node { return new(Failure) },
		Doc:  "how its units break down by themselves: a map, or a list of them",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Failures = nodes[*Failure](v) },
		Keys: []*Key{
			{Name: "every", Also: []string{"mtbf", "mttf"}, Kind: DurationKey, Required: true, Doc: "how long a unit works from a repair on, computed for each time",
				into: func(n Node, v FieldValue) { n.(*Failure).Every, _ = v.(*Duration) }},
			{Name: "lasts", Also: []string{"mttr", "repair"}, Kind: DurationKey, Required: true, Doc: "how long it is down, computed for each time",
				into: func(n Node, v FieldValue) { n.(*Failure).Lasts, _ = v.(*Duration) }},
			{Name: "clock", Kind: WordKey, Words: []string{"time", "busy"}, Default: "time",
				Doc:  "what `every` counts: the loop time, or the unit's own time in use",
				into: func(n Node, v FieldValue) { n.(*Failure).Clock, _ = v.(*Name) }},
			{Name: "holder", Kind: WordKey, Words: []string{"interrupt", "finish"}, Default: "interrupt",
				Doc:  "what happens to who holds it: an Interrupt with the reason \"failed\", or it keeps the unit until it gives it back",
				into: func(n Node, v FieldValue) { n.(*Failure).Holder, _ = v.(*Name) }},
		}}
	resourceOrder = &Key{Name: "order", Kind: WordKey, Words: engine.ResourceOrderWords, Default: "fifo",
		Doc:  "who is next: the least `priority` first; `preemptive` takes units from those of a greater one; `shared`: all at once, the slower the more they are",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Order, _ = v.(*Name) }}
	newCapacity = &Key{Name: "capacity", Also: []string{"max", "size", "maxsize"}, Kind: TimetableKey, Types: numberTypes,
		Keys: timetableKeys, new: func() Node { return new(Timetable) },
		Default: "no limit; of a resource 1",
		Doc:     "how many items a queue or a store holds, how many units a resource has (or how many over time), how much fits into a container",
		into:    intoCapacity}
	newInitial = &Key{Name: "initial", Also: []string{"init"}, Kind: ValueKey,
		Default: "0, nothing",
		Doc:     "how much is in a container at first; the list of the items in a store",
		into:    func(n Node, v FieldValue) { n.(hasOptions).options().Initial, _ = v.(*Value) }}
	newOrder = &Key{Name: "order", Kind: WordKey, Words: newOrders,
		Default: "fifo", Doc: "which item of a queue or a store, who of those that wait for a resource is next",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Order, _ = v.(*Name) }}
	// RankKey is instead of the order of a resource.
	RankKey = &Key{Name: "rank", Kind: ExpressionKey, Types: numberTypes,
		Doc:  "of a resource, instead of `order`: the least goes first. It knows `priority amount waited now`, shared variables and parameters",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Rank, _ = v.(*Condition) }}
	roomKey = &Key{Name: "max_waiting", Kind: ValueKey, Types: intTypes, Default: "no limit",
		Doc:  "how many may wait for a resource: who comes then gets ResourceFull, or its `else` runs",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Room, _ = v.(*Value) }}
	overtakeKey = &Key{Name: "overtake", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "false",
		Doc:  "smaller requests may pass one that does not fit",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Overtake, _ = v.(*Value) }}
	shrinkKey = &Key{Name: "on_shrink", Kind: WordKey, Words: []string{"finish", "interrupt"}, Default: "finish",
		Doc:  "what happens to those who hold more than there is, where there are fewer units",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Shrink, _ = v.(*Name) }}
	containerCapacity = &Key{Name: "capacity", Also: []string{"max", "size"}, Kind: ValueKey, Types: numberTypes, Default: "no limit",
		Doc:  "how much fits into it",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Capacity, _ = v.(*Value) }}
	levelKey = &Key{Name: "initial", Also: []string{"init", "level"}, Kind: ValueKey, Types: numberTypes, Default: "0",
		Doc:  "how much is in it at first",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Initial, _ = v.(*Value) }}
	itemsKey = &Key{Name: "initial", Also: []string{"init", "items"}, Kind: ValueKey, Types: []expr.TypeKind{expr.TypeList}, Default: "nothing",
		Doc:  "the items that are in it at first",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Initial, _ = v.(*Value) }}
	storeOrder = &Key{Name: "order", Kind: WordKey, Words: engine.StoreOrderWords, Default: "fifo",
		Doc:  "which item is next: the one of the least `priority` of its `put`, and of those the first",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Order, _ = v.(*Name) }}
	lockKey = &Key{Name: "lock", Kind: ReferenceKey, Types: []expr.TypeKind{expr.TypeLock},
		Default: "one of its own", Doc: "the lock that a condition shares",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Lock, _ = v.(*Reference) }}
	PartiesKey = &Key{Name: "parties", Kind: ValueKey, Types: intTypes,
		Doc:  "how many tasks a barrier waits for",
		into: func(n Node, v FieldValue) { n.(hasOptions).options().Parties, _ = v.(*Value) }}
)

// intoCapacity gives a capacity that does not change to Capacity, and another one to Table.
func intoCapacity(n Node, v FieldValue) {
	o := n.(hasOptions).options()
	if o.Table = timetable(v); o.Table != nil && o.Table.Constant != nil {
		o.Capacity, o.Table = o.Table.Constant, nil
	}
}

func newOptions() Node { return new(ObjectOptions) }

// Object is a declared lock, queue …, or a list of them.
type Object struct {
	Name    *Name
	Kind    expr.TypeKind
	Size    *Value  // what stands where the options could: a semaphore's value, a queue's capacity; nil: nothing
	Options *Record // nil: none
}

// SizeKey is the option of the objects of a kind that a bare number stands for, nil: there is none.
func SizeKey(kind expr.TypeKind) *Key {
	if row := objectRow(kind); row != nil {
		return row.Size
	}
	return nil
}

// IsOption reports whether a key is an option of the objects of a kind, `count` not among them.
func IsOption(kind expr.TypeKind, key *Key) bool {
	row := objectRow(kind)
	return row != nil && key != objectCount && findKey(row.Keys, key.Name) != nil
}

// OptionWords is the words that an option of the objects of a kind may be.
func OptionWords(kind expr.TypeKind, key *Key) []string {
	return findKey(objectRow(kind).Keys, key.Name).Words
}

// objectRow is the top-level key that declares the objects of a kind, nil: there is none.
func objectRow(kind expr.TypeKind) *Key {
	for _, key := range ObjectKeys {
		if key.Types[0] == kind {
			return key
		}
	}
	return nil
}

// With is what the object is made with: a bare number counts as the option that it stands for.
func (o *Object) With() Options {
	n := new(ObjectOptions)
	if o.Options != nil {
		n = o.Options.Node.(*ObjectOptions)
	} else if o.Size != nil {
		SizeKey(o.Kind).into(n, o.Size)
	}
	return n.Options
}

// Typ is the type of the variable that holds the object.
func (o *Object) Typ() expr.Type {
	if o.Options != nil && o.Options.Written(objectCount) {
		return expr.ListOf(expr.Type{Kind: o.Kind})
	}
	return expr.Type{Kind: o.Kind}
}

func (p *parser) objects(n *yaml.Node, key *Key) *Objects {
	list := &Objects{Span: n.Span}
	add := func(name *Name) *Object {
		if name = p.checkName(name, SharedSpace, key.Name); name == nil {
			return nil
		}
		list.Items = append(list.Items, &Object{Name: name, Kind: key.Types[0]})
		return list.Items[len(list.Items)-1]
	}
	declare := func() { // what a list of names and maps declares
		for _, item := range n.Items {
			if isText(item) {
				add(&Name{Span: item.Span, Text: item.Text})
			}
			if name := item.Get("name"); name != nil && isText(name) {
				add(&Name{Span: name.Span, Text: name.Text})
				continue
			}
			for _, pair := range item.Pairs {
				add(&Name{Span: pair.KeySpan, Text: pair.Key})
			}
		}
	}
	switch n.Kind {
	case yaml.ScalarNode:
		hint := "write `" + key.Name + ": [" + source.Shorten(n.Text) + "]`"
		if !isText(n) {
			hint = "each has a name: `" + key.Name + ": [a, b]`"
		}
		p.errorf(CodeWrongForm, n.Span, hint, "`%s` takes %s, not %s", key.Name, key.Kind, form(n))
		if isText(n) && source.IsIdentifier(n.Text) {
			add(&Name{Span: n.Span, Text: n.Text})
			return list
		}
		return nil
	case yaml.ListNode:
		if entries := onlyMaps(n); entries != nil {
			text := orEllipsis(strings.Join(namedPairs(n), ", "), "…")
			p.errorf(CodeWrongForm, n.Span, "write `"+key.Name+": { "+text+" }`",
				"`%s` takes a list of names or one map, not a list of maps", key.Name)
			declare()
			return list
		}
		if hint := p.mixedHint(n, key); hint != "" {
			p.errorf(CodeWrongForm, n.Span, hint, "`%s` takes a list of names or one map, not both", key.Name)
			declare()
			return list
		}
		if hint := sizedHint(n, key); hint != "" {
			p.errorf(CodeBadName, n.Span, hint, "%s cannot be a name: the size of an object stands behind its name",
				strconv.Quote(source.Shorten(n.Items[0].Text)))
			p.skip(n)
			return nil
		}
		for _, item := range n.Items {
			if name := p.name(item, &Key{Name: key.Name, Space: SharedSpace}); name != nil {
				add(name)
			}
		}
		return list
	}
	for _, pair := range n.Pairs {
		o := add(&Name{Span: pair.KeySpan, Text: pair.Key})
		switch size := SizeKey(key.Types[0]); {
		case o == nil || pair.Value.Broken || IsNull(pair.Value):
		case pair.Value.Kind == yaml.ScalarNode && size != nil:
			o.Size = p.value(pair.Value, false)
		case pair.Value.Kind == yaml.ScalarNode && pair.Value.Type == yaml.BoolScalar:
			p.errorf(CodeWrongForm, pair.Value.Span, "write `"+key.Name+": ["+source.Shorten(pair.Key)+"]`",
				"%s `%s` takes no value such as %s", expr.Type{Kind: o.Kind}, source.Shorten(pair.Key), form(pair.Value))
		default:
			o.Options = p.record(pair.Value, key.Keys, key.new(),
				fmt.Sprintf("%s `%s`", expr.Type{Kind: o.Kind}, source.Shorten(pair.Key)))
		}
	}
	return list
}

// sizedObject matches the name of an object with its size in brackets.
var sizedObject = source.NewPattern(`^([A-Za-z_]\w*)\((\d*)\)$`)

// sizedHint is how objects are declared of which a list has the names with their sizes, such as `pool(3)`; "": it has
// not.
func sizedHint(n *yaml.Node, key *Key) string {
	var pairs []string
	for _, item := range n.Items {
		m := sizedObject.Regexp().FindStringSubmatch(item.Text)
		if m == nil || SizeKey(key.Types[0]) == nil {
			return ""
		}
		pairs = append(pairs, m[1]+": "+cmp.Or(m[2], "{}"))
	}
	if pairs == nil {
		return ""
	}
	return "write `" + key.Name + ": { " + strings.Join(pairs, ", ") + " }`"
}

// mixedHint is how objects are declared of which a list has names and maps, "": it has not.
func (p *parser) mixedHint(n *yaml.Node, key *Key) string {
	isMap := func(item *yaml.Node) bool { return item.Kind == yaml.MapNode && len(item.Pairs) > 0 }
	pairs := namedPairs(n)
	if pairs == nil || !slices.ContainsFunc(n.Items, isMap) {
		return ""
	}
	for i, pair := range pairs {
		if name, bare := strings.CutSuffix(pair, ": …"); bare {
			pairs[i] = name + ": {}"
		}
	}
	return "write `" + key.Name + ": { " + strings.Join(pairs, ", ") + " }`"
}

// onlyMaps returns the pairs of a list whose items are maps, or nil if it has another item.
func onlyMaps(n *yaml.Node) []yaml.Pair {
	var pairs []yaml.Pair
	for _, item := range n.Items {
		if item.Kind != yaml.MapNode || len(item.Pairs) == 0 {
			return nil
		}
		pairs = append(pairs, item.Pairs...)
	}
	return pairs
}

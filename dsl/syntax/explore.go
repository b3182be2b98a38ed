package syntax

import "runloop/dsl/expr"

// Explore is what `runloop test` and `runloop explore` leave open when they run the scenario in other orders.
type Explore struct {
	Record
	Ties, Cancel, Who  *Value
	Late               *Duration
	Draws, Fail, Ready *Value
	Runs, Known        *Value
}

// DefaultExploreRuns is how many runs `runloop test` begins at most where `runs` does not say.
const DefaultExploreRuns = 10_000

// ExploreKey is the section in which a scenario says that it is to be run in other orders, too.
var ExploreKey = &Key{Name: "explore", Kind: RecordKey, Keys: exploreKeys, Doc: "other orders in which the scenario is tested",
	new:  func() Node { return new(Explore) },
	into: func(n Node, v FieldValue) { n.(*File).Explore = nodeOf[*Explore](v) }}

// What the parts of `explore` take. FailKey and KnownKey are checked in package check.
var (
	FailKey = &Key{Name: "fail", Kind: ValueKey, Types: []expr.TypeKind{expr.TypeString, expr.TypeList}, Literal: true,
		Doc:  "a coroutine that may raise at its beginning: `fetch=TimeoutError`, or a list",
		into: func(n Node, v FieldValue) { n.(*Explore).Fail, _ = v.(*Value) }}
	KnownKey = &Key{Name: "known", Kind: ValueKey, Types: []expr.TypeKind{expr.TypeList}, Literal: true,
		Doc:  "schedules that are always run: `[{ at: 5ms, first: worker-2 }]` or `{ at: 5ms, cancel: worker-2 }`",
		into: func(n Node, v FieldValue) { n.(*Explore).Known, _ = v.(*Value) }}
)

var exploreKeys = []*Key{
	{Name: "ties", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "true", Doc: "timers of one instant fire in any order",
		into: func(n Node, v FieldValue) { n.(*Explore).Ties, _ = v.(*Value) }},
	{Name: "late", Kind: DurationKey, Doc: "how late a timer may be",
		into: func(n Node, v FieldValue) { n.(*Explore).Late, _ = v.(*Duration) }},
	{Name: "cancel", Kind: ValueKey, Types: intTypes, Literal: true, Default: "0", Doc: "cancellations from outside, at most",
		into: func(n Node, v FieldValue) { n.(*Explore).Cancel, _ = v.(*Value) }},
	{Name: "who", Kind: TextKey, Literal: true, Doc: "which tasks they are for: a pattern such as `worker-*`",
		into: func(n Node, v FieldValue) { n.(*Explore).Who, _ = v.(*Value) }},
	{Name: "draws", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "false", Doc: "draws take every value",
		into: func(n Node, v FieldValue) { n.(*Explore).Draws, _ = v.(*Value) }},
	FailKey,
	{Name: "ready", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "false",
		Doc:  "what runs in one iteration does so in any order",
		into: func(n Node, v FieldValue) { n.(*Explore).Ready, _ = v.(*Value) }},
	{Name: "runs", Kind: ValueKey, Types: intTypes, Literal: true, Default: "10000", Doc: "runs that a test begins, at most",
		into: func(n Node, v FieldValue) { n.(*Explore).Runs, _ = v.(*Value) }},
	KnownKey,
}

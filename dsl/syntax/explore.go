package syntax

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/engine"
)

// Explore is what `runloop test` and `runloop explore` leave open when they run the scenario in other orders.
type Explore struct {
	Record
	Ties, Split        *Value
	Cancel, Who        *Value
	Late               *Duration
	LateExact          *Value
	Draws, Fail, Ready *Value
	Runs, Known        *Value
	Expect             *Expect // what holds in every order; nil: what the scenario expects
}

// DefaultExploreRuns is how many runs `runloop test` begins at most where `runs` does not say.
const DefaultExploreRuns = 10_000

// ExploreKey is the section in which a scenario says that it is to be run in other orders, too.
var ExploreKey = &Key{Name: "explore", Kind: RecordKey, Keys: exploreKeys, Doc: "other orders in which the scenario is tested",
	new:  func() Node { return new(Explore) },
	into: func(n Node, v FieldValue) { n.(*File).Explore = nodeOf[*Explore](v) }}

// What the parts of `explore` take. Those with a name are checked in package check.
var (
	WhoKey = &Key{Name: "who", Kind: TextKey, Literal: true, Doc: "which tasks they are for: a pattern such as `worker-*`",
		into: func(n Node, v FieldValue) { n.(*Explore).Who, _ = v.(*Value) }}
	RunsKey = &Key{Name: "runs", Kind: ValueKey, Types: intTypes, Literal: true, Default: "10000", Doc: "runs that a test begins, at most",
		into: func(n Node, v FieldValue) { n.(*Explore).Runs, _ = v.(*Value) }}
	ExploreExpectKey = &Key{Name: "expect", Kind: RecordKey, Keys: expectKeys, Default: "what the scenario expects",
		Doc: "what holds in every order, with the keys of the scenario's `expect`",
		new: func() Node { return new(Expect) }, into: func(n Node, v FieldValue) { n.(*Explore).Expect = nodeOf[*Expect](v) }}
	FailKey = &Key{Name: "fail", Kind: ValueKey, Types: []expr.TypeKind{expr.TypeString, expr.TypeList}, Literal: true,
		Doc:  "a coroutine that may raise at its beginning: `fetch=TimeoutError`, or a list",
		into: func(n Node, v FieldValue) { n.(*Explore).Fail, _ = v.(*Value) }}
	KnownKey = &Key{Name: "known", Kind: ValueKey, Types: []expr.TypeKind{expr.TypeList}, Literal: true,
		Doc:  "schedules that are always run: lists of `{ at: 5ms, first: worker-2 }`, with `first`, `later`, `latest`, `cancel` or `fail`",
		into: func(n Node, v FieldValue) { n.(*Explore).Known, _ = v.(*Value) }}
)

var exploreKeys = []*Key{
	{Name: "ties", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "true", Doc: "timers of one instant fire in any order",
		into: func(n Node, v FieldValue) { n.(*Explore).Ties, _ = v.(*Value) }},
	{Name: "split", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "true",
		Doc:  "they may also fire apart, one after all that another led to",
		into: func(n Node, v FieldValue) { n.(*Explore).Split, _ = v.(*Value) }},
	{Name: "late", Kind: DurationKey, Doc: "how late a timer may be",
		into: func(n Node, v FieldValue) { n.(*Explore).Late, _ = v.(*Duration) }},
	{Name: "late_exact", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "false",
		Doc:  "a timer that is late may be so by all of `late`, too",
		into: func(n Node, v FieldValue) { n.(*Explore).LateExact, _ = v.(*Value) }},
	{Name: "cancel", Kind: ValueKey, Types: intTypes, Literal: true, Default: "0", Doc: "cancellations from outside, at most",
		into: func(n Node, v FieldValue) { n.(*Explore).Cancel, _ = v.(*Value) }},
	WhoKey,
	{Name: "draws", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "false", Doc: "draws take every value",
		into: func(n Node, v FieldValue) { n.(*Explore).Draws, _ = v.(*Value) }},
	FailKey,
	{Name: "ready", Kind: ValueKey, Types: BoolTypes, Literal: true, Default: "false",
		Doc:  "what runs in one iteration does so in any order",
		into: func(n Node, v FieldValue) { n.(*Explore).Ready, _ = v.(*Value) }},
	RunsKey,
	ExploreExpectKey,
	KnownKey,
}

// Explored is the scenario as it is explored: with the expectations of `explore.expect` in place of the file's, if there are any.
func (f *File) Explored() *File {
	if f.Explore == nil || f.Explore.Expect == nil {
		return f
	}
	g := *f
	g.Expect = f.Explore.Expect
	return &g
}

// KnownStep is one unusual choice of a schedule, in names that survive edits of the scenario.
type KnownStep struct {
	At   int64  // loop time in nanoseconds
	Do   string // one of KnownWords: what happens then
	Who  string // to which task, callback or worker
	Late int64  // with KnownFirst: how late the timer is that would have gone first; 0: any
}

// What happens in a step of a known schedule.
const (
	KnownFirst  = "first"  // it goes before what would go first
	KnownLater  = "later"  // its timer, which is due, comes when nothing else is ready any more
	KnownLatest = "latest" // its timer fires as late as it may
	KnownCancel = "cancel" // it is cancelled from outside
	KnownFail   = "fail"   // the coroutine that it begins or calls raises the error of `fail`
)

// KnownWords is the keys of which a step has one.
var KnownWords = []string{KnownFirst, KnownLater, KnownLatest, KnownCancel, KnownFail}

// String is the step as a scenario has it.
func (s KnownStep) String() string {
	late := ""
	if s.Late > 0 {
		late = ", late: " + DurationText(s.Late)
	}
	return fmt.Sprintf("{ at: %s, %s: %s%s }", DurationText(s.At), s.Do, nameText(s.Who), late)
}

// plainName matches a name that YAML reads as text without quotes, but for words such as true.
var plainName = source.NewPattern(`^[A-Za-z_][A-Za-z0-9_.-]*$`)

// nameText is a name as YAML has it in brackets.
func nameText(name string) string {
	if plainName.Regexp().MatchString(name) && !slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}, strings.ToLower(name)) {
		return name
	}
	return strconv.Quote(name)
}

// DurationText is nanoseconds as a duration that scenarios can have: 5ms.
func DurationText(ns int64) string {
	for _, unit := range []struct {
		name  string
		nanos int64
	}{{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}} {
		if ns%unit.nanos == 0 {
			return fmt.Sprintf("%d%s", ns/unit.nanos, unit.name)
		}
	}
	return fmt.Sprintf("%dns", ns)
}

// KnownSchedules is what `known` holds: lists of steps, or one such list. ok is false for a value that is none.
func KnownSchedules(v *Value) (schedules [][]*Value, ok bool) {
	if v == nil || v.Kind == Literal && v.Const.IsNull() {
		return nil, true
	}
	if v.Kind != ListValue {
		return nil, false
	}
	lists := v.Items
	if len(lists) > 0 && lists[0].Kind == MapValue {
		lists = []*Value{v}
	}
	for _, list := range lists {
		if list.Kind != ListValue || len(list.Items) == 0 {
			return nil, false
		}
		schedules = append(schedules, list.Items)
	}
	return schedules, true
}

// KnownStepOf reads a step of a known schedule; ok is false for a value that is none.
func KnownStepOf(item *Value) (step KnownStep, ok bool) {
	if item.Kind != MapValue {
		return step, false
	}
	v := ConstantOf(item)
	at, _ := v.Get("at")
	seconds, ok := at.Number()
	keys := 1 // that it may have
	for _, word := range KnownWords {
		if who, has := v.Get(word); has {
			step.Do, step.Who = word, string(engine.AppendText(nil, nil, who))
			keys++
		}
	}
	if late, has := v.Get("late"); has {
		seconds, isNumber := late.Number()
		step.Late = int64(math.Round(seconds * 1e9))
		ok = ok && isNumber && step.Do == KnownFirst
		keys++
	}
	step.At = int64(math.Round(seconds * 1e9))
	return step, ok && step.Who != "" && keys == v.Size() && (keys == 2 || step.Late > 0)
}

// FailItems is the entries of `fail`.
func FailItems(v *Value) []*Value {
	switch {
	case v == nil:
		return nil
	case v.Kind == ListValue:
		return v.Items
	}
	return []*Value{v}
}

// FailOf reads an entry of `fail`: a coroutine and an error. ok is false for text that is none.
func FailOf(text string) (name, typ string, ok bool) {
	name, typ, ok = strings.Cut(text, "=")
	return name, typ, ok && name != "" && typ != ""
}

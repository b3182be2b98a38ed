package syntax

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/engine"
)

// Case is one more run of a scenario: with other settings, and with what it must come to besides `expect`.
type Case struct {
	Record
	Name        *Name
	Description *Value
	Params      *Bindings
	Seed, Seeds *Value
	Ties        *Name
	Limits      *Limits
	Expect      *Expect
}

// CasesKey is the further runs of a scenario as a test.
var CasesKey = &Key{Name: "cases", Also: []string{"examples", "variants"}, Kind: NamedKey, Space: CaseSpace,
	Keys: caseKeys,
	Doc:  "further runs as a test, with other settings", new: func() Node { return new(Case) },
	into: func(n Node, v FieldValue) {
		for _, item := range named(v) {
			c := item.Record.Node.(*Case)
			c.Name = item.Name
			n.(*File).Cases = append(n.(*File).Cases, c)
		}
	}}

// SeedsKey is the seeds with which a case is run, one after the other.
var SeedsKey = &Key{Name: "seeds", Kind: ValueKey, Literal: true,
	Types: []expr.TypeKind{expr.TypeString, expr.TypeInt, expr.TypeList},
	Doc:   "one run for each: `1..200`, or a list of seeds and ranges",
	into:  func(n Node, v FieldValue) { n.(*Case).Seeds, _ = v.(*Value) }}

var caseKeys = []*Key{
	{Name: "description", Kind: TextKey, Literal: true, Doc: "what it shows",
		into: func(n Node, v FieldValue) { n.(*Case).Description, _ = v.(*Value) }},
	{Name: "params", Kind: BindingsKey, Space: ArgumentSpace, Doc: "values of run parameters",
		into: func(n Node, v FieldValue) { n.(*Case).Params, _ = v.(*Bindings) }},
	{Name: "seed", Kind: ValueKey, Types: intTypes, Literal: true, Default: "the scenario's", Doc: "keys the draws",
		into: func(n Node, v FieldValue) { n.(*Case).Seed, _ = v.(*Value) }},
	SeedsKey,
	{Name: "ties", Kind: WordKey, Words: engine.TiesWords, Default: "the scenario's",
		Doc:  "the order of timers of one instant",
		into: func(n Node, v FieldValue) { n.(*Case).Ties, _ = v.(*Name) }},
	{Name: "limits", Kind: RecordKey, Keys: limitKeys, Doc: "bounds of its runs, in place of the scenario's",
		new: func() Node { return new(Limits) }, into: func(n Node, v FieldValue) { n.(*Case).Limits = nodeOf[*Limits](v) }},
	{Name: "expect", Kind: RecordKey, Keys: expectKeys,
		Doc: "added to the scenario's `expect`; what is single replaces it",
		new: func() Node { return new(Expect) }, into: func(n Node, v FieldValue) { n.(*Case).Expect = nodeOf[*Expect](v) }},
}

// Case is the case of a name; nil: there is none.
func (f *File) Case(name string) *Case {
	if i := slices.IndexFunc(f.Cases, func(c *Case) bool { return c.Name.Text == name }); i >= 0 {
		return f.Cases[i]
	}
	return nil
}

// Param is the run parameter of a name; nil: there is none.
func (f *File) Param(name string) *Param {
	if i := slices.IndexFunc(f.Params, func(p *Param) bool { return p.Name.Text == name }); i >= 0 {
		return f.Params[i]
	}
	return nil
}

// Unread reports whether a part of the case could not be read, which has been reported.
func (c *Case) Unread() bool { return c.partial || c.Params != nil && c.Params.Partial }

// With is the scenario as a case runs it: with its seed, ties and limits in place of the file's, and its expectations
// added to the file's. Parameters stay those of the file, because a run gives their values.
func (f *File) With(c *Case) *File {
	g := *f
	g.Seed, g.Ties = cmp.Or(c.Seed, f.Seed), cmp.Or(c.Ties, f.Ties)
	g.Limits, g.Expect = f.Limits.with(c.Limits), f.Expect.with(c.Expect)
	return &g
}

func (l *Limits) with(more *Limits) *Limits {
	if l == nil || more == nil {
		return cmp.Or(more, l)
	}
	n := *l
	n.Time = cmp.Or(more.Time, l.Time)
	n.Iterations, n.Steps = cmp.Or(more.Iterations, l.Iterations), cmp.Or(more.Steps, l.Steps)
	n.Tasks = cmp.Or(more.Tasks, l.Tasks)
	n.Depth, n.Memory, n.Output = cmp.Or(more.Depth, l.Depth), cmp.Or(more.Memory, l.Memory), cmp.Or(more.Output, l.Output)
	return &n
}

// with adds the conditions of more, replaces what is single, and merges what is expected of the same task.
func (e *Expect) with(more *Expect) *Expect {
	if e == nil || more == nil {
		return cmp.Or(more, e)
	}
	n := *e
	n.Ends, n.At, n.Tolerance = cmp.Or(more.Ends, e.Ends), cmp.Or(more.At, e.At), cmp.Or(more.Tolerance, e.Tolerance)
	n.Output, n.Errors = cmp.Or(more.Output, e.Output), cmp.Or(more.Errors, e.Errors)
	n.That, n.Always = e.That.with(more.That), e.Always.with(more.Always)
	n.Eventually = slices.Concat(e.Eventually, more.Eventually)
	n.Tasks = slices.Clone(e.Tasks)
	for _, t := range more.Tasks {
		if i := slices.IndexFunc(n.Tasks, func(of *ExpectedTask) bool { return of.Name.Text == t.Name.Text }); i >= 0 {
			n.Tasks[i] = n.Tasks[i].with(t)
		} else {
			n.Tasks = append(n.Tasks, t)
		}
	}
	return &n
}

func (t *ExpectedTask) with(more *ExpectedTask) *ExpectedTask {
	n := *t
	n.State, n.Result, n.Errors = cmp.Or(more.State, t.State), cmp.Or(more.Result, t.Result), cmp.Or(more.Errors, t.Errors)
	n.Spawned, n.Started, n.Ended = cmp.Or(more.Spawned, t.Spawned), cmp.Or(more.Started, t.Started),
		cmp.Or(more.Ended, t.Ended)
	n.Tolerance = cmp.Or(more.Tolerance, t.Tolerance)
	return &n
}

func (c *Conditions) with(more *Conditions) *Conditions {
	if c == nil || more == nil {
		return cmp.Or(more, c)
	}
	return &Conditions{Span: c.Span, Items: slices.Concat(c.Items, more.Items)}
}

// MaxSeeds is how many seeds one list of them may have.
const MaxSeeds = 1_000_000

// ParseSeeds reads seeds and ranges of them with commas between: "7", "1..200", "1..10, 99".
func ParseSeeds(text string) ([]uint64, error) {
	var seeds []uint64
	for part := range strings.SplitSeq(text, ",") {
		part = strings.TrimSpace(part)
		first, last, isRange := strings.Cut(part, "..")
		from, err := parseSeed(first)
		to := from
		if err == nil && isRange {
			to, err = parseSeed(last)
		}
		switch {
		case err != nil:
			return nil, fmt.Errorf("%q is no seed and no range of seeds such as 1..200", source.Shorten(part))
		case to < from:
			return nil, fmt.Errorf("the range %s ends before it begins: write %d..%d", part, to, from)
		case to-from >= MaxSeeds-uint64(len(seeds)):
			return nil, fmt.Errorf("there are more than %d seeds", MaxSeeds)
		}
		for seed := from; ; seed++ {
			if seeds = append(seeds, seed); seed == to {
				break
			}
		}
	}
	return seeds, nil
}

func parseSeed(text string) (uint64, error) {
	return strconv.ParseUint(strings.TrimSpace(text), 10, 63)
}

// SeedList is the seeds of a case, without doubles; none: it has no `seeds`.
func (c *Case) SeedList() ([]uint64, error) {
	if c.Seeds == nil {
		return nil, nil
	}
	items := []*Value{c.Seeds}
	if c.Seeds.Kind == ListValue {
		items = c.Seeds.Items
	}
	var texts []string
	for _, item := range items {
		if item.Kind == ListValue || item.Kind == MapValue {
			return nil, errors.New("a list of seeds holds seeds and ranges such as 1..200")
		}
		texts = append(texts, ConstText(item))
	}
	if len(texts) == 0 {
		return nil, errors.New("there is no seed")
	}
	seeds, err := ParseSeeds(strings.Join(texts, ","))
	if err != nil {
		return nil, err
	}
	seen := map[uint64]bool{}
	return slices.DeleteFunc(seeds, func(s uint64) bool {
		again := seen[s]
		seen[s] = true
		return again
	}), nil
}

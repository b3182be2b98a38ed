package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/explore"
	"runloop/internal/report"
)

// fuzzFlags holds the flags of `fuzz`.
type fuzzFlags struct {
	run  runFlags
	only []string
	runs int
	key  uint64
	json bool
}

func newFuzz(io streams) *cobra.Command {
	f := fuzzFlags{}
	cmd := &cobra.Command{
		Use:   "fuzz [flags] FILE|NAME",
		Short: "Try values of a scenario's parameters until an expectation breaks",
		Long: `fuzz runs a scenario with other values of its parameters, and other seeds if it draws
random numbers, until an expectation is not met. It tries parameters with min and max, with
enum, and booleans: first the least and the greatest values, then values at random. Where
there are fewer values than --runs, it tries all of them.

What fails is shrunk: parameters get their usual values back as long as the run fails in
the same way, and the others come as near to them as they can. fuzz says which value next
to it is fine, and how the run is repeated.

Parameters that are given with --param stay as they are, and so does the seed with --seed.
--vary NAME tries only that parameter, --vary seed only the seed; repeatable.

A run of more than 5 million steps is broken off and does not count, unless the file or
--limit has another bound. The findings are the same on every machine; --key has others.

With --json, fuzz prints one object: {"file", "varied", "fixed", "runs", "too_long", "all",
"ok", "usual", "failure"}. "failure" has "run", "text", "first" and "params", the values
that failed first and the least ones, "seed" if it is not the usual one, "fine", for each
of the least values the one next to it that does not fail, and "replay".

Exit codes: 0 nothing failed; 1 values were found that fail; 2 the file or the usage is wrong.`,
		Args:              oneArg("a file or the name of a bundled scenario (see `runloop list`)"),
		ValidArgsFunction: completeScenario,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.fuzz(cmd, io, args[0]) },
	}
	flags := cmd.Flags()
	f.run.addVirtual(cmd)
	flags.StringArrayVar(&f.only, "vary", nil, "vary only the parameter `NAME`, or seed; repeatable")
	flags.IntVar(&f.runs, "runs", 1000, "try at most so many values")
	flags.Uint64Var(&f.key, "key", 1, "of the random values")
	flags.BoolVar(&f.json, "json", false, "print one JSON object")
	return cmd
}

func (f *fuzzFlags) fuzz(cmd *cobra.Command, io streams, arg string) error {
	if f.runs < 1 {
		return usageError(cmd, fmt.Sprintf("--runs %d: it must be 1 or more", f.runs))
	}
	s, _, err := f.run.load(arg, io)
	if err != nil {
		return err
	}
	f.run.sayVirtual(cmd, io, s)
	run, err := f.run.runOptions(cmd, io.Now())
	if err != nil {
		return err
	}
	x := explore.Fuzzing{Scenario: s, Run: run, Runs: f.runs, Key: f.key}
	fixed, err := f.domains(s, &x)
	if err != nil {
		return err
	}
	r, err := explore.Fuzz(x)
	if err != nil {
		return err
	}
	told := &toldFuzz{Fuzzed: r, of: x, arg: arg, setup: setupText(cmd), file: s.Source.Name(), fixed: fixed}
	if f.json {
		if err := io.emit(told.json()); err != nil {
			return err
		}
	} else {
		fmt.Fprint(io.Out, told.text())
	}
	if r.Found > 0 || r.Usual.Failed {
		return &exitError{code: exitFailed}
	}
	return nil
}

// domains says what is varied. It returns the parameters that are not.
func (f *fuzzFlags) domains(s *dsl.Scenario, x *explore.Fuzzing) (fixed []string, err error) {
	all, others := s.Domains()
	wanted := func(name string) bool { return len(f.only) == 0 || slices.Contains(f.only, name) }
	for _, d := range all {
		if _, given := x.Run.Params[d.Name]; given || !wanted(d.Name) {
			others = append(others, d.Name)
		} else {
			x.Domains = append(x.Domains, d)
		}
	}
	draws := s.Program().Draws || s.Ties != nil && s.Ties.Text == engine.TiesRandom.String() || x.Run.Ties == engine.TiesRandom.String()
	x.Seed = draws && x.Run.Seed == nil && wanted("seed")
	for _, name := range f.only {
		switch {
		case name == "seed" && !draws:
			return nil, fmt.Errorf("--vary seed: the scenario draws no random numbers")
		case name != "seed" && s.Param(name) == nil:
			return nil, fmt.Errorf("--vary %s: there is no parameter of that name%s", name, didYouMean(name, paramNames(s)))
		case name != "seed" && slices.Contains(others, name) && x.Run.Params[name] == "":
			return nil, fmt.Errorf("--vary %s: the parameter needs `min` and `max`, or `enum`, that say what it may be", name)
		}
	}
	if len(x.Domains) == 0 && !x.Seed {
		return nil, fmt.Errorf("%s: there is nothing to vary: no parameter has `min` and `max`, or `enum`, and no expression draws", s.Source.Name())
	}
	return others, nil
}

func paramNames(s *dsl.Scenario) []string {
	var names []string
	for _, p := range s.Params {
		names = append(names, p.Name.Text)
	}
	return names
}

// toldFuzz is what fuzzing came to, ready to be told.
type toldFuzz struct {
	*explore.Fuzzed
	of    explore.Fuzzing
	arg   string
	setup string
	file  string
	fixed []string
}

// varied says what was varied: n from 1 to 200.
func (r *toldFuzz) varied() (list []string) {
	for _, d := range r.of.Domains {
		list = append(list, d.String())
	}
	if r.of.Seed {
		list = append(list, "the seed")
	}
	return list
}

func (r *toldFuzz) text() string {
	var b strings.Builder
	switch {
	case r.Usual.Failed:
		fmt.Fprintf(&b, "the usual run fails already; `runloop run %s` shows it:\n%s\n", r.arg, explore.Indented("  ", r.Usual.Text))
	case r.Found > 0:
		r.failure(&b)
	case r.Whole:
		fmt.Fprintf(&b, "all values tried, %s (%s): every run is as expected.\n", strings.Join(r.varied(), "; "), count(r.Runs, "run"))
	default:
		fmt.Fprintf(&b, "%s, %s: none failed. This is no proof.\n", count(r.Runs, "run"), strings.Join(r.varied(), "; "))
	}
	if r.Long > 0 {
		fmt.Fprintf(&b, "%s broken off after 5 million steps, and do not count.\n", wereRuns(r.Long))
	}
	if len(r.fixed) > 0 && !r.Usual.Failed {
		fmt.Fprintf(&b, "not varied: %s.\n", strings.Join(r.fixed, ", "))
	}
	return b.String()
}

func wereRuns(n int) string {
	if n == 1 {
		return "1 run was"
	}
	return fmt.Sprintf("%d runs were", n)
}

func (r *toldFuzz) failure(b *strings.Builder) {
	fmt.Fprintf(b, "FAILED in run %d (%s):\n%s\n", r.Found, strings.Join(r.varied(), "; "), explore.Indented("  ", r.Outcome.Text))
	least := r.values(r.Least)
	if len(least) == 0 {
		least = []string{"the usual values"}
	}
	fmt.Fprintf(b, "  the least that does it: %s (%s more)\n", strings.Join(least, ", "), count(r.Shrink, "run"))
	for _, x := range r.Beside {
		d := &r.of.Domains[x.Domain]
		fmt.Fprintf(b, "  with %s=%s it is fine\n", d.Name, d.Text(x.Value))
	}
	if first := r.values(r.First); !slices.Equal(first, least) {
		fmt.Fprintf(b, "  first it failed with %s\n", strings.Join(first, ", "))
	}
	fmt.Fprintf(b, "  replay: %s\n", r.replay())
}

// values is a point without the usual values: n=21.
func (r *toldFuzz) values(p explore.Point) (list []string) {
	for i, at := range p.Values {
		if d := &r.of.Domains[i]; at != explore.AtDefault {
			list = append(list, d.Name+"="+d.Text(at))
		}
	}
	if p.Seed != nil {
		list = append(list, "seed "+strconv.FormatUint(*p.Seed, 10))
	}
	return list
}

// replay is the command that repeats the least run that fails.
func (r *toldFuzz) replay() string {
	words := []string{"runloop run", shellWord(r.arg)}
	if r.setup != "" {
		words = append(words, r.setup)
	}
	for i, at := range r.Least.Values {
		if d := &r.of.Domains[i]; at != explore.AtDefault {
			words = append(words, "--param", shellWord(d.Name+"="+d.Text(at)))
		}
	}
	if r.Least.Seed != nil {
		words = append(words, "--seed", strconv.FormatUint(*r.Least.Seed, 10))
	}
	return strings.Join(words, " ")
}

// fuzzJSON is the object of --json.
type fuzzJSON struct {
	File    string       `json:"file"`
	Varied  []string     `json:"varied"`
	Fixed   []string     `json:"fixed"`
	Runs    int          `json:"runs"`
	Long    int          `json:"too_long"`
	All     bool         `json:"all"` // every value was tried
	OK      bool         `json:"ok"`
	Usual   string       `json:"usual,omitempty"` // why the usual run fails
	Failure *fuzzFailure `json:"failure,omitempty"`
}

type fuzzFailure struct {
	Run    int               `json:"run"`
	Text   string            `json:"text"`
	First  map[string]string `json:"first"`
	Params map[string]string `json:"params"`
	Seed   *uint64           `json:"seed,omitempty"`
	Fine   map[string]string `json:"fine"`
	Replay string            `json:"replay"`
}

func (r *toldFuzz) json() ([]byte, error) {
	x := fuzzJSON{File: r.file, Varied: []string{}, Fixed: append([]string{}, r.fixed...), Runs: r.Runs, Long: r.Long, All: r.Whole,
		OK: r.Found == 0 && !r.Usual.Failed, Usual: r.Usual.Text}
	for _, d := range r.of.Domains {
		x.Varied = append(x.Varied, d.Name)
	}
	if r.of.Seed {
		x.Varied = append(x.Varied, "seed")
	}
	given := func(p explore.Point) map[string]string {
		values := map[string]string{}
		for i, at := range p.Values {
			if d := &r.of.Domains[i]; at != explore.AtDefault {
				values[d.Name] = d.Text(at)
			}
		}
		return values
	}
	if r.Found > 0 {
		x.Failure = &fuzzFailure{Run: r.Found, Text: r.Outcome.Text, First: given(r.First), Params: given(r.Least), Seed: r.Least.Seed,
			Fine: map[string]string{}, Replay: r.replay()}
		for _, b := range r.Beside {
			d := &r.of.Domains[b.Domain]
			x.Failure.Fine[d.Name] = d.Text(b.Value)
		}
	}
	return report.Encode(x, "  ")
}

package main

import (
	"fmt"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"runloop/engine"
	"runloop/internal/explore"
	"runloop/internal/report"
	"runloop/internal/trace"
)

// racesFlags holds the flags of `races`.
type racesFlags struct {
	run    runFlags
	orders orderFlags
	runs   int
	budget string
	all    bool
	json   bool
}

func newRaces(io streams) *cobra.Command {
	var f racesFlags
	cmd := &cobra.Command{
		Use:   "races [flags] FILE|NAME|-",
		Short: "Find steps of two tasks whose order is left to chance, and say whether it matters",
		Long: `races looks for steps of two tasks that meet at a shared variable, an element of one, or a
queue, where at least one changes it, and nothing orders them: no wake-up, no lock, no
queue, no timer that one armed after the other. The record of one run shows such pairs,
whichever of the two came first. Then races runs the scenario in other orders, as explore
does, to turn each pair round, and says what came of it:

  not whole                  it happened in the usual run already. A task read a variable,
                             waited, and set it without looking again, or another task did
                             by what it was given through a queue or as a result; and a
                             third one set it meanwhile. Or a task read two variables of
                             which another had set only one
  changes the outcome        an order of the two in which the run ends otherwise, with the
                             schedule that repeats it
  changes nothing            they were turned round, and the outcome was the same. "All N
                             orders explored" is a proof, "in N runs" is none
  ordered by time only       no order of these kinds turns them round: one comes that much
                             later. They are counted, and shown with --all. --late makes
                             timers late, so that such pairs are tried, too

--ties, --split, --late and --ready say which orders there are, as for explore. If the file
has a section ` + "`explore`" + ` and no flag says it, the orders are those that it leaves open. The
outcome is the shared variables at the end and whether the expectations are met; with
--outcome output also what was printed, with verdict only the expectations. Two steps that
add constants to one variable are no pair: their order is of no account.

With --json, races prints one object: {"file", "modes", "ok", "proved", "orders", "runs",
"broken", "changing", "harmless", "timed"}. A pair has "of", "first", "second", "margin" in
nanoseconds and "times"; what is "changing" has "pairs", "text", "failed", "steps" and
"schedule"; what is "broken" has "of", "from", "to", "between", "torn" and "via".

The runs are on the virtual clock, whatever the file says. Each has 3,000,000 steps at
most, unless --limit steps=N says otherwise.

Exit codes: 0 no order of two steps matters, as far as was explored; 1 one does, or
something is not whole; 2 the file or the usage is wrong.`,
		Args:              oneArg("a file, the name of a bundled scenario (see `runloop list`), or -"),
		ValidArgsFunction: completeScenario,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.races(cmd, io, args[0]) },
	}
	flags := cmd.Flags()
	f.run.addVirtual(cmd)
	f.orders.add(cmd, explore.Shared)
	flags.IntVar(&f.runs, "runs", 2000, "look at so many runs one by one, and begin so many of a search for all orders")
	flags.StringVar(&f.budget, "budget", "", "stop after this `time`, too: what is found then depends on the machine")
	flags.BoolVar(&f.all, "all", false, "show the pairs that change nothing or that only time orders, too")
	flags.BoolVar(&f.json, "json", false, "print one JSON object")
	return cmd
}

func (f *racesFlags) races(cmd *cobra.Command, io streams, arg string) error {
	if f.runs < 1 {
		return usageError(cmd, fmt.Sprintf("--runs %d: it must be 1 or more", f.runs))
	}
	var token explore.Token
	if err := f.orders.modes(cmd, &token.Modes); err != nil {
		return err
	}
	s, _, err := f.run.load(arg, io)
	if err != nil {
		return err
	}
	if x := s.Exploring(); x != nil && !saysModes(cmd) {
		m := explore.ModesOf(x).Modes
		token.Modes.Ties, token.Modes.Split, token.Modes.Late, token.Modes.Latest, token.Modes.Ready = m.Ties, m.Split, m.Late, m.Latest, m.Ready
	}
	setup := setupText(cmd)
	f.run.sayVirtual(cmd, io, s)
	f.run.bounded()
	run, err := f.run.options(cmd, s, io.Now())
	if err != nil {
		return err
	}
	token.Mark = explore.Mark(s, run)
	opts := explore.Of(s, run, token.Modes, f.orders.outcome.value)
	opts.Runs, opts.Workers = f.runs, runtime.GOMAXPROCS(0)
	if f.budget != "" {
		budget, err := parseBudget(cmd, f.budget)
		if err != nil {
			return err
		}
		opts.Stop = stopAfter(budget, io)
	}
	told := &toldRaces{limits: run.Limits, token: token, arg: arg, setup: setup, file: s.Source.Name(), all: f.all}
	watched, err := s.Watched()
	if err != nil {
		return defect(err)
	}
	told.Races = explore.FindRaces(opts, f.run.source(s, s.Program(), &run), watched)
	if f.json {
		if err := io.emit(told.json()); err != nil {
			return err
		}
	} else if _, err := fmt.Fprint(io.Out, told.text()); err != nil {
		return err
	}
	if !told.fine() {
		return &exitError{code: exitFailed}
	}
	return nil
}

// toldRaces is what came of looking for races, ready to be told.
type toldRaces struct {
	*explore.Races
	limits engine.Limits
	token  explore.Token
	arg    string
	setup  string
	file   string
	all    bool
}

func (r *toldRaces) fine() bool { return r.Limit == "" && len(r.Broken) == 0 && len(r.Changing) == 0 }

func (r *toldRaces) text() string {
	var b strings.Builder
	if r.Limit != "" {
		return neverEnds(r.Limit, r.limits)
	}
	for i := range r.Broken {
		r.broken(&b, &r.Broken[i])
	}
	for i := range r.Changing {
		r.changing(&b, &r.Changing[i])
	}
	looked := fmt.Sprintf("in %s", count(r.Runs, "run"))
	if r.Proved {
		looked = fmt.Sprintf("all %s orders of %s explored", r.Orders, ordersOf(r.token))
		if r.Orders == "1" {
			looked = fmt.Sprintf("there is one order only (%s)", ordersOf(r.token))
		}
	}
	switch n := len(r.Harmless); {
	case n > 0:
		fmt.Fprintf(&b, "%s in no order, and that changes nothing: %s.\n", are(n, "pair"), looked)
		r.pairs(&b, r.Harmless)
	case r.fine() && len(r.Timed) == 0:
		fmt.Fprintf(&b, "no steps of two tasks meet that are in no order: %s.\n", looked)
	}
	if n := len(r.Timed); n > 0 {
		more := "; --all shows them"
		if r.all {
			more = ""
		}
		fmt.Fprintf(&b, "%s ordered by time only: %s%s.\n", are(n, "pair"), looked, more)
		r.pairs(&b, r.Timed)
	}
	return b.String()
}

// are is a number of things with their verb.
func are(n int, what string) string {
	if n == 1 {
		return "1 " + what + " is"
	}
	return count(n, what) + " are"
}

func (r *toldRaces) broken(b *strings.Builder, x *explore.Broken) {
	switch {
	case x.Torn:
		fmt.Fprintf(b, "%s were seen half changed in the usual run:\n", x.Of)
	case x.Via != "":
		fmt.Fprintf(b, "%s was set in the usual run by what it was before, which came through %s:\n", x.Of, x.Via)
	default:
		fmt.Fprintf(b, "%s was set in the usual run by what it was before:\n", x.Of)
	}
	for _, p := range []*explore.Place{&x.From, &x.Between, &x.To} {
		line(b, p)
	}
	b.WriteByte('\n')
}

func line(b *strings.Builder, p *explore.Place) {
	fmt.Fprintf(b, "  %-8s %s %s it (%s)  %s\n", trace.Clock(p.At), p.Who, p.What, p.Line, p.Step)
}

func (r *toldRaces) changing(b *strings.Builder, x *explore.Changes) {
	if len(x.Pairs) == 0 {
		b.WriteString("an order changes the outcome, though no variable and no queue shows it:\n")
	}
	for i, p := range x.Pairs {
		if i > 0 {
			fmt.Fprintf(b, "  and with it the order of %s (%s) and %s (%s) at %s\n", p.First.Who, p.First.Line, p.Second.Who, p.Second.Line, p.Of)
			continue
		}
		fmt.Fprintf(b, "%s: the order of two steps changes the outcome:\n", p.Of)
		line(b, &p.First)
		line(b, &p.Second)
	}
	fmt.Fprintf(b, "  the other way round: %s\n", explore.Indented("  ", x.Text)[2:])
	for _, s := range x.Steps {
		fmt.Fprintf(b, "    %-8s %s\n", trace.Clock(s.At), s.Text)
	}
	fmt.Fprintf(b, "  replay: %s\n\n", replay("run", r.arg, r.setup, r.schedule(x)))
}

func (r *toldRaces) schedule(x *explore.Changes) explore.Token {
	t := r.token
	t.Given = x.Token.Given
	return t
}

// pairs is pairs, a line each.
func (r *toldRaces) pairs(b *strings.Builder, list []explore.Pair) {
	if !r.all {
		return
	}
	for _, p := range list {
		after := trace.Clock(p.Margin) + " after"
		if p.Margin == 0 {
			after = "at the same instant as"
		}
		fmt.Fprintf(b, "  %s: %s %s it (%s) %s %s %s it (%s)\n", p.Of, p.Second.Who, p.Second.What, p.Second.Line, after, p.First.Who, p.First.What, p.First.Line)
	}
}

// racesJSON is the object of --json.
type racesJSON struct {
	File     string           `json:"file"`
	Modes    string           `json:"modes"`
	OK       bool             `json:"ok"`
	Proved   bool             `json:"proved"`
	Orders   string           `json:"orders,omitempty"`
	Runs     int              `json:"runs"`
	Broken   []explore.Broken `json:"broken"`
	Changing []changingJSON   `json:"changing"`
	Harmless []explore.Pair   `json:"harmless"`
	Timed    []explore.Pair   `json:"timed"`
}

type changingJSON struct {
	Pairs    []explore.Pair `json:"pairs"`
	Text     string         `json:"text"`
	Failed   bool           `json:"failed"`
	Steps    []explore.Step `json:"steps"`
	Schedule string         `json:"schedule"`
}

func (r *toldRaces) json() ([]byte, error) {
	x := racesJSON{File: r.file, Modes: r.token.ModesText(), OK: r.fine(), Proved: r.Proved, Orders: strings.ReplaceAll(r.Orders, ",", ""), Runs: r.Runs,
		Broken: append([]explore.Broken{}, r.Broken...), Changing: []changingJSON{},
		Harmless: append([]explore.Pair{}, r.Harmless...), Timed: append([]explore.Pair{}, r.Timed...)}
	for i := range r.Changing {
		c := &r.Changing[i]
		x.Changing = append(x.Changing, changingJSON{append([]explore.Pair{}, c.Pairs...), c.Text, c.Failed, c.Steps, r.schedule(c).String()})
	}
	return report.Encode(x, "  ")
}

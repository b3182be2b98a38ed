package main

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/explore"
	"runloop/internal/report"
	"runloop/internal/suite"
	"runloop/internal/trace"
)

// exploreFlags holds the flags of `explore`.
type exploreFlags struct {
	run    runFlags
	orders orderFlags
	cancel int
	who    string
	draws  bool
	fail   []string
	budget string
	runs   int
	json   bool
	save   bool
}

// orderFlags holds the flags that say which orders there are, and what tells their outcomes apart.
type orderFlags struct {
	ties    bool
	split   bool
	late    string
	exact   bool
	ready   bool
	outcome choice
}

// add adds the flags. outcome is what counts where nothing is said.
func (f *orderFlags) add(cmd *cobra.Command, outcome string) {
	flags := cmd.Flags()
	flags.BoolVar(&f.ties, "ties", true, "timers due at the same instant fire in any order")
	flags.BoolVar(&f.split, "split", true, "they may also fire apart, one after all that another led to")
	flags.StringVar(&f.late, "late", "", "a timer may be late by up to this `time`")
	flags.BoolVar(&f.exact, "late-exact", false, "a timer that is late may be so by all of that time, too")
	flags.BoolVar(&f.ready, "ready", false, "what runs in one iteration does so in any order")
	f.outcome = choice{of: explore.Outcomes, value: outcome}
	flags.Var(&f.outcome, "outcome", "what counts as the outcome of a run")
	if err := cmd.RegisterFlagCompletionFunc("outcome", f.outcome.complete); err != nil {
		panic(err)
	}
}

// modes is what is left open of the order.
func (f *orderFlags) modes(cmd *cobra.Command, m *engine.Explore) error {
	m.Ties, m.Split, m.Ready = f.ties, f.ties && f.split, f.ready
	switch late := cmd.Flags().Changed("late"); {
	case late && !f.split:
		return usageError(cmd, "timers that are late fire apart: there are --late and --split=false")
	case !late && f.exact:
		return usageError(cmd, "--late-exact is for timers that are late: add --late 5ms")
	case f.split && !f.ties && cmd.Flags().Changed("split"):
		return usageError(cmd, "timers that fire apart do so in any order: there are --split and --ties=false")
	case !late:
		return nil
	}
	late, err := explore.ParseLate(f.late)
	if err != nil {
		return usageError(cmd, "--late "+err.Error())
	}
	m.Ties, m.Split, m.Late, m.Latest = true, true, late, f.exact
	return nil
}

func newExplore(io streams) *cobra.Command {
	var f exploreFlags
	cmd := &cobra.Command{
		Use:   "explore [flags] FILE|NAME|-",
		Short: "Run a scenario in every order, and show the least one that breaks it",
		Long: `explore runs a scenario in every order that its event loop leaves open, and checks its
expectations each time. A test that passes shows one order; a real system has others.

What is left open:
  --ties          timers due at the same instant fire in any order (on; --ties=false: off)
  --split         they do so together, in one iteration, or apart, one after all that the
                  other led to (on; --split=false: together only)
  --late D        a timer may be late by up to D: those that are due within D of each other
                  fire in any order, together or apart. With 0 it is --split
  --late-exact    a timer that fires may also be as late as it may be, so that what is
                  armed from there comes later, too
  --cancel N      up to N cancellations come from outside, each for a task that waits, or
                  was woken and has not run yet; --who GLOB says for which tasks
  --draws         chance, choice, and randint of up to 8 numbers, take every value
  --fail NAME=E   each call or task of the coroutine NAME may raise E at its beginning
  --ready         what runs in one iteration does so in any order, as goroutines do;
                  asyncio does not leave that open

If the file has a section ` + "`explore`" + ` and no flag says what is left open, it does, and its
known schedules are run first. ` + "`explore.expect`" + ` is what holds in every order, in place of
what the file expects. --save writes the least schedule that fails into the file, so that
` + "`runloop test`" + ` runs it from now on.

explore says precisely what was done. "All N orders were explored" means that there are no
others of these kinds. Where there are too many for --budget or --runs, it runs all with
one unusual choice, then with two, then some at random: that is no proof.

A failure is shrunk to the least schedule that leads to it, and told in words: which task
goes on before which, and how late a timer must be. ` + "`--schedule`" + ` of run, why and see repeats
it. With --cancel and --fail, of the expectations only ` + "`always`" + ` counts, as the others speak
of a run without faults; and a deadlock, a run that never ends, and a lock or semaphore
that an ended task still holds are failures, if the usual run has none.

With --outcome shared, the shared variables at the end are part of the outcome, with
output also what was printed: explore says how many different outcomes there are.

With --json, explore prints one object: {"file", "modes", "complete", "orders", "failing",
"runs", "states", "ok", "usual", "known", "outcomes", "failure"}. "orders" and "failing" are text,
as they may be large; without "complete", "orders" is about how many there are, if it is
known. "failure" has "run", "text", "schedule", "steps" ("time", "kind", "who", "text"),
and "late", how late a timer must be in nanoseconds, if that is known.

The runs are on the virtual clock, whatever the file says. Each has 3,000,000 steps at
most, unless --limit steps=N says otherwise.

Exit codes: 0 no order fails, as far as was explored; 1 one does; 2 the file or the usage is wrong.`,
		Args:              oneArg("a file, the name of a bundled scenario (see `runloop list`), or -"),
		ValidArgsFunction: completeScenario,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.explore(cmd, io, args[0]) },
	}
	flags := cmd.Flags()
	f.run.addVirtual(cmd)
	f.orders.add(cmd, explore.Verdict)
	flags.IntVar(&f.cancel, "cancel", 0, "up to so many cancellations come from outside")
	flags.StringVar(&f.who, "who", "", "which tasks are cancelled, by a `pattern` of their names such as worker-*")
	flags.BoolVar(&f.draws, "draws", false, "draws take every value")
	flags.StringArrayVar(&f.fail, "fail", nil, "a coroutine may raise an error at its beginning: `NAME=Type`; repeatable")
	flags.StringVar(&f.budget, "budget", "30s", "explore no longer than this `time`")
	flags.IntVar(&f.runs, "runs", 0, "begin at most so many runs, instead of --budget: the same findings on every machine")
	flags.BoolVar(&f.json, "json", false, "print one JSON object")
	flags.BoolVar(&f.save, "save", false, "write the least schedule that fails into the file, under explore.known")
	return cmd
}

// modes is what is left open.
func (f *exploreFlags) modes(cmd *cobra.Command) (explore.Token, error) {
	t := explore.Token{Who: f.who}
	m := &t.Modes
	m.Cancel, m.Draws = f.cancel, f.draws
	if err := f.orders.modes(cmd, m); err != nil {
		return t, err
	}
	switch {
	case f.cancel < 0:
		return t, usageError(cmd, "--cancel is a number of cancellations, 0 or more")
	case f.who != "" && f.cancel == 0:
		return t, usageError(cmd, "--who says which tasks are cancelled: add --cancel 1")
	case f.runs < 0:
		return t, usageError(cmd, "--runs is a number of runs, 1 or more")
	case f.runs > 0 && cmd.Flags().Changed("budget"):
		return t, usageError(cmd, "there are --runs and --budget: give one of them")
	}
	for _, text := range f.fail {
		name, typ, ok := strings.Cut(text, "=")
		if !ok || name == "" || typ == "" {
			return t, usageError(cmd, fmt.Sprintf("--fail %s: write --fail NAME=Type, such as fetch=TimeoutError", text))
		}
		if m.Fail == nil {
			m.Fail = map[string]string{}
		}
		m.Fail[name] = typ
	}
	return t, t.Match()
}

// saysModes reports whether a flag says what is left open: then what the file says does not count.
func saysModes(cmd *cobra.Command) bool {
	return slices.ContainsFunc([]string{"ties", "split", "late", "late-exact", "cancel", "who", "draws", "fail", "ready"}, cmd.Flags().Changed)
}

// parseBudget reads --budget, in nanoseconds.
func parseBudget(cmd *cobra.Command, text string) (int64, error) {
	budget, err := dsl.ParseDuration(text)
	if err != nil || budget <= 0 {
		return 0, usageError(cmd, fmt.Sprintf("--budget %s: it is a duration such as 30s", text))
	}
	return budget, nil
}

// stopAfter says whether a share of the time is over that begins now.
func stopAfter(budget int64, io streams) func(share float64) bool {
	start := io.Now()
	return func(share float64) bool { return io.Now().Sub(start).Seconds() > share*time.Duration(budget).Seconds() }
}

func (f *exploreFlags) explore(cmd *cobra.Command, io streams, arg string) error {
	token, err := f.modes(cmd)
	if err != nil {
		return err
	}
	budget, err := parseBudget(cmd, f.budget)
	if err != nil {
		return err
	}
	if f.save && (arg == "-" || !isFile(arg)) {
		return usageError(cmd, "--save writes into the file: "+arg+" is none")
	}
	s, _, err := f.run.load(arg, io)
	if err != nil {
		return err
	}
	setup := setupText(cmd)
	f.run.sayVirtual(cmd, io, s)
	f.run.bounded()
	opts, err := f.run.options(cmd, s, io.Now())
	if err != nil {
		return err
	}
	var known [][]dsl.KnownStep
	if x := s.Exploring(); x != nil && !saysModes(cmd) {
		token, known = explore.ModesOf(x), x.Known
	}
	if err := checkFailures(s, token); err != nil {
		return err
	}
	token.Mark = explore.Mark(s, opts)
	x, err := s.Explored()
	if err != nil {
		return defect(err)
	}
	o := explore.Of(x, opts, token.Modes, f.orders.outcome.value)
	o.Workers = runtime.GOMAXPROCS(0)
	if o.Runs = f.runs; f.runs == 0 {
		o.Stop = stopAfter(budget, io)
	}
	told := &toldReport{token: token, opts: o, arg: arg, setup: setup, file: s.Source.Name(), counts: f.orders.outcome.value}
	told.known = explore.TestKnown(o, token, known)
	told.leftOut = explore.LeftOut(x, token.Modes)
	told.Report = explore.Explore(o)
	if told.Failure != nil {
		told.shrink(f.run.source(x, x.Program(), &opts))
	}
	if err := f.tell(io, told); err != nil {
		return err
	}
	if f.save && told.Failure != nil {
		if err := told.save(io, s); err != nil {
			return err
		}
	}
	if told.Failure != nil || told.Usual.Failed || len(told.known) > 0 {
		return &exitError{code: exitFailed}
	}
	return nil
}

// tell prints what exploring came to.
func (f *exploreFlags) tell(io streams, r *toldReport) error {
	if f.json {
		return io.emit(r.json())
	}
	_, err := fmt.Fprint(io.Out, r.text())
	return err
}

// isFile reports whether there is a file of that name, and it is none of the bundled scenarios.
func isFile(arg string) bool {
	info, err := os.Stat(arg)
	return err == nil && !info.IsDir()
}

// checkFailures checks that the coroutines and the errors of --fail are there.
func checkFailures(s *dsl.Scenario, t explore.Token) error {
	names, errorTypes := s.CoroutineNames(), append(engine.ErrorTypes(), s.Info.Raised()...)
	for _, name := range slices.Sorted(maps.Keys(t.Modes.Fail)) {
		switch typ := t.Modes.Fail[name]; {
		case !slices.Contains(names, name):
			return fmt.Errorf("--fail %s=%s: there is no coroutine %q%s", name, typ, name, didYouMean(name, names))
		case !slices.Contains(errorTypes, typ):
			return fmt.Errorf("--fail %s=%s: %q is not one of Python's errors, and no step raises it%s", name, typ, typ, didYouMean(typ, errorTypes))
		}
	}
	return nil
}

// save writes the least schedule into the file.
func (r *toldReport) save(io streams, s *dsl.Scenario) error {
	cannot := func(why string) error { return fmt.Errorf("--save: %s is not changed: %s", r.file, why) }
	if len(r.names) == 0 {
		return cannot("the schedule cannot be told by names; --schedule repeats it")
	}
	data, added, err := s.AddKnown(r.names, r.token.Section())
	if err != nil {
		return cannot(err.Error())
	}
	if !added {
		fmt.Fprintf(io.Err, "%s has the schedule already\n", r.file)
		return nil
	}
	if err := explore.Fails(s, data, r.names); err != nil {
		return cannot(err.Error())
	}
	if err := suite.ReplaceFile(r.arg, data); err != nil {
		return fmt.Errorf("cannot write %s: %w", r.arg, cause(err))
	}
	fmt.Fprintf(io.Err, "%s has the schedule now, under explore.known\n", r.file)
	return nil
}

// toldReport is a report, ready to be told.
type toldReport struct {
	*explore.Report
	token  explore.Token
	opts   explore.Options
	arg    string
	setup  string
	file   string
	counts string

	known   []string // which known schedules fail or do not fit any more
	leftOut []string // parts of the expectations that do not count

	least explore.Found
	story *explore.Story
	names []dsl.KnownStep // the least schedule in names, where they say enough
	late  int64           // how late a timer must be; -1: it is not known
	fine  *explore.Report
}

// shrink finds the least schedule that fails, and how it goes.
func (r *toldReport) shrink(src trace.Source) {
	r.least = explore.Shrink(r.opts, *r.Failure, 2000)
	r.token.Given = r.least.Schedule
	r.story = explore.Tell(r.opts, src, r.least.Schedule)
	r.late = -1
	if steps, ok := explore.Names(r.opts, r.story); ok {
		r.names = steps
	}
	if least, fine, ok := explore.Lateness(r.opts); ok {
		r.late, r.fine = least, fine
	}
}

// of says what kinds of orders they are.
func (r *toldReport) of() string { return ordersOf(r.token) }

// ordersOf says what kinds of orders a token leaves open.
func ordersOf(t explore.Token) string {
	m := &t.Modes
	var list []string
	switch {
	case m.Split && m.Late > 0 && m.Latest:
		list = append(list, "timers up to, and by, "+trace.Clock(m.Late)+" late")
	case m.Split && m.Late > 0:
		list = append(list, "timers up to "+trace.Clock(m.Late)+" late")
	case m.Split:
		list = append(list, "timers of one instant, together or apart")
	case m.Ready:
		list = append(list, "what is ready")
	case m.Ties:
		list = append(list, "timers of one instant, in one iteration")
	}
	if m.Split && m.Ready {
		list = append(list, "what is ready")
	}
	if m.Cancel > 0 {
		what := fmt.Sprintf("up to %s", count(m.Cancel, "cancellation"))
		if t.Who != "" {
			what += " of " + t.Who
		}
		list = append(list, what)
	}
	if m.Draws {
		list = append(list, "draws")
	}
	if len(m.Fail) > 0 {
		list = append(list, "failures")
	}
	if len(list) == 0 {
		return "nothing"
	}
	return strings.Join(list, ", ")
}

func (r *toldReport) text() string {
	var b strings.Builder
	for _, line := range r.known {
		b.WriteString(line + "\n")
	}
	if len(r.leftOut) > 0 {
		fmt.Fprintf(&b, "of `expect`, %s not count: a run in which nothing is made to go wrong is meant. `explore.expect` can say what holds here.\n",
			theyDo(r.leftOut))
	}
	if r.Limit != "" {
		b.WriteString(neverEnds(r.Limit, r.opts.Run.Limits))
		return b.String()
	}
	if r.Usual.Failed {
		fmt.Fprintf(&b, "the usual run fails already; `runloop run %s` shows it:\n%s\n", r.arg, explore.Indented("  ", r.Usual.Text))
	}
	switch {
	case r.Usual.Failed:
	case r.Failure != nil:
		r.failure(&b)
	case r.Complete && r.Choices == 0 && r.Longest == 0:
		fmt.Fprintf(&b, "there is one order only: nothing is left open (%s).\n", r.of())
	case r.Complete:
		r.proved(&b)
	default:
		r.searched(&b)
	}
	return b.String()
}

// bounded ends a run that would go on for ever, unless --limit has another bound. A run of many must end soon.
func (f *runFlags) bounded() { f.limits = append([]string{seeSteps}, f.limits...) }

// neverEnds says that the usual run was broken off at a limit.
func neverEnds(limit string, limits engine.Limits) string {
	at := limit
	if limit == engine.LimitWords[engine.LimitSteps] {
		at = explore.Grouped(big.NewInt(limits.Steps)) + " steps"
	}
	return fmt.Sprintf("the usual run does not end: it was broken off at its limit of %s. Give it an end, such as `clock: { until: 10s }`, "+
		"or other limits with --limit; each run has them for itself.\n", at)
}

// theyDo is names with their verb.
func theyDo(names []string) string {
	if len(names) == 1 {
		return "`" + names[0] + "` does"
	}
	return "`" + strings.Join(names[:len(names)-1], "`, `") + "` and `" + names[len(names)-1] + "` do"
}

// orders is a number of orders with its noun.
func orders(n *big.Int) string {
	if n.IsInt64() && n.Int64() == 1 {
		return "1 order"
	}
	return explore.Grouped(n) + " orders"
}

func (r *toldReport) proved(b *strings.Builder) {
	same := "the outcome is the same in every one"
	if r.counts == explore.Verdict {
		same = "every one is as expected"
	}
	if !r.Same() {
		same = fmt.Sprintf("%s, and none fails", count(len(r.Outcomes), "different outcome"))
	}
	of := r.of()
	if strings.HasSuffix(of, " apart") {
		of += ","
	}
	fmt.Fprintf(b, "all %s of %s explored (%s, %s): %s.\n", orders(r.Orders), of, count(r.Runs, "run"), count(r.States, "state"), same)
	r.different(b)
}

// different shows where outcomes differ that do not fail.
func (r *toldReport) different(b *strings.Builder) {
	if r.Same() || r.counts == explore.Verdict {
		return
	}
	for i, o := range r.Outcomes[:2] {
		what := "the usual run"
		if i > 0 || o.Schedule.Unusual() > 0 {
			t := r.token
			t.Given = o.Schedule
			what = r.replay("run", t)
		}
		fmt.Fprintf(b, "  %s:\n%s\n", what, explore.Indented("    ", o.Key))
	}
	if n := len(r.Outcomes) - 2; n > 0 {
		fmt.Fprintf(b, "  and %d more\n", n)
	}
}

func (r *toldReport) searched(b *strings.Builder) {
	fmt.Fprintf(b, "searched %s of %s", count(r.Begun, "schedule"), r.of())
	if r.Report.Orders != nil {
		fmt.Fprintf(b, ", of about %s", explore.Grouped(r.Report.Orders))
	}
	switch r.Depth {
	case 1:
		b.WriteString(" (among them all with 1 unusual choice)")
	case 2:
		b.WriteString(" (among them all with up to 2 unusual choices)")
	}
	b.WriteString("; none failed. This is no proof.\n")
	if r.Full {
		fmt.Fprintf(b, "%s were kept: that is as many as there may be.\n", count(r.States, "state"))
	}
}

func (r *toldReport) failure(b *strings.Builder) {
	what := fmt.Sprintf("%s begun", count(r.Begun, "run"))
	if r.Complete {
		what = fmt.Sprintf("%s of %s, %s fail", orders(r.Orders), r.of(), explore.Grouped(r.Failing))
		if r.Failing.IsInt64() && r.Failing.Int64() == 1 {
			what += "s"
		}
	}
	fmt.Fprintf(b, "FAILED in run %d of %d (%s):\n%s\n", r.Failure.Run, r.Runs, what, explore.Indented("  ", r.least.Text))
	choices := count(r.story.Choices, "choice")
	fmt.Fprintf(b, "  the least schedule that does it, %d unusual of %s:\n", r.least.Schedule.Unusual(), choices)
	for _, s := range r.story.Steps {
		fmt.Fprintf(b, "    %-8s %s\n", trace.Clock(s.At), s.Text)
	}
	if len(r.story.First) > 0 {
		fmt.Fprintf(b, "  the first turn that the usual run does not have:\n%s\n", explore.Indented("    ", strings.Join(r.story.First, "\n")))
	}
	if r.late >= 0 {
		fmt.Fprintf(b, "  it needs %s of lateness: with %s %s.\n", trace.Clock(r.late), trace.Clock(r.fine.Modes.Late), allFine(r.fine.Orders))
	}
	fmt.Fprintf(b, "  replay: %s\n", r.replay("run", r.token))
	if len(r.names) > 0 {
		var steps []string
		for _, s := range r.names {
			steps = append(steps, s.String())
		}
		fmt.Fprintf(b, "  to test it: explore: { known: [%s] }\n", strings.Join(steps, ", "))
	}
	fmt.Fprintf(b, "  beside the usual run: %s --beside\n", r.replay("see", r.token))
}

// allFine says that no order fails.
func allFine(n *big.Int) string {
	if n.IsInt64() && n.Int64() == 1 {
		return "the only order is fine"
	}
	return "all " + orders(n) + " are fine"
}

// replay is the command that repeats a schedule.
func (r *toldReport) replay(verb string, t explore.Token) string {
	return replay(verb, r.arg, r.setup, t)
}

func replay(verb, arg, setup string, t explore.Token) string {
	words := []string{"runloop", verb, shellWord(arg)}
	if setup != "" {
		words = append(words, setup)
	}
	return strings.Join(append(words, "--schedule", shellWord(t.String())), " ")
}

// exploreJSON is the object of --json.
type exploreJSON struct {
	File     string           `json:"file"`
	Modes    string           `json:"modes"`
	Complete bool             `json:"complete"`
	Orders   string           `json:"orders,omitempty"`
	Failing  string           `json:"failing,omitempty"`
	Runs     int              `json:"runs"`
	Begun    int              `json:"begun"`
	States   int              `json:"states"`
	OK       bool             `json:"ok"`
	Usual    string           `json:"usual,omitempty"` // why the usual run fails
	Known    []string         `json:"known"`           // known schedules that fail or do not fit any more, in a line each
	Outcomes []outcomeJSON    `json:"outcomes"`
	Failure  *exploredFailure `json:"failure,omitempty"`
}

type outcomeJSON struct {
	Failed   bool   `json:"failed"`
	Text     string `json:"text"`
	Run      int    `json:"run"`
	Schedule string `json:"schedule"`
}

type exploredFailure struct {
	Run      int            `json:"run"`
	Text     string         `json:"text"`
	Schedule string         `json:"schedule"`
	Steps    []explore.Step `json:"steps"`
	First    []string       `json:"first"`
	Late     *int64         `json:"late,omitempty"`
	Output   string         `json:"output"`
}

func (r *toldReport) json() ([]byte, error) {
	x := exploreJSON{File: r.file, Modes: r.token.ModesText(), Complete: r.Complete, Runs: r.Runs, Begun: r.Begun, States: r.States,
		OK: r.Failure == nil && !r.Usual.Failed && len(r.known) == 0, Usual: r.Usual.Text, Outcomes: []outcomeJSON{},
		Known: append([]string{}, r.known...)}
	if r.Report.Orders != nil {
		x.Orders = r.Report.Orders.String()
	}
	if r.Failing != nil {
		x.Failing = r.Failing.String()
	}
	for _, o := range r.Outcomes {
		t := r.token
		t.Given = o.Schedule
		x.Outcomes = append(x.Outcomes, outcomeJSON{o.Failed, o.Text, o.Run, t.String()})
	}
	if r.Failure != nil {
		f := &exploredFailure{Run: r.Failure.Run, Text: r.least.Text, Schedule: r.token.String(), Steps: r.story.Steps, First: r.story.First,
			Output: string(r.story.Output)}
		if r.late >= 0 {
			f.Late = &r.late
		}
		x.Failure = f
	}
	return report.Encode(x, "  ")
}

// scheduled makes the run follow the schedule of --schedule.
func (f *runFlags) scheduled(s *dsl.Scenario, opts *engine.Options) error {
	if f.schedule == "" {
		return nil
	}
	if opts.Clock != nil {
		return errors.New("--schedule: a schedule is of the virtual clock: add --clock virtual")
	}
	t, err := explore.ParseToken(f.schedule)
	if err == nil {
		err = t.Match()
	}
	if err != nil {
		return fmt.Errorf("--schedule %s: %w", f.schedule, err)
	}
	if mark := explore.Mark(s, *opts); mark != t.Mark && !f.anyway {
		return fmt.Errorf("--schedule %s: it is of another scenario, of an earlier version of this one, or of other parameters: "+
			"`runloop explore` finds one of this; with --schedule-anyway what does not fit goes on as usual", f.schedule)
	}
	player := &explore.Player{Given: t.Given}
	modes := t.Modes
	modes.Pick = player.Pick
	opts.Explore = &modes
	return nil
}

package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/explore"
	"runloop/internal/report"
	"runloop/internal/suite"
)

// testFlags holds the flags of `test`.
type testFlags struct {
	run      string
	shuffle  string // a seed, or "random" for any; empty if files stay in order
	count    int
	seed     uint64
	seeds    string // a list of seeds and ranges; empty: those of the files
	params   []string
	limits   []string
	python   choice
	root     string
	update   bool
	failFast bool
	junit    string
	json     bool
	slow     int
	html     string
}

func newTest(io streams) *cobra.Command {
	f := &testFlags{python: choice{of: engine.PythonWords}}
	cmd := &cobra.Command{
		Use:   "test [FLAG]... FILE|DIR|PATTERN...",
		Short: "Run scenarios as tests",
		Long: `test runs scenarios on the virtual clock, many at a time, and compares each with
what it expects. A file NAME.out beside NAME.yaml is the exact output that it must
have. In a folder, and in the folders inside it, it looks at the *.yaml and *.yml
files with a line that begins with "runloop:", and says how many others there are; one
that has main, workers, coroutines or callbacks without it, or runloop misspelt, is an
error. - is standard input.

Each of a file's cases is a test of its own, FILE[CASE]. A test with several seeds, of its
case or of --seeds, is run once for each of them; what is shown is the first that failed,
with the command that runs it again.

With --update what stands under expect.output and in the .out files that are there is
rewritten to what the scenarios print, where all else is as expected. In a list of lines
each that does not come becomes the nearest one that does. Look at the changes before you
keep them.

--json prints one object: the counts, the tests, under left_out the files of folders that
are no scenarios, and under libraries those that have definitions only.

With --html DIR each scenario that fails becomes a page in which its run can be followed
turn by turn, forwards and back, and DIR/index.html lists what failed with a link to it.
DIR is made if it is not there. The pages need no network and no other file.

With --slow it also says which scenarios depend on the order of timers that are due at
once, with the two timers, as ` + "`validate --ties`" + ` does.

A test may print 16 MiB, --limit output=BYTES sets another bound.

Exit codes: 0 all is as expected; 1 a test failed; 2 the usage or a file is wrong, or
nothing was run; 3 a defect of runloop; 130 and 143 ended by Ctrl-C and SIGTERM.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError(cmd, "an argument is missing: files or folders with scenarios")
			}
			return nil
		},
		ValidArgsFunction: completeScenarios,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.test(cmd, io, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.run, "run", "", "only tests whose name, FILE or FILE[CASE], matches a `REGEX`")
	flags.StringVar(&f.shuffle, "shuffle", "", "run in random order; the same `SEED` gives the same order")
	flags.Lookup("shuffle").NoOptDefVal = "random"
	flags.IntVar(&f.count, "count", 1, "run every test `N` times")
	flags.Uint64Var(&f.seed, "seed", 0, "key of all draws, 0 or more (default what each file says)")
	flags.StringVar(&f.seeds, "seeds", "", "run every test once for each of these `SEEDS`: 1..200, or 3,7,10..20")
	flags.StringArrayVar(&f.params, "param", nil, "give a run parameter a value: `name=value`; repeatable")
	flags.StringArrayVar(&f.limits, "limit", nil, "cap a limit: `name=value`, as of run; repeatable")
	flags.Var(&f.python, "python", "the Python whose asyncio all runs are equal to (default what each file says, or the newest)")
	addRoot(flags, &f.root)
	flags.BoolVar(&f.update, "update", false, "rewrite expected outputs, in the files themselves")
	flags.BoolVar(&f.failFast, "fail-fast", false, "begin no test after one has failed")
	flags.StringVar(&f.junit, "junit", "", "write JUnit XML to a `FILE`")
	flags.BoolVar(&f.json, "json", false, "print one JSON object with everything, instead of text")
	flags.StringVar(&f.html, "html", "", "write a page for each test that fails, and index.html, to a `DIR`")
	flags.IntVar(&f.slow, "slow", 0, "list the `N` slowest tests, slowest first (10 without a number)")
	flags.Lookup("slow").NoOptDefVal = "10"
	if err := cmd.RegisterFlagCompletionFunc("python", f.python.complete); err != nil {
		panic(err)
	}
	return cmd
}

// test runs the tests that the arguments name.
func (f *testFlags) test(cmd *cobra.Command, io streams, args []string) error {
	start := io.Now()
	s := &testSuite{streams: io, testFlags: f, progress: newProgress(io.Err)}
	if err := s.complete(cmd, args); err != nil {
		return err
	}
	defer fewerCollections()()
	s.runAll()
	s.progress.clear()
	if s.second != nil {
		return s.second
	}
	return s.end(io.Now().Sub(start))
}

// testSuite is one run of `test`.
type testSuite struct {
	streams
	*testFlags
	options suite.Options
	order   *uint64 // the seed of the order; nil for the given order
	files   inputs
	jobs    []testJob
	pages   *testPages // nil: none are wanted

	mu      sync.Mutex
	next    int                   // the next job to begin
	stopped bool                  // no further job begins
	running map[*engine.Loop]bool // the runs that a signal interrupts
	sig     syscall.Signal
	second  error       // set by a second signal
	results []jobResult // by job

	printed  int // how many results were printed
	failed   int
	progress progressLine
}

// testJob is one run of a file, with its cases.
type testJob struct {
	input
	try  int    // from 1
	page string // the file for its page, without .html
}

// maxReported is how many bytes of an output a report keeps.
const maxReported = 64 << 10

// jobResult is the results of a file: of the scenario and of its cases.
type jobResult struct {
	tests []testResult
	done  bool
	other bool   // the file is no scenario
	lib   bool   // it has definitions only
	ties  string // with --slow: on which order of equals it depends; empty: on none
}

type testResult struct {
	report.Test
	page   string // the file of its page; empty: it has none
	defect bool   // a defect of runloop, not of the scenario
}

// complete checks the flags and finds the tests.
func (s *testSuite) complete(cmd *cobra.Command, args []string) error {
	match, err := regexp.Compile(s.run)
	switch {
	case err != nil:
		return usageError(cmd, "--run: "+err.Error())
	case s.count < 1:
		return usageError(cmd, fmt.Sprintf("--count %d: it must be 1 or more", s.count))
	case s.slow < 0:
		return usageError(cmd, fmt.Sprintf("--slow %d: it must be 0 or more", s.slow))
	case s.update && s.count > 1:
		return usageError(cmd, "--update runs each test once: leave out --count")
	case s.update && cmd.Flags().Changed("seed"):
		return usageError(cmd, "--update writes what the seed of each file gives: leave out --seed")
	case s.update && s.seeds != "":
		return usageError(cmd, "--update writes what the seed of each file gives: leave out --seeds")
	case s.update && s.python.value != "":
		return usageError(cmd, "--update writes what the Python of each file gives: leave out --python")
	case s.update && len(s.params) > 0:
		return usageError(cmd, "--update writes what each file and its cases give: leave out --param")
	case s.seeds != "" && cmd.Flags().Changed("seed"):
		return usageError(cmd, "--seed is one seed, --seeds are several: leave out one of them")
	case s.update && slices.Contains(args, "-"):
		return usageError(cmd, "--update rewrites files: leave out -")
	case cmd.Flags().Changed("html") && s.html == "":
		return usageError(cmd, "--html: the folder is missing")
	case s.junit == "-":
		return usageError(cmd, "--junit -: it must be a file, for what fails is printed too")
	}
	s.options.Root, s.options.Python = s.root, s.python.value
	if s.options.Caps, err = limitCaps(s.limits); err != nil {
		return err
	}
	if cmd.Flags().Changed("seed") {
		s.options.Seed = &s.seed
	}
	if s.options.Params, err = paramValues(s.params); err != nil {
		return err
	}
	if cmd.Flags().Changed("seeds") {
		if s.options.Seeds, err = dsl.ParseSeeds(s.seeds); err != nil {
			return usageError(cmd, "--seeds "+s.seeds+": "+err.Error())
		}
	}
	if s.update {
		s.options.Update = suite.ReplaceFile
	}
	if err := s.arguments(cmd, args); err != nil {
		return err
	}
	s.options.Match = match.MatchString
	for try := range s.count {
		for _, in := range s.files.files {
			s.jobs = append(s.jobs, testJob{input: in, try: try + 1})
		}
	}
	if cmd.Flags().Changed("html") {
		if s.pages, err = openPages(s.html, s.jobs, s.count); err != nil {
			return err
		}
	}
	s.results, s.running = make([]jobResult, len(s.jobs)), map[*engine.Loop]bool{}
	return s.shuffled(cmd)
}

// arguments finds the files that the arguments name.
func (s *testSuite) arguments(cmd *cobra.Command, args []string) error {
	for _, arg := range args {
		switch _, err := os.Stat(arg); {
		case arg == "-":
			data, err := readAll(s.In)
			s.files.add(input{name: stdinName, data: data, err: err})
		case err == nil || strings.Trim(arg, "0123456789") != "":
			s.files.argument(arg)
		case s.shuffle == "random":
			return usageError(cmd, fmt.Sprintf("there is no file %s: a seed is written --shuffle=%s", arg, arg))
		case cmd.Flags().Changed("slow"):
			return usageError(cmd, fmt.Sprintf("there is no file %s: a number is written --slow=%s", arg, arg))
		default:
			s.files.argument(arg)
		}
	}
	return nil
}

// shuffled puts the jobs into the wanted order, and prints its seed.
func (s *testSuite) shuffled(cmd *cobra.Command) error {
	if s.shuffle == "" {
		return nil
	}
	seed := rand.Uint64N(1_000_000)
	if s.shuffle != "random" {
		var err error
		if seed, err = strconv.ParseUint(s.shuffle, 10, 64); err != nil {
			return usageError(cmd, fmt.Sprintf("--shuffle=%s: the seed must be an integer, 0 or more", s.shuffle))
		}
	}
	s.order = &seed
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(s.jobs), func(i, j int) { s.jobs[i], s.jobs[j] = s.jobs[j], s.jobs[i] })
	fmt.Fprintf(s.Err, "shuffled with --shuffle=%d\n", seed)
	return nil
}

// runAll runs the jobs on all processors. The first signal interrupts the running jobs; a second one ends them at
// once.
func (s *testSuite) runAll() {
	signals := make(chan os.Signal, 2)
	s.Notify(signals, os.Interrupt, syscall.SIGTERM)
	ticks, stop := s.progress.ticks()
	defer stop()
	ended := make(chan bool)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(s.jobs)) {
		workers.Go(s.work)
	}
	go func() {
		workers.Wait()
		close(ended)
	}()
	for {
		select {
		case <-ended:
			return
		case <-ticks:
			s.mu.Lock()
			s.showProgress()
			s.mu.Unlock()
		case sig := <-signals:
			n, _ := sig.(syscall.Signal)
			if s.sig != 0 {
				s.second = leftAlone(n)
				return
			}
			s.mu.Lock()
			s.sig, s.stopped = n, true
			for l := range s.running {
				breakOff(l)
			}
			s.mu.Unlock()
		}
	}
}

// work runs jobs until none is left to begin.
func (s *testSuite) work() {
	for {
		s.mu.Lock()
		i := s.next
		if s.stopped || i == len(s.jobs) {
			s.mu.Unlock()
			return
		}
		s.next++
		s.mu.Unlock()
		r := s.runJob(s.jobs[i])
		s.mu.Lock()
		s.finished(i, r)
		s.mu.Unlock()
	}
}

// isOther reports whether the file was found in a folder and is no scenario.
func (job *testJob) isOther() bool {
	data, err := readFile(job.path)
	return job.folder > 0 && err == nil && !suite.IsScenario(data)
}

// started lets a signal interrupt a run until it has ended.
func (s *testSuite) started(l *engine.Loop) (ended func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running[l] = true
	if s.sig != 0 {
		breakOff(l)
	}
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.running, l)
	}
}

// breakOff ends a run at once, because a step that never waits would not see a stop.
func breakOff(l *engine.Loop) {
	l.Interrupt()
	l.Interrupt()
}

func (s *testSuite) runJob(job testJob) (r jobResult) {
	r.done = true
	name := func(test string) string {
		if s.count > 1 {
			return fmt.Sprintf("%s #%d", test, job.try)
		}
		return test
	}
	file := testResult{Test: report.Test{Name: name(job.name), File: job.name}}
	defer func() {
		if p := recover(); p != nil {
			file.broken(panicked(p))
			r.tests = []testResult{file}
		}
	}()
	data, err := job.data, job.err
	if err == nil && job.path != "" {
		data, err = readFile(job.path)
	}
	wanted := s.options.Match(job.name)
	if err != nil {
		file.Verdict, file.Text = report.Broken, fmt.Sprintf("cannot read %s: %v\n", job.name, cause(err))
		if wanted {
			r.tests = []testResult{file}
		}
		return r
	}
	if r.other = job.folder > 0 && !suite.IsScenario(data); r.other || !wanted && !bytes.Contains(data, []byte(casesKey)) {
		return r
	}
	start := s.Now()
	options := s.options
	options.Started = s.started
	if job.bundled {
		in := bundledFolder()
		options.In = &in
	}
	outcomes := s.Test(job.name, data, options)
	for _, o := range outcomes {
		if o.Library {
			r.lib = true
			return r
		}
		t := testResult{Test: report.Test{Name: name(o.Name), File: job.name}}
		s.tested(&t, o)
		if t.Wall = s.Now().Sub(start); len(outcomes) > 1 && o.Run != nil {
			t.Wall = o.Run.Wall // they ran at the same time
		}
		if t.Verdict == report.Failed && s.pages != nil && o.Run.Result.Ended != engine.Interrupted {
			t.page = s.writePage(&job, o, data)
		}
		r.tests = append(r.tests, t)
	}
	if s.slow > 0 {
		r.ties = tieOf(outcomes, options)
	}
	return r
}

// tieOf says on which order of timers of one instant the first of a file's tests depends that passed; empty: on none.
func tieOf(outcomes []*suite.Outcome, options suite.Options) string {
	for _, o := range outcomes {
		if !o.OK() {
			continue
		}
		options.Clock = "virtual"
		run, err := o.Scenario.Options(options.RunOptions)
		if err != nil {
			return ""
		}
		if tie, _ := explore.FindTie(o.Scenario, run); tie != nil {
			return fmt.Sprintf("  %s:%d: %s\n", o.Name, tie.Pos.Line, tie)
		}
		return ""
	}
	return ""
}

// casesKey stands in every scenario with cases.
const casesKey = "cases"

// tested fills in a result.
func (s *testSuite) tested(t *testResult, o *suite.Outcome) {
	t.Updated = o.Updated
	t.Case, t.Seeds, t.FailedSeeds = o.Case, o.Seeds.Run, o.Seeds.Failed
	var wrong *dsl.LoadError
	switch {
	case o.Err != nil && o.Scenario == nil && !errors.As(o.Err, &wrong):
		t.broken(o.Err) // a checked scenario always compiles
		return
	case o.Err != nil:
		t.Verdict, t.Text = report.Broken, o.Text()
		return
	}
	res := o.Run.Result
	t.Ended, t.At = res.Ended.String(), res.At
	if o.OK() {
		return
	}
	t.Verdict, t.Text, t.Failures = report.Failed, o.Text()+s.replay(o), o.Run.Failures
	if s.junit != "" {
		t.Output = bytes.Clone(res.Output[:min(len(res.Output), maxReported)])
	}
}

// replay says how a run that failed with one of several seeds is run again. It is empty for any other.
func (s *testSuite) replay(o *suite.Outcome) string {
	if len(o.Seeds.Failed) == 0 || o.Scenario.Source.Name() == stdinName {
		return ""
	}
	command := "runloop run " + shellWord(o.Scenario.Source.Name()) + " " + s.setup(o)
	return "run it again with `" + command + "`\n"
}

// broken makes a defect the result of the test.
func (r *testResult) broken(err error) {
	r.defect, r.Verdict, r.Text = true, report.Broken, defectText(err)+"\n"
}

// finished stores the results of a job and prints those whose turn has come, in the order of the jobs.
func (s *testSuite) finished(i int, r jobResult) {
	s.results[i] = r
	for _, t := range r.tests {
		if t.Verdict != report.Passed {
			s.failed++
			s.stopped = s.stopped || s.failFast
		}
	}
	for s.printed < len(s.results) && s.results[s.printed].done {
		s.showAll(&s.results[s.printed])
		s.printed++
	}
}

func (s *testSuite) showAll(r *jobResult) {
	for i := range r.tests {
		s.show(&r.tests[i])
	}
}

// showProgress shows the progress, with the test whose result the others wait for.
func (s *testSuite) showProgress() {
	text := fmt.Sprintf("%d of %d, %d failed", s.printed, len(s.jobs), s.failed)
	if s.printed < len(s.jobs) {
		text += ": " + s.jobs[s.printed].name
	}
	s.progress.show(text)
}

// show prints what went wrong in a test in place of the progress line.
func (s *testSuite) show(r *testResult) {
	text := report.TestText(&r.Test)
	for _, file := range r.Updated {
		text += "updated " + file + "\n"
	}
	if text == "" || s.json {
		return
	}
	s.progress.clear()
	fmt.Fprint(s.Out, text)
}

// end prints and writes the results of all tests, and returns the error with the exit code.
func (s *testSuite) end(wall time.Duration) error {
	var tests []report.Test
	var pages []string // by test: the file of its page
	var leftOut, libraries []string
	for i := range s.results {
		r, job := &s.results[i], &s.jobs[i]
		r.other = r.other || !r.done && job.isOther()
		switch {
		case r.other:
			if job.try == 1 && s.options.Match(job.name) {
				leftOut = append(leftOut, job.name)
			}
		case r.lib:
			if job.try == 1 {
				libraries = append(libraries, job.name)
			}
		case !r.done && s.options.Match(job.name):
			r.tests = []testResult{{Test: report.Test{Name: job.name, File: job.name, Verdict: report.Skipped}}}
		case i >= s.printed: // an earlier one was skipped
			s.showAll(r)
		}
		for _, t := range r.tests {
			tests, pages = append(tests, t.Test), append(pages, t.page)
		}
	}
	slices.Sort(leftOut) // the order may be a random one
	slices.Sort(libraries)
	if s.json {
		if err := s.emit(report.TestsJSON(tests, wall, s.order, leftOut, libraries)); err != nil {
			return err
		}
	}
	if s.slow > 0 {
		fmt.Fprint(s.Err, report.Slowest(tests, s.slow))
		s.sayTies()
	}
	if s.run == "" {
		s.noteEmpty()
	}
	for _, problem := range s.files.empty {
		fmt.Fprintf(s.Err, "runloop: %s\n", problem)
	}
	if len(tests) > 0 {
		fmt.Fprint(s.Err, report.TestSummary(tests, wall))
	}
	switch n := len(libraries); {
	case n == 1:
		fmt.Fprintln(s.Err, "1 library, a file with definitions only, was checked")
	case n > 1:
		fmt.Fprintf(s.Err, "%d libraries, files with definitions only, were checked\n", n)
	}
	sayLeftOut(s.Err, len(leftOut))
	if s.junit != "" {
		data, err := report.TestsJUnit(tests, wall)
		if err != nil {
			return defect(err)
		}
		if err := os.WriteFile(s.junit, data, 0o666); err != nil {
			return fmt.Errorf("cannot write %s: %w", s.junit, cause(err))
		}
	}
	if s.pages != nil {
		if err := s.pages.index(tests, pages); err != nil {
			return err
		}
	}
	return s.exit(tests)
}

// sayTies says which tests depend on the order of timers that are due at once.
func (s *testSuite) sayTies() {
	var lines []string
	for i := range s.results {
		if text := s.results[i].ties; text != "" && s.jobs[i].try == 1 {
			lines = append(lines, text)
		}
	}
	if n := len(lines); n > 0 {
		slices.Sort(lines) // the order may be a random one
		fmt.Fprintf(s.Err, "in %s the order of timers that are due at once decides:\n%s", count(n, "file"), strings.Join(lines, ""))
	}
}

// noteEmpty records the folders without tests. It is known of each result whether its file is one.
func (s *testSuite) noteEmpty() {
	tests := map[string]bool{}
	for i := range s.results {
		tests[s.jobs[i].path] = !s.results[i].other
	}
	s.files.noteEmpty(func(i int) bool { return tests[s.files.files[i].path] })
}

// defect reports whether one of the tests shows a defect of runloop.
func (r jobResult) defect() bool {
	return slices.ContainsFunc(r.tests, func(t testResult) bool { return t.defect })
}

func (s *testSuite) exit(tests []report.Test) error {
	counts := report.TestCounts(tests)
	switch {
	case s.sig != 0:
		return &exitError{code: signalExit(s.sig)}
	case slices.ContainsFunc(s.results, jobResult.defect):
		return &exitError{code: exitDefect}
	case len(tests) == 0 && s.run != "":
		return fmt.Errorf("--run %s: no test matches", s.run)
	case counts[report.Broken] > 0 || len(s.files.empty) > 0 || len(tests) == 0:
		return &exitError{code: exitUsage}
	case counts[report.Failed] > 0:
		return &exitError{code: exitFailed}
	}
	return nil
}

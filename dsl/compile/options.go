package compile

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"runloop/dsl/check"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// RunOptions supplements and overrides what the file says about a run. The zero value runs the scenario as the file
// says.
type RunOptions struct {
	Params     map[string]string // values of run parameters, as written on a command line
	Seed       *uint64           // overrides the file's unless nil
	Ties       string            // overrides the file's unless empty
	Python     string            // the version to be equal to, such as 3.12; overrides the file's unless empty
	Clock      string            // virtual or real, overrides the file's unless empty
	Speed      float64           // of the real clock, overrides the file's unless 0
	WallClock  int64             // what a real clock shows at the start, in Unix nanoseconds, unless the file says
	Limits     engine.Limits     // fields override the file's unless 0
	Caps       engine.Limits     // upper bounds of the file's limits; zero fields: none
	Output     io.Writer         // receives what the scenario prints; nil: it is discarded
	KeepOutput bool              // keep what was printed in engine.Result.Output
	Trace      *engine.Trace     // records the run; may be nil
}

// NewLoop makes a loop that runs the scenario. Errors are those of Options.
func (s *Scenario) NewLoop(run RunOptions) (*engine.Loop, error) {
	opts, err := s.Options(run)
	if err != nil {
		return nil, err
	}
	return engine.New(s.program, opts), nil
}

// settings holds the compiled settings of a run, which may use run parameters. Those that the file leaves open are
// nil.
type settings struct {
	seed   engine.EvalInt
	start  engine.EvalText
	speed  engine.EvalFloat
	until  engine.EvalTime
	warmup engine.EvalTime
	limits [engine.LimitOutput + 1]engine.EvalInt // by engine.Limit

	threads engine.EvalInt
	slow    engine.EvalTime
}

// settings compiles the scenario's settings of a run.
func (b *builder) settings() {
	b.outside(true)
	f := b.s.File
	clock, limits := cmp.Or(f.Clock, &syntax.Clock{}), cmp.Or(f.Limits, &syntax.Limits{})
	set := settings{
		seed: b.integer(f.Seed, "`seed`"), start: b.text(clock.Start), until: b.duration(clock.Until, "`until`"),
		warmup: b.duration(f.Warmup, "`warmup`"),
	}
	if clock.Speed != nil {
		set.speed = b.value(clock.Speed).AsFloat("`speed`")
	}
	for limit, v := range [...]*syntax.Value{
		engine.LimitIterations: limits.Iterations, engine.LimitSteps: limits.Steps, engine.LimitTasks: limits.Tasks,
		engine.LimitDepth: limits.Depth, engine.LimitMemory: limits.Memory, engine.LimitOutput: limits.Output,
	} {
		set.limits[limit] = b.integer(v, "`"+engine.Limit(limit).String()+"`")
	}
	set.limits[engine.LimitTime] = engine.EvalInt(b.duration(limits.Time, "`time`"))
	loop := cmp.Or(f.Loop, &syntax.LoopNames{})
	set.threads, set.slow = b.integer(loop.Threads, "`threads`"), b.duration(loop.Slow, "`slow`")
	b.s.settings = set
}

// Options returns the engine's options for a run. Its errors say what is wrong with a parameter or with a setting that
// uses one.
func (s *Scenario) Options(run RunOptions) (engine.Options, error) {
	opts := engine.Options{Output: run.Output, KeepOutput: run.KeepOutput, Trace: run.Trace}
	params, err := s.bindParams(run.Params)
	if err != nil {
		return opts, err
	}
	opts.Params = params
	e := &evaluator{over: engine.NewEvaluator(params, s.Unit)}
	if opts.Seed = uint64(e.int("seed", s.settings.seed)); run.Seed != nil {
		opts.Seed = *run.Seed
	}
	if opts.Threads = e.int("loop.threads", s.settings.threads); s.settings.threads != nil && opts.Threads < 1 {
		e.fail("loop.threads must be above 0, not " + strconv.FormatInt(opts.Threads, 10))
	}
	opts.Slow = e.int("loop.slow", engine.EvalInt(s.settings.slow))
	opts.Until = e.int("clock.until", engine.EvalInt(s.settings.until))
	opts.Warmup = e.int("warmup", engine.EvalInt(s.settings.warmup))
	if opts.Until > 0 && opts.Warmup >= opts.Until {
		return opts, fmt.Errorf("warmup: nothing is left to observe after %s, the run ends at %s", time.Duration(opts.Warmup), time.Duration(opts.Until))
	}
	for limit := range engine.LimitOutput + 1 {
		*opts.Limits.Of(limit) = s.limit(e, limit, *run.Limits.Of(limit), *run.Caps.Of(limit))
	}
	if err := s.clock(e, run, &opts); err != nil {
		return opts, err
	}
	if opts.Python, err = s.python(run.Python); err != nil {
		return opts, errors.Join(e.err, err)
	}
	opts.Ties, err = s.ties(run.Ties)
	return opts, errors.Join(e.err, err)
}

func (s *Scenario) python(word string) (engine.Python, error) {
	if word == "" && s.Loop != nil && s.Loop.Python != nil {
		word = s.Loop.Python.Text
	}
	p, ok := engine.ParsePython(word)
	if !ok && word != "" {
		return 0, fmt.Errorf("the versions of Python are %s, not %q", strings.Join(engine.PythonWords, ", "), word)
	}
	return p, nil
}

func (s *Scenario) ties(word string) (engine.Ties, error) {
	if word == "" && s.Ties != nil {
		word = s.Ties.Text
	}
	t, ok := engine.ParseTies(word)
	if !ok && word != "" {
		return 0, fmt.Errorf("ties are fifo, heapq, lifo or random, not %q", word)
	}
	return t, nil
}

const realClock = "real"

// IsReal reports whether the file says that the scenario is for the real clock.
func (s *Scenario) IsReal() bool {
	return s.Clock != nil && s.Clock.Mode != nil && s.Clock.Mode.Text == realClock
}

// clock sets the clock of opts and the time it shows.
func (s *Scenario) clock(e *evaluator, run RunOptions, opts *engine.Options) error {
	mode := run.Clock
	if mode == "" && s.IsReal() {
		mode = realClock
	}
	switch mode {
	case "", "virtual":
	case realClock:
		speed := s.speed(e, run)
		if !(speed > 0) || math.IsInf(speed, 0) {
			return fmt.Errorf("the clock's speed must be above 0, not %v", speed)
		}
		opts.Clock, opts.ClockStart = engine.NewRealClock(speed), run.WallClock
	default:
		return fmt.Errorf("a clock is virtual or real, not %q", mode)
	}
	if s.settings.start == nil {
		return nil
	}
	text, _ := e.over.Text(s.settings.start)
	start, err := syntax.ParseClockStart(text)
	opts.ClockStart = start
	return err
}

// speed returns how much faster than time a real clock runs.
func (s *Scenario) speed(e *evaluator, run RunOptions) float64 {
	switch {
	case run.Speed != 0:
		return run.Speed
	case s.settings.speed != nil:
		return e.float("clock.speed", s.settings.speed)
	}
	return 1
}

// limit returns one limit of a run: given or, if that is 0, the file's. If most is not 0, the result is at most that.
func (s *Scenario) limit(e *evaluator, limit engine.Limit, given, most int64) int64 {
	v := given
	if v == 0 {
		v = e.int("limits."+limit.String(), s.settings.limits[limit])
	}
	if v < 0 {
		e.fail("limits." + limit.String() + " must be above 0, not " + strconv.FormatInt(v, 10))
	}
	if most <= 0 {
		return v
	}
	if v == 0 {
		v = *engine.DefaultLimits.Of(limit) // a cap only lowers
	}
	if v == 0 || v > most {
		v = most
	}
	return v
}

// evaluator evaluates settings with the run parameters. It keeps the first error.
type evaluator struct {
	over *engine.Evaluator
	err  error
}

func (e *evaluator) fail(message string) {
	if e.err == nil {
		e.err = errors.New(message)
	}
}

func (e *evaluator) int(what string, f engine.EvalInt) int64 {
	if f == nil {
		return 0
	}
	v, err := e.over.Int(f)
	if err != nil {
		e.fail(what + ": " + err.Error())
	}
	return v
}

func (e *evaluator) float(what string, f engine.EvalFloat) float64 {
	v, err := e.over.Float(f)
	if err != nil {
		e.fail(what + ": " + err.Error())
	}
	return v
}

// bindParams returns the values of all run parameters: the given texts, parsed, or the case's, or the defaults. The error lists
// everything that is wrong and the parameters that exist.
func (s *Scenario) bindParams(given map[string]string) ([]engine.Value, error) {
	var errs []error
	for _, name := range check.SortedNames(given) {
		if s.Param(name) == nil {
			errs = append(errs, s.unknownParam(name))
		}
	}
	values := make([]engine.Value, len(s.Params))
	for i, p := range s.Params {
		text, isGiven := given[p.Name.Text]
		ofCase, inCase := s.given[p.Name.Text]
		var err error
		switch {
		case isGiven:
			if values[i], err = p.Parse(text); err == nil {
				err = p.Allows(values[i])
			}
		case inCase:
			values[i] = ofCase
		case p.Default == nil:
			err = fmt.Errorf("parameter `%s` (%s) has no default: give it a value", p.Name.Text, p.TypeWord())
		default:
			values[i], err = p.ParseDefault()
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	return values, errors.Join(errs...)
}

func (s *Scenario) unknownParam(name string) error {
	if len(s.Params) == 0 {
		return fmt.Errorf("there is no parameter `%s`: the scenario has none", name)
	}
	var names, list []string
	for _, p := range s.Params {
		names = append(names, p.Name.Text)
		list = append(list, "`"+p.Name.Text+"` ("+p.TypeWord()+")")
	}
	near := ""
	if s := source.Suggest(name, names); s != "" {
		near = "did you mean `" + s + "`? "
	}
	return fmt.Errorf("there is no parameter `%s`: %sthere is %s", name, near, strings.Join(list, ", "))
}

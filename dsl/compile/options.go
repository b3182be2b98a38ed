package compile

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"runloop/dsl/check"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// RunOptions says how a scenario is run where the file leaves it open or is overruled. The zero value runs it as the
// file says.
type RunOptions struct {
	Params     map[string]string // values of run parameters, as written on a command line
	Seed       *uint64           // instead of the file's
	Ties       string            // instead of the file's; empty: the file's
	Clock      string            // virtual or real, instead of the file's; empty: the file's
	Speed      float64           // of the real clock, instead of the file's; 0: the file's
	WallClock  int64             // what a real clock shows at the start where the file is silent, in Unix nanoseconds
	Limits     engine.Limits     // instead of the file's; zero fields: the file's
	Caps       engine.Limits     // the most that the file's limits can be; zero fields: no cap
	Output     io.Writer         // gets what the scenario prints; nil: nothing does
	KeepOutput bool              // engine.Result.Output has what was printed
	Observer   engine.Observer   // is shown every event; nil: none
}

// NewLoop makes a loop that runs the scenario. Errors are those of Options.
func (s *Scenario) NewLoop(run RunOptions) (*engine.Loop, error) {
	opts, err := s.Options(run)
	if err != nil {
		return nil, err
	}
	return engine.New(s.program, opts), nil
}

// settings is what the scenario says about a run; all of it may use run parameters. nil: it does not say.
type settings struct {
	seed  engine.EvalInt
	start engine.EvalText
	speed engine.EvalFloat
	until engine.EvalTime
	at    engine.EvalTime // expect.at
	time  engine.EvalTime // limits.time
	// limits is the other limits, by name.
	limits map[string]engine.EvalInt
	empty  *engine.Program // makes the loop that they are evaluated in
}

// settings compiles what the scenario says about a run.
func (b *builder) settings() error {
	b.outside(true)
	root := b.s.Root
	clock, limits := syntax.As[*syntax.Record](root, "clock"), syntax.As[*syntax.Record](root, "limits")
	expect := syntax.As[*syntax.Record](root, "expect")
	set := settings{
		start: b.text(clock, "start"), until: b.duration(clock, "until"), at: b.duration(expect, "at"),
		time: b.duration(limits, "time"), limits: map[string]engine.EvalInt{}, empty: &engine.Program{},
	}
	if v := syntax.As[*syntax.Value](root, "seed"); v != nil {
		set.seed = b.value(v).AsInt("`seed`")
	}
	if v := syntax.As[*syntax.Value](clock, "speed"); v != nil {
		set.speed = b.value(v).AsFloat("`speed`")
	}
	if limits != nil {
		for _, f := range limits.Fields {
			if v, ok := f.Value.(*syntax.Value); ok {
				set.limits[f.Key.Name] = b.value(v).AsInt("`" + f.Key.Name + "`")
			}
		}
	}
	b.s.settings = set
	return set.empty.Assemble()
}

// Options is how the engine runs the scenario. Its errors say what is wrong with a parameter or a setting that uses
// one.
func (s *Scenario) Options(run RunOptions) (engine.Options, error) {
	opts := engine.Options{Output: run.Output, KeepOutput: run.KeepOutput, Observer: run.Observer}
	params, err := s.BindParams(run.Params)
	if err != nil {
		return opts, err
	}
	opts.Params = params
	e := &evaluator{loop: engine.New(s.settings.empty, engine.Options{Params: params})}
	if opts.Seed = uint64(e.int("seed", s.settings.seed)); run.Seed != nil {
		opts.Seed = *run.Seed
	}
	opts.Until = e.time("clock.until", s.settings.until)
	opts.Limits = s.limits(e, run)
	if err := s.clock(e, run, &opts); err != nil {
		return opts, err
	}
	opts.Ties, err = s.ties(run.Ties)
	return opts, errors.Join(e.err, err)
}

func (s *Scenario) ties(word string) (engine.Ties, error) {
	if name := syntax.As[*syntax.Name](s.Root, "ties"); name != nil && word == "" {
		word = name.Text
	}
	for _, t := range []engine.Ties{engine.TiesFIFO, engine.TiesHeapq, engine.TiesLIFO, engine.TiesRandom} {
		if t.String() == word || word == "" {
			return t, nil
		}
	}
	return 0, fmt.Errorf("ties are fifo, heapq, lifo or random, not %q", word)
}

// clock fills in the clock and what it shows.
func (s *Scenario) clock(e *evaluator, run RunOptions, opts *engine.Options) error {
	mode := run.Clock
	if name := syntax.As[*syntax.Name](syntax.As[*syntax.Record](s.Root, "clock"), "mode"); name != nil && mode == "" {
		mode = name.Text
	}
	switch mode {
	case "", "virtual":
	case "real":
		speed := run.Speed
		if speed == 0 && s.settings.speed != nil {
			speed = e.float("clock.speed", s.settings.speed)
		} else if speed == 0 {
			speed = 1
		}
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
	start, err := syntax.ParseClockStart(e.text(s.settings.start))
	opts.ClockStart = start
	return err
}

// limits is the file's limits, overruled and capped.
func (s *Scenario) limits(e *evaluator, run RunOptions) engine.Limits {
	limit := func(name string, given, most, usual int64) int64 {
		v := given
		if v == 0 && name == "time" {
			v = e.time("limits.time", s.settings.time)
		} else if v == 0 {
			v = e.int("limits."+name, s.settings.limits[name])
		}
		if v < 0 {
			e.fail("limits." + name + " must be above 0, not " + strconv.FormatInt(v, 10))
		}
		if v == 0 && most > 0 {
			v = usual // a cap only lowers
		}
		if most > 0 && (v == 0 || v > most) {
			v = most
		}
		return v
	}
	l, c, d := run.Limits, run.Caps, engine.DefaultLimits
	return engine.Limits{
		Time: limit("time", l.Time, c.Time, d.Time), Iterations: limit("iterations", l.Iterations, c.Iterations, d.Iterations),
		Steps: limit("steps", l.Steps, c.Steps, d.Steps), Tasks: limit("tasks", l.Tasks, c.Tasks, d.Tasks),
		Depth: limit("depth", l.Depth, c.Depth, d.Depth), Memory: limit("memory", l.Memory, c.Memory, d.Memory),
		Output: limit("output", l.Output, c.Output, d.Output),
	}
}

// evaluator evaluates settings over the run parameters, before there is a loop. It keeps the first error.
type evaluator struct {
	loop *engine.Loop
	err  error
}

func (e *evaluator) run(what string, f func(l *engine.Loop)) {
	_, err := e.loop.EvalBool(func(l *engine.Loop) bool { f(l); return true })
	if err != nil {
		e.fail(what + ": " + err.Error())
	}
}

func (e *evaluator) fail(message string) {
	if e.err == nil {
		e.err = errors.New(message)
	}
}

func (e *evaluator) int(what string, f engine.EvalInt) (v int64) {
	if f != nil {
		e.run(what, func(l *engine.Loop) { v = f(l) })
	}
	return v
}

func (e *evaluator) float(what string, f engine.EvalFloat) (v float64) {
	e.run(what, func(l *engine.Loop) { v = f(l) })
	return v
}

func (e *evaluator) time(what string, f engine.EvalTime) int64 { return e.int(what, engine.EvalInt(f)) }

func (e *evaluator) text(f engine.EvalText) string { return e.loop.EvalText(f) }

// BindParams gives every run parameter its value: what is given for it, as text, or its default. The error lists all
// that is wrong and what parameters there are.
func (s *Scenario) BindParams(given map[string]string) ([]engine.Value, error) {
	var errs []error
	for _, name := range check.SortedNames(given) {
		if !slices.ContainsFunc(s.Params, func(p *syntax.Param) bool { return p.Name.Text == name }) {
			errs = append(errs, s.unknownParam(name))
		}
	}
	values := make([]engine.Value, len(s.Params))
	for i, p := range s.Params {
		var err error
		if text, ok := given[p.Name.Text]; ok {
			if values[i], err = p.Parse(text); err == nil {
				err = p.Allows(values[i])
			}
		} else if p.Default == nil {
			err = fmt.Errorf("parameter `%s` (%s) has no default: give it a value", p.Name.Text, p.TypeWord())
		} else {
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

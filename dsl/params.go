package dsl

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

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
func (s *Unit) NewLoop(run RunOptions) (*engine.Loop, error) {
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
	clock, limits := field[*Record](root, "clock"), field[*Record](root, "limits")
	expect := field[*Record](root, "expect")
	set := settings{
		start: b.text(clock, "start"), until: b.duration(clock, "until"), at: b.duration(expect, "at"),
		time: b.duration(limits, "time"), limits: map[string]engine.EvalInt{}, empty: &engine.Program{},
	}
	if v := field[*Value](root, "seed"); v != nil {
		set.seed = b.value(v).asInt("`seed`")
	}
	if v := field[*Value](clock, "speed"); v != nil {
		set.speed = b.value(v).asFloat("`speed`")
	}
	if limits != nil {
		for _, f := range limits.Fields {
			if v, ok := f.Value.(*Value); ok {
				set.limits[f.Key.Name] = b.value(v).asInt("`" + f.Key.Name + "`")
			}
		}
	}
	b.s.settings = set
	return set.empty.Assemble()
}

// Options is how the engine runs the scenario. Its errors say what is wrong with a parameter or a setting that uses
// one.
func (s *Unit) Options(run RunOptions) (engine.Options, error) {
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

func (s *Unit) ties(word string) (engine.Ties, error) {
	if name := field[*Name](s.Root, "ties"); name != nil && word == "" {
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
func (s *Unit) clock(e *evaluator, run RunOptions, opts *engine.Options) error {
	mode := run.Clock
	if name := field[*Name](field[*Record](s.Root, "clock"), "mode"); name != nil && mode == "" {
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
	start, err := parseClockStart(e.text(s.settings.start))
	opts.ClockStart = start
	return err
}

// parseClockStart reads a time of day, which is one of 1970-01-01, or a date and time of RFC 3339, as Unix
// nanoseconds.
func parseClockStart(text string) (int64, error) {
	for _, layout := range []string{time.TimeOnly, time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly} {
		t, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		if layout == time.TimeOnly {
			t = t.AddDate(1970, 0, 0)
		}
		if y := t.Year(); y < 1678 || y > 2261 {
			return 0, fmt.Errorf("the clock cannot show the year %d: 1678 to 2261", y)
		}
		return t.UnixNano(), nil
	}
	return 0, fmt.Errorf("%q is no time for the clock to start at: write \"09:30:00\" or \"2024-05-01T09:30:00Z\"",
		shorten(text))
}

// limits is the file's limits, overruled and capped.
func (s *Unit) limits(e *evaluator, run RunOptions) engine.Limits {
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
func (s *Unit) BindParams(given map[string]string) ([]engine.Value, error) {
	var errs []error
	for _, name := range sortedNames(given) {
		if !slices.ContainsFunc(s.Params, func(p *Param) bool { return p.Name.Text == name }) {
			errs = append(errs, s.unknownParam(name))
		}
	}
	values := make([]engine.Value, len(s.Params))
	for i, p := range s.Params {
		var err error
		if text, ok := given[p.Name.Text]; ok {
			if values[i], err = p.parse(text); err == nil {
				err = p.allows(values[i])
			}
		} else if p.Default == nil {
			err = fmt.Errorf("parameter `%s` (%s) has no default: give it a value", p.Name.Text, p.typeWord())
		} else {
			values[i], err = p.parseDefault()
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	return values, errors.Join(errs...)
}

func (s *Unit) unknownParam(name string) error {
	if len(s.Params) == 0 {
		return fmt.Errorf("there is no parameter `%s`: the scenario has none", name)
	}
	var names, list []string
	for _, p := range s.Params {
		names = append(names, p.Name.Text)
		list = append(list, "`"+p.Name.Text+"` ("+p.typeWord()+")")
	}
	near := ""
	if s := suggest(name, names); s != "" {
		near = "did you mean `" + s + "`? "
	}
	return fmt.Errorf("there is no parameter `%s`: %sthere is %s", name, near, strings.Join(list, ", "))
}

func (p *Param) typeWord() string {
	if p.IsDuration {
		return "duration"
	}
	return p.Type.String()
}

// parse reads a value of the parameter's type from text.
func (p *Param) parse(text string) (engine.Value, error) {
	bad := func(want string) (engine.Value, error) {
		return engine.Value{}, fmt.Errorf("parameter `%s` is %s, not %q", p.Name.Text, want, shorten(text))
	}
	if p.IsDuration {
		ns, err := parseDuration(text)
		if err != nil {
			return engine.Value{}, fmt.Errorf("parameter `%s`: %w", p.Name.Text, err)
		}
		return engine.Float(engine.Seconds(ns)), nil
	}
	switch p.Type.Kind {
	case TypeString:
		return engine.String(text), nil
	case TypeBool:
		if text != "true" && text != "false" {
			return bad("true or false")
		}
		return engine.Bool(text == "true"), nil
	case TypeInt, TypeNumber, TypeFloat:
		if i, err := strconv.ParseInt(text, 10, 64); err == nil && p.Type.Kind != TypeFloat {
			return engine.Int(i), nil
		} else if f, err := strconv.ParseFloat(text, 64); err == nil && p.Type.Kind != TypeInt {
			return engine.Float(f), nil
		}
		return bad(p.Type.article())
	}
	return p.parseYAML(text)
}

// parseYAML reads a value of any other type: it is written as in the file.
func (p *Param) parseYAML(text string) (engine.Value, error) {
	var diags Diagnostics
	n, _ := parseYAML(NewSource(p.Name.Text, []byte(text)), &diags)
	if n == nil || diags.HasErrors() {
		return engine.Value{}, fmt.Errorf("parameter `%s`: %q is no value", p.Name.Text, shorten(text))
	}
	reader := parser{diags: &diags}
	v := reader.value(n, true)
	if !assignable(typeOfLiteral(v), p.Type) {
		return engine.Value{}, fmt.Errorf("parameter `%s` is %s, not %q", p.Name.Text, p.Type.article(), shorten(text))
	}
	return literal(v), nil
}

// literal is the value of constants.
func literal(v *Value) engine.Value {
	if v.Kind == Literal {
		return v.Const
	}
	vals := make([]engine.Value, len(v.Items))
	for i, item := range v.Items {
		vals[i] = literal(item)
	}
	if v.Kind == MapValue {
		return engine.Map(v.Keys, vals)
	}
	return engine.List(vals)
}

// parseDefault is the parameter's default, or what is wrong with it.
func (p *Param) parseDefault() (engine.Value, error) {
	v, isDuration := p.Seconds(p.Default)
	if !isDuration {
		if v = literal(p.Default); p.IsDuration && v.Kind() == engine.KindString {
			_, err := parseDuration(v.AsString())
			return v, fmt.Errorf("parameter `%s` is a duration: %w", p.Name.Text, err)
		} else if !assignable(typeOfLiteral(p.Default), p.Type) {
			return v, fmt.Errorf("parameter `%s` is %s: its default cannot be %s",
				p.Name.Text, p.Type.article(), typeOfLiteral(p.Default).article())
		}
	}
	return v, p.allows(v)
}

// allows reports a value that min, max or enum forbid.
func (p *Param) allows(v engine.Value) error {
	text := func(v engine.Value) string { return string((*engine.Loop)(nil).AppendText(nil, v)) }
	bound := func(b *Value) engine.Value {
		if d, ok := p.Seconds(b); ok {
			return d
		}
		return literal(b)
	}
	if p.Min != nil {
		if c, ok := engine.Compare(v, bound(p.Min)); !ok || c < 0 {
			return fmt.Errorf("parameter `%s` is at least %s, not %s", p.Name.Text, text(bound(p.Min)), text(v))
		}
	}
	if p.Max != nil {
		if c, ok := engine.Compare(v, bound(p.Max)); !ok || c > 0 {
			return fmt.Errorf("parameter `%s` is at most %s, not %s", p.Name.Text, text(bound(p.Max)), text(v))
		}
	}
	same := func(e engine.Value) bool { return engine.Equal(e, v) }
	if p.Enum == nil || slices.ContainsFunc(literal(p.Enum).Elems(), same) {
		return nil
	}
	return fmt.Errorf("parameter `%s` is one of %s, not %s", p.Name.Text, text(literal(p.Enum)), text(v))
}

// Seconds is the value of a literal argument for a parameter that is a duration, in seconds; ok is false for any other
// parameter or value.
func (p *Param) Seconds(v *Value) (seconds engine.Value, ok bool) {
	if !p.IsDuration || v == nil || v.Kind != Literal || v.Const.Kind() != engine.KindString {
		return engine.Value{}, false
	}
	ns, err := parseDuration(v.Const.AsString())
	return engine.Float(engine.Seconds(ns)), err == nil
}

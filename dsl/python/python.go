// Package python writes scenarios as programs for Python's asyncio.
package python

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"runloop/dsl/check"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// Program returns a scenario that was checked and has no errors as one program for Python and asyncio. run holds
// the options of the run, among them the version of Python. A virtual program includes a loop whose clock jumps from timer to timer, and prints byte for
// byte what a run of the scenario prints. Any other program runs on asyncio's own loop and the machine's clock. On
// standard error it reports the errors that nobody took and how it ended. A feature without a counterpart in asyncio
// is an error that names its line. Integers that exceed 64 bits raise OverflowError, except in sums with a small
// constant, which are not checked.
func Program(s *syntax.File, info *check.Info, run engine.Options, virtual bool) ([]byte, error) {
	e := newExporter(s, info, run, virtual)
	body := e.module()
	if e.uses["draws"] { // known only now; then whatever starts code must say which stream it draws from
		e = newExporter(s, info, run, virtual)
		e.draws = true
		body = e.module()
	}
	if len(e.refused) > 0 {
		return nil, errors.Join(e.refused...)
	}
	return []byte(e.head() + body), nil
}

func newExporter(s *syntax.File, info *check.Info, run engine.Options, virtual bool) *exporter {
	e := &exporter{s: s, info: info, virtual: virtual, run: run, uses: map[string]bool{"main": true}, taken: reservedNames(),
		names: map[nameKey]string{}, errors: map[string]bool{}}
	e.queues = e.ownQueues()
	if s.Unit != 1e9 {
		e.uses["units"] = true
	}
	e.refuse()
	e.declare()
	return e
}

// exporter is the state of one export.
type exporter struct {
	s       *syntax.File
	info    *check.Info
	virtual bool
	run     engine.Options
	uses    map[string]bool // sections of the prelude, and modules
	taken   map[string]bool
	names   map[nameKey]string
	errors  map[string]bool // the scenario's own error types
	out     []string        // functions, in order
	draws   bool            // the scenario draws random numbers
	queues  bool            // its queues need more than asyncio's offer
	refused []error
}

// nameKey is a name of the scenario and the space it belongs to.
type nameKey struct{ space, name string }

// refuse reports settings that asyncio has no counterpart for.
func (e *exporter) refuse() {
	if t := e.run.Ties; t != engine.TiesFIFO && t != engine.TiesHeapq {
		var at source.Span
		if e.s.Ties != nil {
			at = e.s.Ties.Span
		}
		e.refusef(at, "asyncio has no `ties: %s`: fifo and heapq can be exported", t)
	}
	if e.s.Limits != nil {
		for _, f := range e.s.Limits.Fields {
			if f.Value != e.s.Limits.Time || !e.virtual {
				e.refusef(f.KeySpan, "asyncio has no limit of `%s`: leave it out", f.Key.Name)
			}
		}
	}
}

func (e *exporter) refusef(at source.Span, format string, args ...any) {
	pos := e.s.Source.Pos(at.Start)
	e.refused = append(e.refused, fmt.Errorf("%s:%d:%d: %s", e.s.Source.Name(), pos.Line, pos.Col, fmt.Sprintf(format, args...)))
}

// declare gives every declared name a Python name, in the order of the file.
func (e *exporter) declare() {
	for _, d := range e.s.Coroutines {
		e.name("coroutine", d.Name.Text)
	}
	for _, d := range e.s.Callbacks {
		e.name("callback", d.Name.Text)
	}
	for _, d := range e.s.Functions {
		e.name("function", d.Name.Text)
	}
	for _, p := range e.s.Params {
		e.variable(p.Name.Text)
	}
	for _, v := range slices.Concat(e.s.Shared, e.s.Context) {
		e.variable(v.Name.Text)
	}
	for _, o := range e.s.Objects {
		e.variable(o.Name.Text)
	}
}

// name returns the Python name of something in the scenario, always the same one.
func (e *exporter) name(space, name string) string {
	key := nameKey{space, name}
	if e.names[key] == "" {
		e.names[key] = e.fresh(name)
	}
	return e.names[key]
}

// fresh returns a Python name that nothing else has.
func (e *exporter) fresh(name string) string {
	name = strings.ReplaceAll(name, "-", "_")
	for e.taken[name] {
		name += "_"
	}
	e.taken[name] = true
	return name
}

func (e *exporter) variable(name string) string { return e.name("variable", name) }

// isShared and isContext tell the kind of a variable by its name alone, because no other variable can have that name.
func (e *exporter) isShared(name string) bool {
	return slices.ContainsFunc(e.s.Shared, func(v *syntax.Variable) bool { return v.Name.Text == name })
}

func (e *exporter) isContext(name string) bool {
	return slices.ContainsFunc(e.s.Context, func(v *syntax.Variable) bool { return v.Name.Text == name })
}

// ownErrors is the error types that the program makes classes of: Python has none, or one that wants more than a message.
var ownErrors = []string{"Interrupt", "UnicodeDecodeError", "UnicodeEncodeError", "UnicodeTranslateError"}

// errorName returns the Python name of an error type.
func (e *exporter) errorName(typ string) string {
	switch typ {
	case "CancelledError", "InvalidStateError", "BrokenBarrierError", "QueueEmpty", "QueueFull":
		e.uses["asyncio"] = true
		return "asyncio." + typ
	case "QueueShutDown", "ResourceFull":
		e.uses[typ] = true
		return typ
	}
	if slices.Contains(engine.ErrorTypes(), typ) && !slices.Contains(ownErrors, typ) {
		return typ
	}
	e.errors[typ] = true
	return e.name("error", typ)
}

// module returns the program without its head and prelude.
func (e *exporter) module() string {
	for _, d := range e.s.Functions {
		e.expression(d)
	}
	for _, d := range e.s.Coroutines {
		f := e.function(e.name("coroutine", d.Name.Text), d.Do)
		f.async = true
		f.params(d)
		f.block(d.Do)
		f.end()
	}
	for _, d := range e.s.Callbacks {
		e.callback(d)
	}
	start := e.start()
	main, after := e.section("main", e.s.Main), e.section("after", e.s.After)
	var b strings.Builder
	b.WriteString(e.globals())
	for _, def := range e.out {
		b.WriteString("\n\n" + def)
	}
	if start != "" {
		start = "\n" + start + "    "
	}
	fmt.Fprintf(&b, "\n\nif __name__ == \"__main__\":\n    run_scenario([%s], %s, %s)\n", start, main, after)
	return b.String()
}

// section writes main or after and returns its name, or "None" if it is absent.
func (e *exporter) section(name string, do *syntax.Block) string {
	if do == nil {
		return "None"
	}
	f := e.function(name, do)
	f.async = name == "main"
	f.drawsOf(name)
	f.block(do)
	f.end()
	return name
}

// globals returns the module's variables: run parameters, the loop, shared and context variables.
func (e *exporter) globals() string {
	f := e.function("")
	f.indent = 0
	for i, p := range e.s.Params {
		f.linef("%s = %s", e.variable(p.Name.Text), constant(e.run.Params[i]))
	}
	f.loop()
	if e.uses["units"] {
		f.linef("UNIT = %d  # the nanoseconds in the unit in which the scenario counts time", e.s.Unit)
		f.linef("UNIT_NAME = %s", quote(engine.UnitOf(e.s.Unit).Name))
	}
	if addNeeds(e.uses); e.uses["clock_time"] || e.uses["clock_shows"] {
		f.linef("CLOCK_START = %s  # what the clock shows at loop time 0, in nanoseconds since 1970", e.clockStart())
	}
	if e.uses["draws"] {
		if e.s.Draws != nil && e.s.Draws.Text == engine.DrawsWords[1] {
			e.uses["inverse"] = true
		}
		f.linef("SEED = %d", e.run.Seed)
	}
	for _, given := range []bool{false, true} { // conditions need the locks that they are given
		for _, o := range e.s.Objects {
			if (o.With().Lock != nil) == given {
				f.declared(o)
			}
		}
	}
	for _, v := range e.s.Shared {
		f.linef("%s = %s", e.variable(v.Name.Text), f.value(v.Value).text)
	}
	for _, v := range e.s.Context {
		e.uses["contextvars"] = true
		f.linef("%s = contextvars.ContextVar(%s, default=%s)", e.variable(v.Name.Text), quote(v.Name.Text), f.value(v.Value).text)
	}
	for _, typ := range sortedNames(e.errors) {
		name := e.name("error", typ)
		f.linef("\n\nclass %s(%s):\n    pass", name, engine.BaseOf(typ))
		if name != typ {
			f.linef("\n\n%s.__name__ = %s", name, quote(typ))
		}
	}
	return strings.Join(f.lines, "")
}

// loop writes code that makes the loop and sets when it ends.
func (f *function) loop() {
	f.linef("UNTIL = %s", f.time(f.run.Until))
	if f.virtual {
		f.uses["virtual"], f.uses[f.run.Ties.String()] = true, true
		f.linef("LIMIT = %s", f.time(f.run.Limits.Time))
		f.linef("loop = VirtualLoop()")
	} else {
		f.uses["real"] = true
		f.linef("loop = asyncio.SelectorEventLoop(Selector())")
	}
	if f.uses["threads"] {
		f.pool()
	}
	if f.run.Slow > 0 {
		f.uses["slow"] = true
		f.linef("WATCHED = %s", f.time(f.run.Slow))
	}
}

// pool writes code that makes the threads.
func (f *function) pool() {
	n := cmp.Or(f.run.Threads, engine.DefaultThreads)
	if f.virtual {
		f.uses["virtual_pool"] = true
		f.linef("pool = Pool(%d)", n)
		return
	}
	f.uses["real_pool"], f.uses["concurrent.futures"] = true, true
	f.linef("pool = concurrent.futures.ThreadPoolExecutor(%d)", n)
}

func (e *exporter) clockStart() string {
	if !e.virtual && e.run.ClockStart == 0 {
		e.uses["time"] = true
		return "time.time_ns()"
	}
	return fmt.Sprint(e.run.ClockStart)
}

// time returns a loop time in the loop's unit, or None for 0.
func (e *exporter) time(ns int64) string {
	switch {
	case ns == 0:
		return "None"
	case e.virtual:
		return fmt.Sprint(ns)
	}
	return string(engine.AppendFloat(nil, engine.Seconds(ns)))
}

func sortedNames(set map[string]bool) []string {
	var names []string
	for name := range set {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// callback writes a callback.
func (e *exporter) callback(d *syntax.Definition) {
	f := e.function(e.name("callback", d.Name.Text), d.Do, d.Then)
	f.params(d)
	f.drawsOf(d.Name.Text)
	if d.Every == nil && d.Cron == nil {
		f.block(d.Do)
	} else {
		f.period(d)
	}
	f.end()
}

// period writes the body of a periodic callback, which schedules itself again.
func (f *function) period(d *syntax.Definition) {
	if hasReturn(d.Do) { // `return` ends the steps, not the period
		f.nested("steps", d.Do)
		f.linef("steps()")
	} else {
		f.block(d.Do)
	}
	again := f.periodic(d) + ".again("
	if d.Every != nil {
		again += f.duration(d.Every)
	}
	again += ")"
	if d.Until == nil {
		f.linef("%s", again)
		return
	}
	f.under("if not "+f.expr(d.Until.Expr).in(bindNot)+":", func() { f.linef("%s", again) })
	if d.Then != nil && len(d.Then.Steps) > 0 {
		f.suite("else:", d.Then)
	}
}

func hasReturn(b *syntax.Block) bool {
	found := false
	eachStep(b, func(s *syntax.Step) {
		_, is := s.Node.(*syntax.Return)
		found = found || is
	})
	return found
}

// periodic returns the Python name of the object that arms a periodic callback.
func (e *exporter) periodic(d *syntax.Definition) string {
	e.uses["periodic"] = true
	return e.name("periodic", "periodic_"+e.name("callback", d.Name.Text))
}

// start returns what runs before the loop: `before`, the workers, the periodic callbacks.
func (e *exporter) start() string {
	var lines []string
	add := func(where, step string) {
		lines = append(lines, fmt.Sprintf("        (%s, %s),\n", quote(where), step))
	}
	if e.s.Before != nil {
		add("before", e.section("before", e.s.Before))
	}
	for _, w := range e.s.Workers {
		add("worker "+w.Name.Text, e.startWorker(w))
	}
	for _, d := range e.s.Callbacks {
		if delay := cmp.Or(d.After, d.Every); delay != nil {
			add("callback "+d.Name.Text, e.startCallback(d, delay))
		} else if d.Cron != nil {
			add("callback "+d.Name.Text, e.startCron(d))
		}
	}
	for _, s := range e.s.Sources {
		add("source "+s.Title.Text, e.startSource(s))
	}
	return strings.Join(lines, "")
}

// startWorker returns a function that creates the tasks of a worker, now or at its start time.
func (e *exporter) startWorker(w *syntax.Worker) string {
	f := e.function(e.fresh("start_" + pythonWord(w.Name.Text)))
	f.linef("%s", f.worker(w))
	f.end()
	if w.Entry.Start == nil {
		return f.name
	}
	e.out = append(e.out, fmt.Sprintf("%s.__name__ = %s\n", f.name, quote("worker "+w.Name.Text)))
	return fmt.Sprintf("lambda: loop.call_at(max(%s, 0), %s)", f.at(w.Entry.Start), f.name)
}

// startCallback returns a function that arms a callback.
func (e *exporter) startCallback(d *syntax.Definition, delay *syntax.Duration) string {
	name := e.periodic(d)
	args := e.name("callback", d.Name.Text)
	if d.Missed != nil {
		args += ", " + quote(d.Missed.Text)
	}
	e.out = append(e.out, fmt.Sprintf("%s = Periodic(%s)\n", name, args))
	return fmt.Sprintf("lambda: %s.start(%s)", name, e.function("").duration(delay))
}

// startCron returns a function that arms a callback for the times of its schedule.
func (e *exporter) startCron(d *syntax.Definition) string {
	name := e.periodic(d)
	e.uses["cron"] = true
	c, _, _ := syntax.ParseCron(syntax.ConstText(d.Cron)) // the check has read it
	e.out = append(e.out, fmt.Sprintf("%s = Cron(%s, %#x, %#x, %#x, %#x, %#x, %s)\n", name, e.name("callback", d.Name.Text),
		c.Minutes&(1<<60-1), c.Hours&(1<<24-1), c.Days&(1<<32-1), c.Months&(1<<13-1), c.Weekdays&(1<<7-1), pythonBool(c.Either)))
	return name + ".start"
}

func pythonBool(b bool) string {
	if b {
		return "True"
	}
	return "False"
}

// pythonWord returns text as a part of a Python name.
func pythonWord(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, text)
}

// head returns the beginning of the program: a description, the imports, and the prelude.
func (e *exporter) head() string {
	clock := "on the machine's clock"
	if e.virtual {
		clock = "on a virtual clock: it takes no time"
	}
	code, modules := prelude(e.uses, e.run.Python)
	var b strings.Builder
	fmt.Fprintf(&b, "\"\"\"%s\n\n", escape(e.s.Name, '"'))
	if e.s.Description != "" {
		fmt.Fprintf(&b, "%s\n\n", strings.TrimSpace(escapeLines(e.s.Description)))
	}
	fmt.Fprintf(&b, "Exported by runloop for Python %s and its asyncio, %s.\n\"\"\"\n\n", e.run.Python, clock)
	for _, m := range modules {
		fmt.Fprintf(&b, "import %s\n", m)
	}
	fmt.Fprintf(&b, "\n# What the scenario needs of runloop's language.\n\n%s\n# The scenario.\n\n", strings.TrimRight(code, "\n")+"\n\n")
	return b.String()
}

func escapeLines(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = escape(lines[i], '"')
	}
	return strings.Join(lines, "\n")
}

package python

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// function is one Python function being written.
type function struct {
	*exporter
	name     string
	args     []string
	async    bool
	lines    []string
	indent   int
	writes   map[string]bool // Python names of shared variables that it assigns
	assigned map[string]bool // Python names of locals that are surely assigned
	early    map[string]bool // … that may be copied before they are assigned
	tokens   map[string]bool // context variables that it resets
	catches  int             // how deep in catches
	temps    int
}

func (e *exporter) function(name string, blocks ...*syntax.Block) *function {
	f := &function{exporter: e, name: name, indent: 1, writes: map[string]bool{}, assigned: map[string]bool{},
		early: map[string]bool{}, tokens: map[string]bool{}}
	for _, b := range blocks {
		eachStep(b, func(s *syntax.Step) {
			if s.Verb.Name == "reset" {
				f.tokens[s.Get("reset").(*syntax.Name).Text] = true
			}
		})
	}
	return f
}

func (f *function) params(d *syntax.Definition) {
	for _, p := range d.Params {
		f.args = append(f.args, f.variable(p.Name.Text))
		f.assigned[f.variable(p.Name.Text)] = true
	}
	if d.Record.Get("every") != nil || d.Record.Get("after") != nil {
		for i := range f.args {
			f.args[i] += "=None"
		}
	}
}

func (f *function) linef(format string, args ...any) {
	f.lines = append(f.lines, strings.Repeat("    ", f.indent)+fmt.Sprintf(format, args...)+"\n")
}

func (f *function) nest(write func()) {
	f.indent++
	write()
	f.indent--
}

// end finishes the function: it becomes part of the module.
func (f *function) end() { f.out = append(f.out, strings.Join(f.definition(), "")) }

func (f *function) definition() []string {
	body := f.lines
	f.lines = nil
	word := "def"
	if f.async {
		word = "async def"
	}
	f.indent--
	f.linef("%s %s(%s):", word, f.name, strings.Join(f.args, ", "))
	f.indent++
	if len(f.writes) > 0 {
		f.linef("global %s", strings.Join(sortedNames(f.writes), ", "))
	}
	for _, name := range sortedNames(f.early) {
		f.linef("%s = None", name)
	}
	for _, name := range sortedNames(f.tokens) {
		f.linef("%s = []", f.tokensOf(name))
	}
	if len(body) == 0 && len(f.lines) == 1 {
		f.linef("pass")
	}
	return append(f.lines, body...)
}

func (f *function) tokensOf(variable string) string {
	return f.exporter.name("tokens", variable+"_tokens")
}

// nested writes a function inside this one, with the same locals: a `return` leaves only it.
func (f *function) nested(name string, do *syntax.Block) {
	var free []string
	for _, local := range locals(do) {
		if python := f.variable(local); !f.isShared(local) && !f.isContext(local) {
			free = append(free, python)
			if !slices.ContainsFunc(f.args, func(a string) bool { return a == python || a == python+"=None" }) {
				f.early[python] = true
			}
		}
	}
	f.linef("def %s():", name)
	f.nest(func() {
		if len(free) > 0 {
			slices.Sort(free)
			f.linef("nonlocal %s", strings.Join(slices.Compact(free), ", "))
		}
		at := len(f.lines)
		writes := f.writes
		f.writes = map[string]bool{}
		f.block(do)
		if len(f.writes) > 0 {
			global := strings.Repeat("    ", f.indent) + "global " + strings.Join(sortedNames(f.writes), ", ") + "\n"
			f.lines = slices.Insert(f.lines, at, global)
		}
		f.writes = writes
	})
}

// locals is the names that steps assign without a path, and more than once maybe.
func locals(b *syntax.Block) []string {
	var names []string
	eachStep(b, func(s *syntax.Step) {
		for _, field := range s.Fields {
			switch v := field.Value.(type) {
			case *syntax.Name:
				if field.Key.Space == syntax.LocalSpace || field.Key.Space == syntax.TargetSpace {
					names = append(names, v.Text)
				}
			case *syntax.Bindings:
				if field.Key.Space == syntax.LocalSpace {
					for _, item := range v.Items {
						names = append(names, item.Name.Text)
					}
				}
			case *syntax.Targets:
				for _, item := range v.Items {
					names = append(names, item.Path.Name.Text)
				}
			case *syntax.Records:
				for _, r := range v.Items {
					if as, ok := r.Get("as").(*syntax.Name); ok {
						names = append(names, as.Text)
					}
				}
			}
		}
	})
	return names
}

// drawsOf says whose stream what runs now draws from, where no task does.
func (f *function) drawsOf(name string) {
	if f.draws && name != "main" {
		f.linef("draws_of(%s)", quote(name))
	}
}

// temp is a new local of the function.
func (f *function) temp() string {
	f.temps++
	return "_" + strconv.Itoa(f.temps)
}

// caught is the Python name of `error` here.
func (f *function) caught() string {
	if f.catches < 2 {
		return "error"
	}
	return "error" + strconv.Itoa(f.catches)
}

func (f *function) use(section string) { f.uses[section] = true }

// get is the value of a field; the zero T where it is absent or of another type.
func get[T syntax.FieldValue](r *syntax.Record, key string) T {
	v, _ := r.Get(key).(T)
	return v
}

// value translates a value.
func (f *function) value(v *syntax.Value) code {
	switch v.Kind {
	case syntax.Computed:
		return f.expr(v.Expr)
	case syntax.Template:
		return f.template(v)
	case syntax.Literal:
		c := atom("%s", constant(v.Const))
		if strings.HasPrefix(c.text, "-") {
			c.bind = bindUnary
		}
		return c
	}
	parts := make([]string, len(v.Items))
	for i, item := range v.Items {
		parts[i] = f.value(item).text
		if v.Kind == syntax.MapValue {
			parts[i] = quote(v.Keys[i]) + ": " + parts[i]
		}
	}
	if v.Kind == syntax.MapValue {
		return atom("{%s}", strings.Join(parts, ", "))
	}
	return atom("[%s]", strings.Join(parts, ", "))
}

// text translates a value that is rendered into text.
func (f *function) text(v *syntax.Value) string {
	switch v.Kind {
	case syntax.Literal:
		if v.Const.IsNull() {
			return `""`
		}
		var l *engine.Loop
		return quote(string(l.AppendText(nil, v.Const)))
	case syntax.Template:
		return f.template(v).text
	case syntax.Computed:
		if c, isText := f.part(v.Expr); isText {
			return c
		}
	}
	f.use("text")
	return "text(" + f.value(v).text + ")"
}

// part is an expression in a text; isText: it is a string already.
func (f *function) part(e *syntax.Expr) (text string, isText bool) {
	c := f.expr(e)
	return c.text, f.info.View(e).Type.Kind == expr.TypeString
}

// template translates text with expressions in it: an f-string, where the expressions can stand in one.
func (f *function) template(v *syntax.Value) code {
	var inside, joined []string
	fits := true
	for _, p := range v.Parts {
		if p.Expr == nil {
			inside = append(inside, strings.NewReplacer("{", "{{", "}", "}}").Replace(escape(p.Text, '"')))
			joined = append(joined, quote(p.Text))
			continue
		}
		c, isText := f.part(p.Expr)
		plain := isText || f.info.View(p.Expr).Type.Kind == expr.TypeInt
		if !plain {
			f.use("text")
			c = "text(" + c + ")"
		}
		single := strings.ReplaceAll(c, `"`, "'")
		fits = fits && !strings.ContainsAny(single, "\\{}#!") && (!strings.Contains(c, `"`) || !strings.Contains(c, "'")) &&
			!strings.Contains(c, "lambda")
		inside = append(inside, "{"+single+"}")
		if !isText && plain {
			f.use("text")
			c = "text(" + c + ")"
		}
		if isText {
			c = f.expr(p.Expr).in(bindAdd)
		}
		joined = append(joined, c)
	}
	if fits {
		return atom(`f"%s"`, strings.Join(inside, ""))
	}
	return code{strings.Join(joined, " + "), bindAdd}
}

// duration translates a duration into the loop's unit.
func (f *function) duration(d *syntax.Duration) string {
	var text string
	if d.Expr != nil {
		text = f.expr(d.Expr).text
	} else if d.Nanos%1e9 == 0 {
		text = strconv.FormatInt(d.Nanos/1e9, 10)
	} else {
		text = string(engine.AppendFloat(nil, engine.Seconds(d.Nanos)))
	}
	if !f.virtual {
		return text
	}
	f.use("seconds")
	return "seconds(" + text + ")"
}

// at translates a loop time into one of the loop's clock.
func (f *function) at(d *syntax.Duration) string {
	if f.virtual {
		return f.duration(d)
	}
	return "STARTED + (" + f.duration(d) + ")"
}

// block writes steps.
func (f *function) block(b *syntax.Block) {
	if b == nil || len(b.Steps) == 0 {
		f.linef("pass")
		return
	}
	for _, s := range b.Steps {
		write, ok := verbs[s.Verb.Name]
		if !ok {
			f.refusef(s.Span, "`%s` cannot be exported", s.Verb.Name)
			continue
		}
		write(f, s)
	}
}

// assign writes to a variable; shared ones are the module's.
func (f *function) assign(name, value string) {
	f.linef("%s = %s", f.writable(name), value)
}

// writable is the Python name of a variable that is about to be assigned.
func (f *function) writable(name string) string {
	python := f.variable(name)
	if f.isShared(name) {
		f.writes[python] = true
	} else if f.indent == 1 {
		f.assigned[python] = true
	}
	return python
}

// into writes a statement whose value `as` gets, if there is one.
func (f *function) into(s *syntax.Step, value string) {
	if as := get[*syntax.Name](s, "as"); as != nil {
		f.assign(as.Text, value)
		return
	}
	f.linef("%s", value)
}

// verbs writes the steps, by verb.
var verbs map[string]func(f *function, s *syntax.Step)

func init() {
	verbs = map[string]func(f *function, s *syntax.Step){
		"print": (*function).print, "let": (*function).let, "set": (*function).set, "append": (*function).appendTo,
		"reset": (*function).reset, "context": (*function).context, "if": (*function).ifElse,
		"repeat": (*function).repeat, "for": (*function).forIn, "while": (*function).while,
		"break": (*function).word, "continue": (*function).word, "call": (*function).call,
		"return": (*function).returnValue, "raise": (*function).raise, "try": (*function).try,
		"assert": (*function).assert, "sleep": (*function).sleep, "sleep_until": (*function).sleepUntil,
		"spawn": (*function).spawn, "await": (*function).await, "gather": (*function).gather,
		"shield": (*function).shield, "timeout": (*function).timeout, "cancel": (*function).cancel,
		"call_soon": (*function).callSoon, "call_later": (*function).callLater, "call_at": (*function).callAt,
		"stop": (*function).stop, "new": (*function).newObject, "acquire": (*function).acquire,
		"release": (*function).release, "put": (*function).put, "get": (*function).get,
		"task_done": (*function).taskDone, "join": (*function).join, "shutdown": (*function).shutdown,
		"signal": (*function).signal, "clear": (*function).clear, "wait": (*function).wait,
		"notify": (*function).notify, "resolve": (*function).resolve, "as_completed": (*function).asCompleted,
		"group": (*function).group,
	}
}

func (f *function) print(s *syntax.Step) {
	text, end := `""`, ""
	if v := get[*syntax.Value](s, "print"); v != nil {
		text = f.text(v)
	}
	if v := get[*syntax.Value](s, "end"); v != nil {
		end = ", end=" + f.text(v)
	}
	f.linef("print(%s%s)", text, end)
}

func (f *function) let(s *syntax.Step) {
	var names, values []string
	for _, item := range get[*syntax.Bindings](s, "let").Items {
		values = append(values, f.value(item.Value).text)
		names = append(names, item.Name.Text)
	}
	for i := range names {
		names[i] = f.writable(names[i])
	}
	f.linef("%s = %s", strings.Join(names, ", "), strings.Join(values, ", "))
}

// target is one place that a step writes to, and its new value.
type target struct {
	name, python string
	path         []string
	value        string
}

func (f *function) targets(s *syntax.Step) []target {
	var list []target
	for _, item := range get[*syntax.Targets](s, s.Verb.Name).Items {
		t := target{name: item.Path.Name.Text, python: f.variable(item.Path.Name.Text)}
		for _, elem := range item.Path.Elems {
			if elem.Index != nil {
				t.path = append(t.path, f.expr(elem.Index).text)
			} else {
				t.path = append(t.path, quote(elem.Key))
			}
		}
		t.value = f.value(item.Value).text
		list = append(list, t)
	}
	return list
}

func (t target) pathCode() string {
	if len(t.path) == 0 {
		return "()"
	}
	return "(" + strings.Join(t.path, ", ") + ",)"
}

func (f *function) set(s *syntax.Step) {
	list := f.targets(s)
	if len(list) > 1 { // all are computed before any is assigned
		for i := range list {
			for j, p := range list[i].path {
				list[i].path[j] = f.temp()
				f.linef("%s = %s", list[i].path[j], p)
			}
			value := list[i].value
			list[i].value = f.temp()
			f.linef("%s = %s", list[i].value, value)
		}
	}
	for _, t := range list {
		if len(t.path) == 0 {
			f.store(t, t.value, f.tokens[t.name])
			continue
		}
		f.use("put")
		f.store(t, fmt.Sprintf("put(%s, %s, %s)", f.load(t), t.pathCode(), t.value), false)
	}
}

func (f *function) appendTo(s *syntax.Step) {
	list := f.targets(s)
	if len(list) > 1 {
		for i := range list {
			value := list[i].value
			list[i].value = f.temp()
			f.linef("%s = %s", list[i].value, value)
		}
	}
	for _, t := range list {
		f.use("appended")
		f.store(t, fmt.Sprintf("appended(%s, %s, %s)", f.load(t), t.pathCode(), t.value), false)
	}
}

func (f *function) load(t target) string {
	if f.isContext(t.name) {
		return t.python + ".get()"
	}
	return t.python
}

func (f *function) store(t target, value string, token bool) {
	switch {
	case !f.isContext(t.name):
		f.assign(t.name, value)
	case token:
		f.linef("%s.append(%s.set(%s))", f.tokensOf(t.name), t.python, value)
	default:
		f.linef("%s.set(%s)", t.python, value)
	}
}

func (f *function) reset(s *syntax.Step) {
	name := get[*syntax.Name](s, "reset").Text
	f.use("reset")
	f.linef("reset(%s, %s)", f.variable(name), f.tokensOf(name))
}

func (f *function) context(s *syntax.Step) {
	var values, tokens []string
	items := get[*syntax.Bindings](s, "context").Items
	for _, item := range items {
		values = append(values, f.value(item.Value).text)
	}
	if len(values) > 1 {
		for i, v := range values {
			values[i] = f.temp()
			f.linef("%s = %s", values[i], v)
		}
	}
	for i, item := range items {
		tokens = append(tokens, f.temp())
		f.linef("%s = %s.set(%s)", tokens[i], f.variable(item.Name.Text), values[i])
	}
	f.linef("try:")
	f.nest(func() { f.block(get[*syntax.Block](s, "do")) })
	f.linef("finally:")
	f.nest(func() {
		for i := len(items) - 1; i >= 0; i-- {
			f.linef("%s.reset(%s)", f.variable(items[i].Name.Text), tokens[i])
		}
	})
}

func (f *function) ifElse(s *syntax.Step) {
	branch := func(word string, r *syntax.Record) {
		f.linef("%s %s:", word, f.expr(get[*syntax.Condition](r, "if").Expr).text)
		f.nest(func() { f.block(get[*syntax.Block](r, "then")) })
	}
	branch("if", s)
	if elif := get[*syntax.Records](s, "elif"); elif != nil {
		for _, r := range elif.Items {
			branch("elif", r)
		}
	}
	if other := get[*syntax.Block](s, "else"); other != nil {
		f.linef("else:")
		f.nest(func() { f.block(other) })
	}
}

func (f *function) repeat(s *syntax.Step) {
	variable := "_"
	if as := get[*syntax.Name](s, "as"); as != nil {
		f.indent++ // it may not be assigned at all
		variable = f.writable(as.Text)
		f.indent--
	}
	f.linef("for %s in range(%s):", variable, f.value(get[*syntax.Value](s, "repeat")).text)
	f.nest(func() { f.block(get[*syntax.Block](s, "do")) })
}

func (f *function) forIn(s *syntax.Step) {
	f.use("each")
	f.indent++
	variable := f.writable(get[*syntax.Name](s, "for").Text)
	f.indent--
	f.linef("for %s in each(%s):", variable, f.value(get[*syntax.Value](s, "in")).text)
	f.nest(func() { f.block(get[*syntax.Block](s, "do")) })
}

func (f *function) while(s *syntax.Step) {
	f.linef("while %s:", f.expr(get[*syntax.Condition](s, "while").Expr).text)
	f.nest(func() { f.block(get[*syntax.Block](s, "do")) })
}

func (f *function) word(s *syntax.Step) { f.linef("%s", s.Verb.Name) }
func (f *function) stop(*syntax.Step)   { f.linef("loop.stop()") }

func (f *function) call(s *syntax.Step) {
	d := f.coroutine(get[*syntax.Name](s, "call").Text)
	call := fmt.Sprintf("%s(%s)", f.exporter.name("coroutine", d.Name.Text), strings.Join(f.arguments(d, s), ", "))
	if f.async {
		f.awaited(s, "%s", call)
		return
	}
	f.use("complete")
	f.into(s, "complete("+call+")")
}

// arguments translates what a coroutine or a callback is called with, in the order of its parameters.
func (f *function) arguments(d *syntax.Definition, r *syntax.Record) []string {
	with := get[*syntax.Bindings](r, "with")
	args := make([]string, len(d.Params))
	for i, p := range d.Params {
		given := p.Default
		if with != nil {
			for _, b := range with.Items {
				if b.Name.Text == p.Name.Text {
					given = b.Value
				}
			}
		}
		if seconds, ok := p.Seconds(given); ok {
			args[i] = constant(seconds)
		} else {
			args[i] = f.value(given).text
		}
	}
	return args
}

func (f *function) returnValue(s *syntax.Step) {
	if v := get[*syntax.Value](s, "return"); v != nil {
		f.linef("return %s", f.value(v).text)
		return
	}
	f.linef("return")
}

func (f *function) raise(s *syntax.Step) {
	from := ""
	if cause := get[*syntax.Reference](s, "from"); cause != nil {
		from = " from " + f.reference(cause).text
	}
	switch v := s.Get("raise").(type) {
	case *syntax.Name:
		if strings.HasSuffix(v.Text, "ExceptionGroup") {
			f.refusef(v.Span, "an `%s` without errors cannot be exported: Python has none", v.Text)
		}
		if message := get[*syntax.Value](s, "message"); message != nil {
			f.linef("raise %s(%s)%s", f.errorName(v.Text), f.text(message), from)
			return
		}
		f.linef("raise %s%s", f.errorName(v.Text), from)
	case *syntax.Value:
		f.linef("raise %s%s", f.value(v).text, from)
	default:
		f.linef("raise %s", f.caught())
	}
}

func (f *function) try(s *syntax.Step) {
	r := s
	catch, other, finally := get[*syntax.Records](r, "catch"), get[*syntax.Block](r, "else"), get[*syntax.Block](r, "finally")
	if catch != nil && len(catch.Items) == 0 {
		catch = nil
	}
	if catch == nil && finally == nil {
		f.block(get[*syntax.Block](r, "try"))
		if other != nil {
			f.block(other)
		}
		return
	}
	f.linef("try:")
	f.nest(func() {
		f.block(get[*syntax.Block](r, "try"))
		if catch == nil && other != nil {
			f.block(other)
		}
	})
	if catch != nil {
		f.catches++
		for _, item := range catch.Items {
			f.handler(item)
		}
		f.catches--
		if other != nil {
			f.linef("else:")
			f.nest(func() { f.block(other) })
		}
	}
	if finally != nil {
		f.linef("finally:")
		f.nest(func() { f.block(finally) })
	}
}

func (f *function) handler(r *syntax.Record) {
	types := []string{"Exception"}
	if names := get[*syntax.Names](r, "error"); names != nil && len(names.Items) > 0 {
		types = nil
		for _, n := range names.Items {
			types = append(types, f.errorName(n.Text))
		}
	}
	what := types[0]
	if len(types) > 1 {
		what = "(" + strings.Join(types, ", ") + ")"
	}
	f.linef("except %s as %s:", what, f.caught())
	f.nest(func() {
		as := get[*syntax.Name](r, "as")
		if as != nil {
			f.assign(as.Text, f.caught())
		}
		if do := get[*syntax.Block](r, "do"); do != nil || as == nil {
			f.block(do)
		}
	})
}

func (f *function) assert(s *syntax.Step) {
	cond := get[*syntax.Condition](s, "assert").Expr
	var parts []string
	if message := get[*syntax.Value](s, "message"); message != nil {
		parts = append(parts, f.text(message))
	}
	t := translator{f: f}
	if detail := t.explain(f.info.View(cond), false); detail != "" {
		parts = append(parts, detail)
	}
	f.linef("if not %s:", f.expr(cond).in(bindNot))
	f.nest(func() { f.linef("raise AssertionError(%s)", strings.Join(parts, ` + ": " + `)) })
}

func (f *function) sleep(s *syntax.Step) {
	f.linef("await asyncio.sleep(%s)", f.duration(get[*syntax.Duration](s, "sleep")))
}

func (f *function) sleepUntil(s *syntax.Step) {
	f.linef("await asyncio.sleep(%s - loop.time())", f.at(get[*syntax.Duration](s, "sleep_until")))
}

// entry is the arguments of spawn for an entry: outer has its name, context and daemon, body its `call` or `do`; a
// spawn's coroutine comes as call. name is the Python text of its name, where it is not in outer.
func (f *function) entry(outer, body *syntax.Record, call *syntax.Name, name string) string {
	if call == nil {
		call = get[*syntax.Name](body, "call")
	}
	var args []string
	if call != nil {
		d := f.coroutine(call.Text)
		args = append([]string{f.exporter.name("coroutine", call.Text)}, f.arguments(d, body)...)
	} else {
		args = f.inline(body)
	}
	if v := get[*syntax.Value](outer, "name"); v != nil {
		name = f.text(v)
		if v.Kind == syntax.Literal && outer.Get("count") != nil {
			name = quote(strings.Trim(name, `"`)+"-") + " + str(index + 1)"
		}
	} else if name != "" && outer.Get("count") != nil {
		name = quote(strings.Trim(name, `"`)+"-") + " + str(index + 1)"
	}
	if name != "" {
		args = append(args, "name="+name)
	}
	if context := get[*syntax.Bindings](outer, "context"); context != nil {
		var pairs []string
		for _, item := range context.Items {
			pairs = append(pairs, "("+f.variable(item.Name.Text)+", "+f.value(item.Value).text+")")
		}
		args = append(args, "context=["+strings.Join(pairs, ", ")+"]")
	}
	if daemon := get[*syntax.Value](outer, "daemon"); daemon != nil && daemon.Const.AsBool() {
		args = append(args, "daemon=True")
	}
	if group := get[*syntax.Reference](outer, "in"); group != nil {
		args = append(args, "group="+f.reference(group).text)
	}
	return strings.Join(args, ", ")
}

// inline writes the `do` of an entry as a coroutine of its own: the function, and the locals that it gets copies of.
func (f *function) inline(r *syntax.Record) []string {
	owner := f.name
	if owner == "" {
		owner = "task"
	}
	g := f.function(f.fresh(owner+"_task"), get[*syntax.Block](r, "do"))
	g.async = true
	args := []string{g.name}
	for _, name := range f.info.Copies(r) {
		switch {
		case name == "error":
			args, g.args = append(args, f.caught()), append(g.args, "error")
		case name == "index":
			args, g.args = append(args, "index"), append(g.args, "index")
		default:
			python := f.variable(name)
			if !f.assigned[python] {
				f.early[python] = true
			}
			g.assigned[python] = true
			args, g.args = append(args, python), append(g.args, python)
		}
	}
	g.block(get[*syntax.Block](r, "do"))
	g.end()
	return args
}

// spawned is the creation of the tasks of an entry.
func (f *function) spawned(outer, body *syntax.Record, call *syntax.Name, name string) string {
	f.use("tasks")
	args := f.entry(outer, body, call, name)
	if count := get[*syntax.Value](outer, "count"); count != nil {
		if f.draws && name != "" {
			args += ", draws=" + quote(strings.Trim(name, `"`)+"-") + " + str(index + 1)"
		}
		return fmt.Sprintf("[spawn(%s) for index in range(%s)]", args, f.value(count).text)
	}
	if f.draws && name != "" {
		args += ", draws=" + name
	}
	return "spawn(" + args + ")"
}

func (f *function) spawn(s *syntax.Step) {
	switch v := s.Get("spawn").(type) {
	case *syntax.Name:
		f.into(s, f.spawned(s, s, v, ""))
	case *syntax.Record:
		f.into(s, f.spawned(s, v, nil, ""))
	}
}

func (f *function) await(s *syntax.Step) {
	f.limited(s, func() { f.into(s, "await "+f.reference(get[*syntax.Reference](s, "await")).in(bindAtom)) })
}

func (f *function) shield(s *syntax.Step) {
	f.limited(s, func() {
		f.into(s, "await asyncio.shield("+f.reference(get[*syntax.Reference](s, "shield")).text+")")
	})
}

func (f *function) timeout(s *syntax.Step) {
	do, other := func() { f.block(get[*syntax.Block](s, "do")) }, get[*syntax.Block](s, "else")
	if v, ok := s.Get("timeout").(*syntax.Duration); ok {
		f.after(v, do, other)
		return
	}
	when := f.at(get[*syntax.Duration](get[*syntax.Record](s, "timeout"), "at"))
	f.scope("asyncio.timeout_at("+when+")", "Timeout("+when+")", do, other)
}

// after writes what runs under a time-out that expires after d.
func (f *function) after(d *syntax.Duration, write func(), other *syntax.Block) {
	delay := f.duration(d)
	f.scope("asyncio.timeout("+delay+")", "Timeout(loop.time() + "+delay+")", write, other)
}

// limited writes a step under its `within`, if it has one.
func (f *function) limited(s *syntax.Step, write func()) {
	d := get[*syntax.Duration](s, "within")
	if d == nil {
		write()
		return
	}
	f.after(d, write, get[*syntax.Block](s, "else"))
}

// scope writes what runs under asyncio's time-out; other, which may be nil, runs instead of raising when that is over:
// own is the time-out that can tell.
func (f *function) scope(asyncio, own string, write func(), other *syntax.Block) {
	if other == nil {
		f.linef("async with %s:", asyncio)
		f.nest(write)
		return
	}
	f.use("Timeout")
	scope := f.temp()
	f.linef("try:")
	f.nest(func() {
		f.linef("async with %s as %s:", own, scope)
		f.nest(write)
	})
	f.linef("except TimeoutError:")
	f.nest(func() {
		f.linef("if not %s.raised:", scope)
		f.nest(func() { f.linef("raise") })
		f.block(other)
	})
}

func (f *function) gather(s *syntax.Step) {
	f.limited(s, func() { f.gathered(s) })
}

func (f *function) gathered(s *syntax.Step) {
	f.use("gather")
	var items []string
	switch v := s.Get("gather").(type) {
	case *syntax.Items:
		for _, item := range v.Items {
			switch item := item.(type) {
			case *syntax.Reference:
				items = append(items, f.reference(item).text)
			case *syntax.Record:
				items = append(items, "later("+f.entry(item, item, nil, "")+")")
			}
		}
	case *syntax.Record:
		f.use("each")
		list := f.temp()
		f.linef("%s = []", list)
		f.indent++
		variable := f.writable(get[*syntax.Name](v, "for").Text)
		f.indent--
		f.linef("for %s in each(%s):", variable, f.value(get[*syntax.Value](v, "in")).text)
		f.nest(func() { f.linef("%s.append(later(%s))", list, f.entry(v, v, nil, "")) })
		items = append(items, "*"+list)
	}
	if v := get[*syntax.Value](s, "return_exceptions"); v != nil {
		items = append(items, "return_exceptions="+f.value(v).text)
	}
	f.into(s, "await gather("+strings.Join(items, ", ")+")")
}

func (f *function) cancel(s *syntax.Step) {
	r := get[*syntax.Reference](s, "cancel")
	message := ""
	if v := get[*syntax.Value](s, "message"); v != nil {
		message = f.text(v)
	}
	callback := f.info.CallbackOf(r)
	switch {
	case callback != nil && callback.Record.Get("after") == nil && callback.Record.Get("every") == nil:
		f.linef("pass  # %s is never armed", callback.Name.Text)
	case callback != nil:
		f.linef("%s.cancel()", f.periodic(callback))
	case f.kind(r) == expr.TypeTask, f.kind(r) == expr.TypeHandle && message == "":
		f.linef("%s.cancel(%s)", f.reference(r).in(bindAtom), message)
	default:
		f.use("cancel")
		if message != "" {
			message = ", " + message
		}
		f.linef("cancel(%s%s)", f.reference(r).text, message)
	}
}

// schedule writes the scheduling of a callback; when is what comes before it.
func (f *function) schedule(s *syntax.Step, when string) {
	d := definition(f.s.Callbacks, get[*syntax.Name](s, s.Verb.Name).Text)
	args := append([]string{f.exporter.name("callback", d.Name.Text)}, f.arguments(d, s)...)
	f.into(s, fmt.Sprintf("loop.%s(%s%s)", s.Verb.Name, when, strings.Join(args, ", ")))
}

func (f *function) callSoon(s *syntax.Step) { f.schedule(s, "") }

func (f *function) callLater(s *syntax.Step) {
	f.schedule(s, f.duration(get[*syntax.Duration](s, "after"))+", ")
}

func (f *function) callAt(s *syntax.Step) {
	f.schedule(s, f.at(get[*syntax.Duration](s, "at"))+", ")
}

// explain is Python for the text that says why s is not what it was wanted to be, as an AssertionError shows it; empty:
// there is nothing to say.
func (t *translator) explain(s *expr.Node, holds bool) string {
	switch {
	case s.Kind == expr.UnaryNode && s.Text == "not":
		return t.explain(s.Args[0], !holds)
	case s.Kind == expr.BinaryNode && (s.Text == "and" || s.Text == "or"):
		decisive := s.Text == "or"
		left, right := t.explain(s.Args[0], holds), t.explain(s.Args[1], holds)
		if left == "" {
			left = `""`
		}
		if right == "" {
			right = `""`
		}
		if holds != decisive {
			return left + ` + ", " + ` + right
		}
		test := t.node(s.Args[0]).in(bindNot)
		if !decisive {
			test = "not " + test
		}
		return fmt.Sprintf("(%s if %s else %s)", left, test, right)
	case s.Kind == expr.BinaryNode && slices.Contains([]string{"==", "!=", "<", "<=", ">", ">=", "in", "contains",
		"startsWith", "endsWith", "matches"}, s.Text):
		if text := t.values(s.Args...); text != "" {
			return text
		}
	}
	return t.values(s)
}

func (t *translator) values(nodes ...*expr.Node) string {
	var parts []string
	for _, s := range nodes {
		if s.Kind == expr.ConstantNode {
			continue
		}
		t.use("quoted")
		lead := s.Source + " is "
		if len(parts) > 0 {
			lead = ", " + lead
		}
		parts = append(parts, quote(lead)+" + quoted("+t.node(s).text+")")
	}
	return strings.Join(parts, " + ")
}

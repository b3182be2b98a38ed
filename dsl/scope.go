package dsl

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strconv"

	"runloop/engine"
)

// variable is a local, a shared or context variable, or a run parameter, with the type found for it so far.
type variable struct {
	symbol
	fixed bool // the type is declared: what is assigned must fit
	items Type // of a declared queue, or a list of them: what is put there by its name
	lent  bool // of such a queue: it is a value somewhere, so things may be put there without its name
}

// Info is what the check finds out about a scenario: its names, what its activations hold, and what its expressions and
// references mean. The tree itself stays as it was parsed.
type Info struct {
	globals       map[string]*variable
	coroutines    map[string]*Definition
	callbacks     map[string]*Definition
	tasks         map[string]bool // names of tasks that are known before the run
	computedTasks bool            // there may be others
	raised        map[string]bool // types of errors that the scenario raises
	lost          map[string]bool // top-level keys whose values cannot be read, which has been reported

	facts    facts
	results  results
	meanings map[*Reference]meaning // of bare references
	bodies   map[*Definition]*activation
	inlines  map[*Record]*activation // of entries with a `do`
	caught   map[*Record]*variable   // what `error` is in a handler
	main     *activation             // nil: there is none, as with the next two
	before   *activation
	after    *activation
	bare     []bareName // for a warning
}

// meaning is what a bare reference stands for: what computes it, or a callback.
type meaning struct {
	expr     *Expr
	callback *Definition
}

func newInfo() *Info {
	return &Info{
		globals:    map[string]*variable{},
		coroutines: map[string]*Definition{},
		callbacks:  map[string]*Definition{},
		tasks:      map[string]bool{},
		raised:     map[string]bool{},
		facts:      facts{},
		results:    results{byName: map[string]Type{}},
		meanings:   map[*Reference]meaning{},
		bodies:     map[*Definition]*activation{},
		inlines:    map[*Record]*activation{},
		caught:     map[*Record]*variable{},
	}
}

// BodyOf is the activation of a coroutine or a callback.
func (i *Info) BodyOf(d *Definition) *activation { return i.bodies[d] }

// InlineOf is the activation of an entry's `do`, nil: it has none.
func (i *Info) InlineOf(r *Record) *activation { return i.inlines[r] }

// ExprOf is what computes a reference, nil: it names a callback.
func (i *Info) ExprOf(r *Reference) *Expr {
	if r.Expr != nil {
		return r.Expr
	}
	return i.meanings[r].expr
}

// View is an expression's tree, of a scenario that was loaded without errors.
func (i *Info) View(e *Expr) *Syntax { return e.tree.view(i.facts) }

// Copies is the names of the locals around it, `index` and `error` among them, that the `do` of an entry gets copies
// of when its task is created.
func (i *Info) Copies(r *Record) []string {
	act := i.InlineOf(r)
	if act == nil {
		return nil
	}
	names := make([]string, len(act.copies))
	for n, c := range act.copies {
		names[n] = c.name
	}
	return names
}

// CallbackOf is the callback that a reference names, nil: it names something else.
func (i *Info) CallbackOf(r *Reference) *Definition { return i.meanings[r].callback }

// declaring is the top-level keys that declare variables.
var declaring = []string{"params", "shared", "context", "locks", "semaphores", "events", "conditions", "barriers", "queues"}

// losses finds the top-level keys whose values cannot be read, or stand under an unknown key.
func losses(root *Node, r *Record) map[string]bool {
	lost := map[string]bool{}
	for _, pair := range root.Pairs {
		if isNull(pair.Value) && !pair.Value.Broken || slices.ContainsFunc(r.Fields, func(f Field) bool {
			return f.KeySpan == pair.KeySpan && f.Value != nil
		}) {
			continue
		}
		if key := findKey(TopKeys, pair.Key); key != nil {
			lost[key.Name] = true
		} else {
			lost[suggestKey(pair.Key, keyNames(TopKeys))] = true
		}
	}
	return lost
}

// languageNames is the names that the language itself gives.
var languageNames = map[string]symbol{
	"now":   {Kind: symNow, Type: floatType, Name: "now"},
	"task":  {Kind: symTask, Type: taskType, Name: "task"},
	"tasks": {Kind: symTasks, Name: "tasks"},
	"loop":  {Kind: symLoop, Name: "loop"},
}

func reserved(name string) bool {
	_, builtin := languageNames[name]
	return builtin || name == "error" || name == "index"
}

// bodyKind is what an activation runs.
type bodyKind uint8

const (
	coroutineBody bodyKind = iota
	callbackBody
	inlineBody // the `do` of an entry
	mainBody
	beforeBody
	afterBody
)

var bodyWords = [...]string{"a coroutine", "a callback", "the `do` of an entry", "`main`", "`before`", "`after`"}

// waits reports whether what runs may wait.
func (k bodyKind) waits() bool { return k != callbackBody && k != beforeBody && k != afterBody }

// activation is one space of locals: a coroutine's, a callback's, that of an entry's `do`, of main, before or after.
//
// Its names are collected before anything is checked: what it declares, and for an inline body what it mentions of the
// locals around it. Slots are given out then: parameters or copies first.
type activation struct {
	kind     bodyKind
	name     string
	parent   *activation // of an inline body in another activation
	children []*activation
	lost     bool // its parameters cannot be read, which has been reported
	inCatch  bool // an inline body inside a handler: `error` is known
	indexed  bool // an inline body of a counted entry: `index` is known

	locals   []*variable // by slot
	byName   map[string]*variable
	copies   []copied // of an inline body: where its first locals come from
	params   int
	declared []*Name
	declares map[string]bool
	mentions map[string]bool
	handlers []*Record
	called   []*Name
	waiting  *Step           // the first step that may wait
	sets     map[string]bool // context variables that it sets

	result Type
}

// copied is a local that an inline body gets a copy of when its task is created.
type copied struct {
	from *variable // in the parent; nil: `error` or `index`
	name string
}

func newActivation(kind bodyKind, name string) *activation {
	return &activation{kind: kind, name: name, byName: map[string]*variable{}, declares: map[string]bool{},
		mentions: map[string]bool{}, sets: map[string]bool{}}
}

// collector finds the names of activations.
type collector struct {
	*Info
	diags *Diagnostics
}

func (c *collector) body(kind bodyKind, name string, params []*Param, blocks ...*Block) *activation {
	act := newActivation(kind, name)
	act.params = len(params)
	for _, b := range blocks {
		c.block(act, b, false)
	}
	c.finish(act, params)
	return act
}

func (c *collector) block(act *activation, b *Block, inCatch bool) {
	if b == nil {
		return
	}
	for _, s := range b.Steps {
		if s.waits() && act.waiting == nil {
			act.waiting = s
		}
		if call := field[*Name](&s.Record, "call"); call != nil && s.Verb.Name == "call" {
			act.called = append(act.called, call)
		}
		for _, f := range s.Fields {
			if name, ok := f.Value.(*Name); ok && f.Key.Kind == ErrorKey {
				c.raised[name.Text] = true
			}
		}
		c.record(act, &s.Record, inCatch, s.Get("count") != nil)
	}
}

// record collects from the fields of a step, a branch, a handler or an entry.
func (c *collector) record(act *activation, r *Record, inCatch, indexed bool) {
	for _, f := range r.Fields {
		switch v := f.Value.(type) {
		case *Name:
			if f.Key.Space == LocalSpace || f.Key.Space == TargetSpace {
				c.declare(act, v, f.Key)
			}
		case *Bindings:
			for _, b := range v.Items {
				if f.Key.Space == LocalSpace {
					c.declare(act, b.Name, f.Key)
				}
			}
		case *Targets:
			for _, t := range v.Items {
				act.mentions[t.Path.Name.Text] = true
				if f.Key.Name == "set" {
					act.sets[t.Path.Name.Text] = true
				}
			}
		case *Reference:
			for _, word := range words.FindAllString(v.Text, -1) {
				act.mentions[word] = true
			}
		case *References:
			for _, item := range v.Items {
				c.record(act, &Record{Fields: []Field{{Key: f.Key, Value: item}}}, inCatch, indexed)
			}
		case *Block:
			if f.Key == entryDo {
				c.inline(act, r, v, inCatch, indexed)
				continue
			}
			c.block(act, v, inCatch)
		case *Record:
			c.record(act, v, inCatch, indexed)
		case *Records:
			for _, item := range v.Items {
				handler := f.Key.Name == "catch"
				if handler {
					act.handlers = append(act.handlers, item)
				}
				c.record(act, item, inCatch || handler, indexed)
			}
		case *Items:
			for _, item := range v.Items {
				switch item := item.(type) {
				case *Record:
					c.record(act, item, inCatch, indexed)
				case *Reference:
					c.record(act, &Record{Fields: []Field{{Key: f.Key, Value: item}}}, inCatch, indexed)
				}
			}
		}
		if f.Key == entryName {
			c.taskName(f.Value, r.Get("count"))
		}
		eachExpr(f.Value, func(e *Expr) {
			if e.tree != nil {
				e.tree.reads(func(name string, _ Span) { act.mentions[name] = true })
			}
		})
	}
}

// words finds what may be a name in a reference: the path itself and what its indexes mention.
var words = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)

func identifierPrefix(text string) string {
	for i := range len(text) {
		if text[i] == '.' || text[i] == '[' {
			return text[:i]
		}
	}
	return text
}

// eachExpr calls f for the expressions in a value, but not for those of records and steps in it.
func eachExpr(v FieldValue, f func(*Expr)) {
	visit := func(e *Expr) {
		if e != nil {
			f(e)
		}
	}
	switch v := v.(type) {
	case *Value:
		visit(v.Expr)
		for _, p := range v.Parts {
			visit(p.Expr)
		}
		for _, item := range v.Items {
			eachExpr(item, f)
		}
	case *Condition:
		visit(v.Expr)
	case *Conditions:
		for _, item := range v.Items {
			visit(item.Expr)
		}
	case *Duration:
		visit(v.Expr)
	case *Reference:
		visit(v.Expr)
	case *Bindings:
		for _, b := range v.Items {
			eachExpr(b.Value, f)
		}
	case *Targets:
		for _, t := range v.Items {
			for _, e := range t.Path.Elems {
				visit(e.Index)
			}
			eachExpr(t.Value, f)
		}
	}
}

// inline collects the activation of an entry's `do`.
func (c *collector) inline(act *activation, r *Record, do *Block, inCatch, indexed bool) {
	child := newActivation(inlineBody, act.name)
	child.parent, child.inCatch, child.indexed = act, inCatch || act.inCatch, indexed || act.indexed
	c.inlines[r] = child
	act.children = append(act.children, child)
	c.block(child, do, false)
	for m := range child.mentions {
		act.mentions[m] = true
	}
}

// declare makes a name a local of the activation, if it may be one.
func (c *collector) declare(act *activation, name *Name, key *Key) {
	global := c.globals[name.Text]
	switch {
	case reserved(name.Text):
		c.hidden(name, nil, "local")
		return
	case global == nil:
		if !act.declares[name.Text] {
			act.declares[name.Text] = true
			act.declared = append(act.declared, name)
		}
		return
	case global.Kind == symShared && key.Space == TargetSpace:
		return
	}
	c.hidden(name, global, "local")
	if key.Name == "let" && global.Kind != symParam {
		d := &(*c.diags)[len(*c.diags)-1]
		d.Code, d.Hint = codeLetShared, "use `set` to assign it, or choose another name for a local"
	}
}

// hidden reports a name that would hide another one; other is nil where the language itself has it.
func (c *collector) hidden(name *Name, other *variable, what string) {
	d := Diagnostic{Code: codeHidden, Span: name.Span, Hint: "choose another name"}
	if other == nil {
		d.Message = fmt.Sprintf("`%s` has a meaning of its own: no %s can have its name", name.Text, what)
	} else {
		d.Message = fmt.Sprintf("`%s` is %s: no %s can have its name", name.Text, symbolWords[other.Kind], what)
		d.Note, d.NoteSpan = "it is declared here", other.Decl
	}
	c.diags.Add(d)
}

var symbolWords = map[symbolKind]string{
	symLocal: "a local", symShared: "a shared variable", symContext: "a context variable", symParam: "a run parameter",
	symObject: "a declared object",
}

// finish gives out the slots of an activation, then of the inline bodies in it.
func (c *collector) finish(act *activation, params []*Param) {
	add := func(name string, decl Span, t Type, fixed bool) *variable {
		v := &variable{fixed: fixed}
		v.symbol = symbol{Kind: symLocal, Index: len(act.locals), Name: name, Type: t, Decl: decl}
		act.locals = append(act.locals, v)
		return v
	}
	for _, p := range params {
		if g := c.globals[p.Name.Text]; g != nil || reserved(p.Name.Text) {
			c.hidden(p.Name, g, "parameter")
		}
		act.byName[p.Name.Text] = add(p.Name.Text, p.Name.Span, p.Type, true)
	}
	if act.kind == inlineBody {
		c.copyLocals(act, add)
	}
	for _, name := range act.declared {
		if act.byName[name.Text] == nil {
			act.byName[name.Text] = add(name.Text, name.Span, Type{}, false)
		}
	}
	for _, handler := range act.handlers {
		caught := &variable{fixed: true}
		caught.symbol = symbol{Kind: symError, Index: -1, Type: errorType, Name: "error"}
		if act.mentions["error"] || handler.Get("as") != nil {
			caught.Index = len(act.locals)
			act.locals = append(act.locals, caught)
		}
		c.caught[handler] = caught
	}
	for _, child := range act.children {
		c.finish(child, nil)
	}
}

// copyLocals gives an inline body copies of what it mentions of the locals around it.
func (c *collector) copyLocals(act *activation, add func(string, Span, Type, bool) *variable) {
	for _, m := range sortedNames(act.mentions) {
		var from *variable
		if act.parent != nil {
			from = act.parent.byName[m]
		}
		switch {
		case m == "error" && act.inCatch:
			act.byName[m] = add(m, Span{}, errorType, true)
			act.byName[m].Kind = symError
			from = nil
		case m == "index" && act.indexed:
			act.byName[m] = add(m, Span{}, intType, true)
			from = nil
		case from != nil:
			act.byName[m] = add(m, from.Decl, from.Type, from.fixed)
		default:
			continue
		}
		act.copies = append(act.copies, copied{from: from, name: m})
	}
	act.params = len(act.copies)
}

// taskName notes the name that a task is given.
func (c *collector) taskName(name, count FieldValue) {
	v, ok := name.(*Value)
	if !ok || v.Kind != Literal || count != nil {
		c.computedTasks = true
		return
	}
	c.tasks[constText(v)] = true
}

// maxKnownTasks is how many names of counted workers are kept for checking.
const maxKnownTasks = 10_000

// workerNames notes the names that a worker gives.
func (c *collector) workerNames(w *Worker) {
	count, ok := w.Entry.Get("count").(*Value)
	switch {
	case !ok:
		c.workerName(w, w.Name.Text)
	case count.Kind == Literal && count.Const.Kind() == engine.KindInt && count.Const.AsInt() <= maxKnownTasks:
		for i := range max(count.Const.AsInt(), 0) {
			c.workerName(w, w.Name.Text+"-"+strconv.FormatInt(i+1, 10))
		}
	default:
		c.computedTasks = true
	}
}

func (c *collector) workerName(w *Worker, name string) {
	if c.tasks[name] {
		c.diags.Add(Diagnostic{Code: codeSameTask, Span: w.Name.Span, Hint: "choose another name",
			Message: "two workers are named `" + name + "`"})
	}
	c.tasks[name] = true
}

// view is the names that can be seen at one place: the scope of the expressions there.
type view struct {
	*Info
	act        *activation // nil: no locals
	handled    *variable   // `error` here; nil: outside handlers
	index      bool        // `index` is known: an entry's arguments are being evaluated
	onlyParams bool        // nothing else exists yet
}

// lookup finds what a name stands for.
func (v *view) lookup(name string) (symbol, bool) {
	switch {
	case name == "error" && v.handled != nil:
		return v.handled.symbol, true
	case name == "index" && v.index:
		return symbol{Kind: symIndex, Type: intType, Name: name}, true
	}
	if v.act != nil {
		if local := v.act.byName[name]; local != nil {
			return local.symbol, true
		}
	}
	if g := v.globals[name]; g != nil {
		return g.symbol, !v.onlyParams || g.Kind == symParam
	}
	b, ok := languageNames[name]
	return b, ok && !v.onlyParams
}

// forgiving is a view in which every name is known where declarations cannot be read.
type forgiving struct{ *view }

func (v forgiving) lookup(name string) (symbol, bool) {
	s, ok := v.view.lookup(name)
	if !ok && v.mayExist() {
		return symbol{Kind: symShared, Type: anyType, Name: name}, true
	}
	return s, ok
}

// mayExist reports whether any name may be that of a variable: declarations cannot be read. What follows from that is
// not worth an error.
func (v *view) mayExist() bool {
	for act := v.act; act != nil; act = act.parent {
		if act.lost {
			return true
		}
	}
	return slices.ContainsFunc(declaring, func(key string) bool { return v.lost[key] })
}

// variable is the variable of that name, nil: there is none.
func (v *view) variable(name string) *variable {
	if v.act != nil {
		if local := v.act.byName[name]; local != nil && !reserved(name) {
			return local
		}
	}
	return v.globals[name]
}

// names is every name that can be seen, sorted.
func (v *view) names() []string {
	var all []string
	if v.act != nil {
		for name := range v.act.byName {
			all = append(all, name)
		}
	}
	for name, g := range v.globals {
		if !v.onlyParams || g.Kind == symParam {
			all = append(all, name)
		}
	}
	if !v.onlyParams {
		for name := range languageNames {
			all = append(all, name)
		}
	}
	sort.Strings(all)
	return all
}

// sortedNames is the keys of a map of names, in order.
func sortedNames[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for name := range m {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}

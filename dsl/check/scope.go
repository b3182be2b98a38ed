package check

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// Ref returns where the engine keeps a variable.
func (v *Variable) Ref() engine.Ref {
	space := engine.LocalVar
	switch v.Kind {
	case expr.SymShared:
		space = engine.SharedVar
	case expr.SymContext:
		space = engine.ContextVar
	}
	return engine.Ref{Space: space, Index: v.Index}
}

// Variable is a name that holds a value: a local, a shared or context variable, a run parameter or a declared object,
// with the type found for it so far.
type Variable struct {
	expr.Symbol
	Fixed bool      // the type is declared: assigned values must fit
	items expr.Type // of a declared queue or list of queues: the type of the items that are put there by its name
	wrote string    // text that it was assigned as it is written, for hints
	lent  bool      // of such a queue: it is also used as a value, so items may be put there without its name
}

// Info holds what the check finds out about a scenario: its names, its activations, and the meanings of its
// expressions and references. The tree itself stays as it was parsed.
type Info struct {
	names                                   // of the first file, which sees all; while another's code is checked, of that
	files         []names                   // by part of the source
	twice         map[*syntax.Function]bool // another file has given its name to another one
	tasks         map[string]bool           // task names that are known before the run
	computedTasks bool                      // other names are computed
	raised        map[string]bool           // types of errors that the scenario raises
	lost          map[*syntax.Key]bool      // syntax.File.Lost

	Facts    expr.Facts
	results  expr.Results
	Metrics  *expr.Metrics                 // what the first file's expressions can ask the statistics for
	unit     int64                         // of time, in nanoseconds
	meanings map[*syntax.Reference]meaning // of bare references
	bodies   map[*syntax.Definition]*Activation
	sources  map[*syntax.Source]*Activation
	inlines  map[*syntax.Entry]*Activation // the activations of entries with a `do`
	Caught   map[*syntax.Handler]*Variable // the variable `error` of each handler
	Main     *Activation                   // these three are nil if the file lacks them
	before   *Activation
	after    *Activation
	Bare     []bareName // for a warning
	Foreign  []Notation // for a warning
}

// names is what the code of a file can name. An included file sees no variables and objects but its own locals.
type names struct {
	Globals    map[string]*Variable
	Coroutines map[string]*syntax.Definition
	Callbacks  map[string]*syntax.Definition
	Functions  map[string]*expr.Function
}

func newNames() names {
	return names{
		Globals:    map[string]*Variable{},
		Coroutines: map[string]*syntax.Definition{},
		Callbacks:  map[string]*syntax.Definition{},
		Functions:  map[string]*expr.Function{},
	}
}

// enter goes to the names of a file, by its part of the source.
func (i *Info) enter(part int) { i.names = i.files[part] }

// meaning is what a bare reference stands for: an expression, a callback or a source.
type meaning struct {
	expr     *syntax.Expr
	callback *syntax.Definition
	source   *syntax.Source
}

func newInfo(parts int) *Info {
	i := &Info{
		twice:    map[*syntax.Function]bool{},
		tasks:    map[string]bool{},
		raised:   map[string]bool{},
		Facts:    expr.Facts{},
		results:  expr.Results{ByName: map[string]expr.Type{}},
		meanings: map[*syntax.Reference]meaning{},
		bodies:   map[*syntax.Definition]*Activation{},
		sources:  map[*syntax.Source]*Activation{},
		inlines:  map[*syntax.Entry]*Activation{},
		Caught:   map[*syntax.Handler]*Variable{},
	}
	for range parts {
		i.files = append(i.files, newNames())
	}
	i.enter(0)
	return i
}

// BodyOf returns the activation of a coroutine or a callback.
func (i *Info) BodyOf(d *syntax.Definition) *Activation { return i.bodies[d] }

// InlineOf returns the activation of an entry's `do`, or nil if it has none.
func (i *Info) InlineOf(e *syntax.Entry) *Activation { return i.inlines[e] }

// ExprOf returns the expression that computes a reference, or nil if it names a callback.
func (i *Info) ExprOf(r *syntax.Reference) *syntax.Expr {
	if r.Expr != nil {
		return r.Expr
	}
	return i.meanings[r].expr
}

// View returns the tree of an expression with its types. The scenario must be free of errors.
func (i *Info) View(e *syntax.Expr) *expr.Node { return e.Tree.View(i.Facts) }

// Copies returns the names of the surrounding locals, `index` and `error` included, that the `do` of an entry gets
// copies of when its task is created.
func (i *Info) Copies(e *syntax.Entry) []string {
	act := i.InlineOf(e)
	if act == nil {
		return nil
	}
	names := make([]string, len(act.Copies))
	for n, c := range act.Copies {
		names[n] = c.Name
	}
	return names
}

// CallbackOf returns the callback that a reference names, or nil if it names something else.
func (i *Info) CallbackOf(r *syntax.Reference) *syntax.Definition { return i.meanings[r].callback }

// SourceOf returns the source that a reference names, or nil if it names something else.
func (i *Info) SourceOf(r *syntax.Reference) *syntax.Source { return i.meanings[r].source }

// languageNames holds the names that the language itself defines.
var languageNames = map[string]expr.Symbol{
	"now":   {Kind: expr.SymNow, Type: expr.FloatType, Name: "now"},
	"task":  {Kind: expr.SymTask, Type: expr.TaskType, Name: "task"},
	"tasks": {Kind: expr.SymTasks, Name: "tasks"},
	"loop":  {Kind: expr.SymLoop, Name: "loop"},
}

func reserved(name string) bool {
	_, builtin := languageNames[name]
	return builtin || name == "error" || name == "index"
}

// BodyKind says what kind of steps an activation runs.
type BodyKind uint8

// The kinds of bodies. A coroutine, a callback or the `do` of an entry is none of the exported ones.
const (
	coroutineBody BodyKind = iota
	callbackBody
	inlineBody // the `do` of an entry
	MainBody
	BeforeBody
	AfterBody
)

var bodyWords = [...]string{"a coroutine", "a callback", "the `do` of an entry", "`main`", "`before`", "`after`"}

// Waits reports whether steps of this kind may wait.
func (k BodyKind) Waits() bool { return k != callbackBody && k != BeforeBody && k != AfterBody }

// Activation is one space of locals: a coroutine's, a callback's, that of an entry's `do`, of main, before or after.
//
// Its names are collected before anything is checked: those it declares and, for an inline body, the surrounding
// locals it mentions. Then slots are assigned, to parameters or copies first.
type Activation struct {
	Kind     BodyKind
	Name     string
	parent   *Activation // of an inline body in another activation
	children []*Activation
	lost     bool // its parameters could not be read, which was reported
	inCatch  bool // an inline body inside a handler: it may use `error`
	indexed  bool // an inline body of a counted entry: it may use `index`

	Locals   []*Variable // by slot
	ByName   map[string]*Variable
	Copies   []copied // of an inline body: the origins of its first locals
	Params   int
	declared []*syntax.Name
	declares map[string]bool
	mentions map[string]bool
	handlers []*syntax.Handler
	called   []*syntax.Name
	Waiting  *syntax.Step    // the first step that may wait
	sets     map[string]bool // context variables that it sets

	Result   expr.Type
	returned string // the value of its last `return` as it is written, for hints
}

// copied is a local of which an inline body gets a copy when its task is created.
type copied struct {
	from *Variable // in the parent; nil for `error` and `index`
	Name string
}

func newActivation(kind BodyKind, name string) *Activation {
	return &Activation{Kind: kind, Name: name, ByName: map[string]*Variable{}, declares: map[string]bool{},
		mentions: map[string]bool{}, sets: map[string]bool{}}
}

// collector finds the names of activations.
type collector struct {
	*Info
	s     *syntax.File
	diags *source.Diagnostics
}

func (c *collector) body(kind BodyKind, name string, params []*syntax.Param, blocks ...*syntax.Block) *Activation {
	act := newActivation(kind, name)
	act.Params = len(params)
	for _, b := range blocks {
		c.block(act, b, false)
	}
	c.finish(act, params)
	return act
}

func (c *collector) block(act *Activation, b *syntax.Block, inCatch bool) {
	if b == nil {
		return
	}
	for _, s := range b.Steps {
		if s.Waits() && act.Waiting == nil {
			act.Waiting = s
		}
		if call, ok := s.Node.(*syntax.Call); ok && call.Coroutine != nil {
			act.called = append(act.called, call.Coroutine)
		}
		for _, f := range s.Fields {
			if name, ok := f.Value.(*syntax.Name); ok && f.Key.Kind == syntax.ErrorKey {
				c.raised[name.Text] = true
			}
		}
		spawn, _ := s.Node.(*syntax.Spawn)
		c.record(act, s, inCatch, spawn != nil && spawn.Count != nil)
	}
}

// record collects from the fields of a step, a branch, a handler or an entry.
func (c *collector) record(act *Activation, r *syntax.Record, inCatch, indexed bool) {
	for _, f := range r.Fields {
		c.names(act, f)
		switch v := f.Value.(type) {
		case *syntax.Block:
			if f.Key == syntax.EntryDo {
				c.inline(act, r, v, inCatch, indexed)
				continue
			}
			c.block(act, v, inCatch)
		case *syntax.Record, *syntax.Items:
			for _, inner := range syntax.In(v) {
				c.record(act, inner, inCatch, indexed)
			}
		case *syntax.Records:
			for _, item := range v.Items {
				h, handles := item.Node.(*syntax.Handler)
				if handles {
					act.handlers = append(act.handlers, h)
				}
				c.record(act, item, inCatch || handles, indexed)
			}
		}
		if f.Key == syntax.EntryName || f.Key == syntax.NewName || f.Key == syntax.SourceName {
			c.taskName(f.Value, r)
		}
		c.mention(act, f.Value)
	}
}

// names collects the names that a field declares or sets.
func (c *collector) names(act *Activation, f syntax.Field) {
	switch v := f.Value.(type) {
	case *syntax.Name:
		if f.Key.Space == syntax.LocalSpace || f.Key.Space == syntax.TargetSpace {
			c.declare(act, v, f.Key)
		}
	case *syntax.Bindings:
		for _, b := range v.Items {
			if f.Key.Space == syntax.LocalSpace {
				c.declare(act, b.Name, f.Key)
			}
		}
	case *syntax.Targets:
		for _, t := range v.Items {
			act.mentions[t.Path.Name.Text] = true
			if f.Key == syntax.SetKey {
				act.sets[t.Path.Name.Text] = true
			}
		}
	}
}

// mention collects the names that a value mentions.
func (c *collector) mention(act *Activation, v syntax.FieldValue) {
	for _, r := range referencesIn(v) {
		for _, word := range strings.FieldsFunc(r.Text, notOfWords) {
			act.mentions[strings.TrimLeft(word, "0123456789")] = true
		}
	}
	syntax.Exprs(v, nil, func(e *syntax.Expr) {
		if e.Tree != nil {
			e.Tree.Reads(func(name string, _ source.Span) { act.mentions[name] = true })
		}
	})
}

// referencesIn returns the references directly in a value.
func referencesIn(v syntax.FieldValue) []*syntax.Reference {
	var list []*syntax.Reference
	switch v := v.(type) {
	case *syntax.Reference:
		list = append(list, v)
	case *syntax.References:
		list = append(list, v.Items...)
	case *syntax.Items:
		for _, item := range v.Items {
			if r, ok := item.(*syntax.Reference); ok {
				list = append(list, r)
			}
		}
	}
	return list
}

// notOfWords reports whether a character cannot be part of a name, neither in the path of a reference nor in its
// indexes.
func notOfWords(c rune) bool { return c != '_' && !source.IsIdentifier("_"+string(c)) }

func identifierPrefix(text string) string {
	for i := range len(text) {
		if text[i] == '.' || text[i] == '[' {
			return text[:i]
		}
	}
	return text
}

// inline collects the activation of an entry's `do`.
func (c *collector) inline(act *Activation, r *syntax.Record, do *syntax.Block, inCatch, indexed bool) {
	child := newActivation(inlineBody, act.Name)
	child.parent, child.inCatch, child.indexed = act, inCatch || act.inCatch, indexed || act.indexed
	c.inlines[syntax.EntryOf(r)] = child
	act.children = append(act.children, child)
	c.block(child, do, false)
	for m := range child.mentions {
		act.mentions[m] = true
	}
}

// declare makes a name a local of the activation, or reports that it cannot be one.
func (c *collector) declare(act *Activation, name *syntax.Name, key *syntax.Key) {
	global := c.Globals[name.Text]
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
	case global.Kind == expr.SymShared && key.Space == syntax.TargetSpace:
		return
	}
	c.hidden(name, global, "local")
	if key.Name == "let" && global.Kind != expr.SymParam {
		d := &(*c.diags)[len(*c.diags)-1]
		d.Code, d.Hint = CodeLetShared, "use `set` to assign it, or choose another name for a local"
	}
}

// hidden reports a name that would hide another one. other is nil for a name of the language itself.
func (c *collector) hidden(name *syntax.Name, other *Variable, what string) {
	d := source.Diagnostic{Code: CodeHidden, Span: name.Span, Hint: "choose another name"}
	if other == nil {
		d.Message = fmt.Sprintf("`%s` has a meaning of its own: no %s can have its name", name.Text, what)
	} else {
		d.Message = fmt.Sprintf("`%s` is %s: no %s can have its name", name.Text, expr.SymbolWords[other.Kind], what)
		d.Note, d.NoteSpan = "it is declared here", other.Decl
	}
	c.diags.Add(d)
}

// finish assigns the slots of an activation, then those of the inline bodies in it.
func (c *collector) finish(act *Activation, params []*syntax.Param) {
	add := func(name string, decl source.Span, t expr.Type, fixed bool) *Variable {
		v := &Variable{Fixed: fixed}
		v.Symbol = expr.Symbol{Kind: expr.SymLocal, Index: len(act.Locals), Name: name, Type: t, Decl: decl}
		act.Locals = append(act.Locals, v)
		return v
	}
	for _, p := range params {
		if g := c.Globals[p.Name.Text]; g != nil || reserved(p.Name.Text) {
			c.hidden(p.Name, g, "parameter")
		}
		act.ByName[p.Name.Text] = add(p.Name.Text, p.Name.Span, p.Type, true)
	}
	if act.Kind == inlineBody {
		c.copyLocals(act, add)
	}
	for _, name := range act.declared {
		if act.ByName[name.Text] == nil {
			act.ByName[name.Text] = add(name.Text, name.Span, expr.Type{}, false)
		}
	}
	for _, handler := range act.handlers {
		caught := &Variable{Fixed: true}
		caught.Symbol = expr.Symbol{Kind: expr.SymError, Index: -1, Type: expr.ErrorType, Name: "error"}
		if act.mentions["error"] || handler.As != nil {
			caught.Index = len(act.Locals)
			act.Locals = append(act.Locals, caught)
		}
		c.Caught[handler] = caught
	}
	for _, child := range act.children {
		c.finish(child, nil)
	}
}

// copyLocals gives an inline body copies of the surrounding locals that it mentions.
func (c *collector) copyLocals(act *Activation, add func(string, source.Span, expr.Type, bool) *Variable) {
	for _, m := range SortedNames(act.mentions) {
		var from *Variable
		if act.parent != nil {
			from = act.parent.ByName[m]
		}
		switch {
		case m == "error" && act.inCatch:
			act.ByName[m] = add(m, source.Span{}, expr.ErrorType, true)
			act.ByName[m].Kind = expr.SymError
			from = nil
		case m == "index" && act.indexed:
			act.ByName[m] = add(m, source.Span{}, expr.IntType, true)
			from = nil
		case from != nil:
			act.ByName[m] = add(m, from.Decl, from.Type, from.Fixed)
		default:
			continue
		}
		act.Copies = append(act.Copies, copied{from: from, Name: m})
	}
	act.Params = len(act.Copies)
}

// taskName records the name that a task is given.
func (c *collector) taskName(name syntax.FieldValue, r *syntax.Record) {
	v, ok := name.(*syntax.Value)
	if !ok || v.Kind != syntax.Literal || countOf(r) != nil {
		c.computedTasks = true
		return
	}
	c.tasks[syntax.ConstText(v)] = true
}

// countOf returns the `count` of an entry, or nil if it makes one task.
func countOf(r *syntax.Record) *syntax.Value {
	switch n := r.Node.(type) {
	case *syntax.Spawn:
		return n.Count
	case *syntax.Entry:
		return n.Count
	case *syntax.Source:
		return n.Entry.Name
	}
	return nil
}

// maxKnownTasks is the largest `count` of a worker whose task names are kept for checking.
const maxKnownTasks = 10_000

// workerNames records the names of a worker's tasks.
func (c *collector) workerNames(w *syntax.Worker) {
	count := w.Entry.Count
	switch {
	case count == nil:
		c.workerName(w, w.Name.Text)
	case count.Kind == syntax.Literal && count.Const.Kind() == engine.KindInt && count.Const.AsInt() <= maxKnownTasks:
		for i := range max(count.Const.AsInt(), 0) {
			c.workerName(w, w.Name.Text+"-"+strconv.FormatInt(i+1, 10))
		}
	default:
		c.computedTasks = true
	}
}

func (c *collector) workerName(w *syntax.Worker, name string) {
	if c.tasks[name] {
		c.diags.Add(source.Diagnostic{Code: CodeSameTask, Span: w.Name.Span, Hint: "choose another name",
			Message: "two workers are named `" + name + "`"})
	}
	c.tasks[name] = true
}

// Scope holds the names that expressions at one place can use.
type Scope struct {
	*Info
	Act        *Activation    // nil where there are no locals
	Handled    *Variable      // `error`; nil outside handlers
	Index      bool           // `index` can be used: this is in the arguments of a counted entry
	OnlyParams bool           // only run parameters exist so far
	Function   *expr.Function // the function whose value this is; nil elsewhere
	Ranked     bool           // this is the rank of a request: it is no step of a task
}

// Lookup finds what a name stands for.
func (v *Scope) Lookup(name string) (expr.Symbol, bool) {
	switch i := slices.Index(expr.RankedNames, name); {
	case v.Ranked && i >= 0:
		return expr.Symbol{Kind: expr.SymRanked, Index: i, Type: rankedTypes[i], Name: name}, true
	case name == "error" && v.Handled != nil:
		return v.Handled.Symbol, true
	case name == "index" && v.Index:
		return expr.Symbol{Kind: expr.SymIndex, Type: expr.IntType, Name: name}, true
	}
	if v.Function != nil {
		for i, p := range v.Function.Params {
			if p.Name == name {
				return expr.Symbol{Kind: expr.SymArgument, Index: i, Type: p.Type, Name: name}, true
			}
		}
	}
	if v.Act != nil {
		if local := v.Act.ByName[name]; local != nil {
			return local.Symbol, true
		}
	}
	if g := v.Globals[name]; g != nil {
		return g.Symbol, v.exists(g.Kind)
	}
	b, ok := languageNames[name]
	return b, ok && v.exists(b.Kind)
}

// rankedTypes is the types of expr.RankedNames.
var rankedTypes = []expr.Type{expr.FloatType, expr.IntType, expr.FloatType}

// exists reports whether names of a kind that are no locals can be used here.
func (v *Scope) exists(kind expr.SymbolKind) bool {
	switch {
	case v.OnlyParams:
		return kind == expr.SymParam
	case v.Ranked:
		return kind == expr.SymParam || kind == expr.SymShared || kind == expr.SymNow
	}
	return true
}

// forgiving is a Scope in which every name exists if some declarations could not be read.
type forgiving struct{ *Scope }

// Lookup implements expr.Scope.
func (v forgiving) Lookup(name string) (expr.Symbol, bool) {
	s, ok := v.Scope.Lookup(name)
	if !ok && v.mayExist() {
		return expr.Symbol{Kind: expr.SymShared, Type: expr.AnyType, Name: name}, true
	}
	return s, ok
}

// mayExist reports whether unknown names may be declared after all, because some declarations could not be read. Such
// names are not reported.
func (v *Scope) mayExist() bool {
	for act := v.Act; act != nil; act = act.parent {
		if act.lost {
			return true
		}
	}
	for key := range v.lost {
		if key.Declares {
			return true
		}
	}
	return false
}

// Variable returns the variable of that name, or nil if there is none.
func (v *Scope) Variable(name string) *Variable {
	if v.Act != nil {
		if local := v.Act.ByName[name]; local != nil && !reserved(name) {
			return local
		}
	}
	return v.Globals[name]
}

// Names returns every name that can be used, sorted.
func (v *Scope) Names() []string {
	var all []string
	if v.Act != nil {
		for name := range v.Act.ByName {
			all = append(all, name)
		}
	}
	if v.Function != nil {
		for _, p := range v.Function.Params {
			all = append(all, p.Name)
		}
	}
	for name, g := range v.Globals {
		if v.exists(g.Kind) {
			all = append(all, name)
		}
	}
	for name, b := range languageNames {
		if v.exists(b.Kind) {
			all = append(all, name)
		}
	}
	if v.Ranked {
		all = append(all, expr.RankedNames...)
	}
	sort.Strings(all)
	return all
}

// SortedNames returns the keys of a map in order.
func SortedNames[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for name := range m {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}

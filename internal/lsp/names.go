package lsp

import (
	"cmp"
	"slices"
	"strings"

	"runloop/dsl"
	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// mention is one place where a name stands.
type mention struct {
	span   source.Span // without quotes
	text   string
	kind   nameKind
	decl   source.Span // what it names: the place of its first declaration; zero: the language itself, or what is nowhere declared
	symbol expr.Symbol // of a variable, or a name of the language
	typ    expr.Type   // of the value; of a member, of the value before the dot in base
	base   expr.Type
	writes bool // the value is assigned here
	suffix int  // of a task: how many bytes of the name its number takes: work-3
}

// nameKind is the kind of what is named.
type nameKind uint8

const (
	variableName nameKind = iota
	languageName          // now, task …
	coroutineName
	callbackName
	functionName // of the scenario
	builtinName  // a function of the language
	taskName
	memberName // behind a dot
	keyName    // a key of a map that is a value
	caseName
	sourceName
	metricName
)

// sameThing reports whether two mentions name the same.
func (m mention) sameThing(other mention) bool {
	if m.decl == (source.Span{}) {
		return m.kind == other.kind && m.text == other.text && other.decl == (source.Span{})
	}
	return m.kind == other.kind && m.decl == other.decl
}

// isDecl reports whether the name is declared here first.
func (m mention) isDecl() bool { return m.decl == m.span }

// namer collects the mentions of a file.
type namer struct {
	*dsl.Analysis
	found []mention
	tasks map[string]taskDecl
}

// taskDecl is where the name of a task is given.
type taskDecl struct {
	span  source.Span
	entry *syntax.Entry
}

// readNames returns the mentions of a file in their order; none of a file that is not YAML.
func readNames(a *dsl.Analysis) []mention {
	if a.File.Root == nil {
		return nil
	}
	n := &namer{Analysis: a, tasks: map[string]taskDecl{}}
	n.declareTasks()
	eachField(a.File, a.Info, n.field)
	slices.SortStableFunc(n.found, func(a, b mention) int {
		return cmp.Or(cmp.Compare(a.span.Start, b.span.Start), cmp.Compare(a.span.End, b.span.End))
	})
	return slices.CompactFunc(n.found, func(a, b mention) bool { return a.span == b.span })
}

// bare returns a span without the quotes around a name. ok is false if the name is written in another way.
func (n *namer) bare(sp source.Span, name string) (source.Span, bool) {
	switch text := n.File.Source.Text(sp); {
	case text == name:
		return sp, true
	case len(text) == len(name)+2 && text[1:len(text)-1] == name:
		return source.Span{Start: sp.Start + 1, End: sp.End - 1}, true
	}
	return sp, false
}

func (n *namer) add(sp source.Span, m mention) {
	if n.File.Source.PartAt(sp.Start) > 0 {
		return // it is in an included file
	}
	if sp, ok := n.bare(sp, m.text); ok && sp.End > sp.Start {
		m.span = sp
		n.found = append(n.found, m)
	}
}

// declareTasks finds where tasks get their names.
func (n *namer) declareTasks() {
	declare := func(name *syntax.Name, e *syntax.Entry) {
		sp, ok := n.bare(name.Span, name.Text)
		if _, known := n.tasks[name.Text]; ok && !known {
			n.tasks[name.Text] = taskDecl{span: sp, entry: e}
		}
	}
	for _, w := range n.File.Workers {
		declare(w.Name, w.Entry)
	}
	eachField(n.File, n.Info, func(_ check.Scope, r *syntax.Record, f syntax.Field) {
		if v, ok := f.Value.(*syntax.Value); ok && f.Key == syntax.EntryName && v.Kind == syntax.Literal {
			declare(&syntax.Name{Span: v.Span, Text: syntax.ConstText(v)}, syntax.EntryOf(r))
		}
	})
}

// task adds a mention of a task.
func (n *namer) task(sp source.Span, name string, writes bool) {
	m := mention{text: name, kind: taskName, typ: expr.TaskType, writes: writes}
	decl, known := n.tasks[name]
	if base, _, numbered := cutLast(name, "-"); !known && numbered { // of a counted entry
		if decl, known = n.tasks[base]; known && decl.entry != nil && decl.entry.Counted() {
			m.suffix = len(name) - len(base)
		} else {
			decl = taskDecl{}
		}
	}
	m.decl = decl.span
	n.add(sp, m)
}

func cutLast(text, sep string) (before, after string, found bool) {
	i := strings.LastIndex(text, sep)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+len(sep):], true
}

// variable adds a mention of a variable, if there is one of that name.
func (n *namer) variable(sc check.Scope, name *syntax.Name, writes bool) {
	if name == nil {
		return
	}
	if v := sc.Variable(name.Text); v != nil {
		n.symbol(name.Span, v.Symbol, writes)
	}
}

// symbol adds a mention of a variable.
func (n *namer) symbol(sp source.Span, s expr.Symbol, writes bool) {
	m := mention{text: s.Name, kind: variableName, symbol: s, typ: s.Type, writes: writes}
	if m.decl, _ = n.bare(s.Decl, s.Name); s.Decl == (source.Span{}) {
		m.kind = languageName
	}
	n.add(sp, m)
}

// definition adds a mention of a coroutine or a callback.
func (n *namer) definition(sp source.Span, name string, kind nameKind, list map[string]*syntax.Definition) {
	m := mention{text: name, kind: kind}
	if d := list[name]; d != nil {
		m.decl, _ = n.bare(d.Name.Span, name)
		n.add(sp, m)
	}
}

// field adds the names in the value of a field.
func (n *namer) field(sc check.Scope, r *syntax.Record, f syntax.Field) {
	switch v := f.Value.(type) {
	case *syntax.Name:
		n.name(sc, f.Key, v)
	case *syntax.Bindings:
		for _, b := range v.Items {
			n.bound(sc, r, f.Key, b.Name)
		}
	case *syntax.Targets:
		for _, t := range v.Items {
			n.path(sc, t.Path)
		}
	case *syntax.Objects:
		for _, o := range v.Items {
			n.global(o.Name)
		}
	case *syntax.Params:
		n.params(r, v)
	case *syntax.Definitions:
		for _, d := range v.Items {
			n.declared(f.Key, d.Name)
		}
	case *syntax.Value:
		if f.Key == syntax.EntryName && v.Kind == syntax.Literal {
			n.task(v.Span, syntax.ConstText(v), true)
		}
	}
	for _, ref := range references(f.Value) {
		if ref.Expr == nil {
			n.reference(sc, ref)
		}
	}
	syntax.Exprs(f.Value, nil, func(e *syntax.Expr) { n.expression(sc, e) })
}

// path adds the names of a place in a variable.
func (n *namer) path(sc check.Scope, p *syntax.Path) {
	n.variable(sc, p.Name, true)
	base := expr.AnyType
	if v := sc.Variable(p.Name.Text); v != nil {
		base = v.Type
	}
	for _, e := range p.Elems {
		if sp, ok := n.bare(e.Span, "."+e.Key); ok && e.Index == nil {
			n.add(source.Span{Start: sp.Start + 1, End: sp.End}, mention{text: e.Key, kind: memberName, base: base})
		}
		base = base.Element()
	}
}

// references returns the references right in a value.
func references(v syntax.FieldValue) []*syntax.Reference {
	switch v := v.(type) {
	case *syntax.Reference:
		return []*syntax.Reference{v}
	case *syntax.References:
		return v.Items
	case *syntax.Items:
		var list []*syntax.Reference
		for _, item := range v.Items {
			if r, ok := item.(*syntax.Reference); ok {
				list = append(list, r)
			}
		}
		return list
	}
	return nil
}

// name adds the bare name that is the value of a key.
func (n *namer) name(sc check.Scope, key *syntax.Key, name *syntax.Name) {
	switch {
	case key.Space == syntax.CoroutineSpace, key.Kind == syntax.EntryKey:
		n.definition(name.Span, name.Text, coroutineName, n.Info.Coroutines)
	case key.Space == syntax.CallbackSpace:
		n.definition(name.Span, name.Text, callbackName, n.Info.Callbacks)
	case key.Space == syntax.LocalSpace, key.Space == syntax.TargetSpace, key.Space == syntax.ContextSpace:
		n.variable(sc, name, true)
	}
}

// bound adds a name that gets a value.
func (n *namer) bound(sc check.Scope, r *syntax.Record, key *syntax.Key, name *syntax.Name) {
	switch key.Space {
	case syntax.LocalSpace, syntax.ContextSpace:
		n.variable(sc, name, true)
	case syntax.SharedSpace:
		n.global(name)
	case syntax.MetricSpace:
		n.metric(name.Span, name.Text)
	case syntax.ArgumentSpace:
		if _, isCase := r.Node.(*syntax.Case); isCase {
			n.variable(check.Scope{Info: n.Info}, name, true)
			return
		}
		for _, p := range n.paramsOf(r) {
			if p.Name.Text == name.Text {
				n.param(name.Span, p, true)
			}
		}
	}
}

// paramsOf returns the parameters of what a step or an entry calls.
func (n *namer) paramsOf(r *syntax.Record) []*syntax.Param {
	for _, f := range r.Fields {
		name, ok := f.Value.(*syntax.Name)
		if !ok {
			continue
		}
		switch {
		case f.Key.Space == syntax.CallbackSpace && n.Info.Callbacks[name.Text] != nil:
			return n.Info.Callbacks[name.Text].Params
		case (f.Key.Space == syntax.CoroutineSpace || f.Key.Kind == syntax.EntryKey) && n.Info.Coroutines[name.Text] != nil:
			return n.Info.Coroutines[name.Text].Params
		}
	}
	return nil
}

// param adds a mention of a parameter of a coroutine or a callback.
func (n *namer) param(sp source.Span, p *syntax.Param, writes bool) {
	n.symbol(sp, expr.Symbol{Kind: expr.SymLocal, Type: p.Type, Name: p.Name.Text, Decl: p.Name.Span}, writes)
}

// params adds the parameters that a definition, a function or the file declares.
func (n *namer) params(r *syntax.Record, params *syntax.Params) {
	for _, p := range params.Items {
		if _, ofFile := r.Node.(*syntax.File); ofFile {
			n.global(p.Name)
		} else {
			n.param(p.Name.Span, p, true)
		}
	}
}

// global adds the declaration of a variable of the whole file.
func (n *namer) global(name *syntax.Name) { n.variable(check.Scope{Info: n.Info}, name, true) }

// declared adds a name that stands before a definition.
func (n *namer) declared(key *syntax.Key, name *syntax.Name) {
	switch key.Space {
	case syntax.CoroutineSpace:
		n.definition(name.Span, name.Text, coroutineName, n.Info.Coroutines)
	case syntax.CallbackSpace:
		n.definition(name.Span, name.Text, callbackName, n.Info.Callbacks)
	case syntax.FunctionSpace:
		n.add(name.Span, mention{text: name.Text, kind: functionName, decl: n.functionDecl(name.Text)})
	case syntax.TaskSpace:
		n.task(name.Span, name.Text, key == syntax.WorkersKey)
	case syntax.SourceSpace:
		n.source(name.Span, name.Text)
	case syntax.MetricSpace:
		n.metricEntry(name)
	case syntax.CaseSpace:
		sp, _ := n.bare(name.Span, name.Text)
		n.add(name.Span, mention{text: name.Text, kind: caseName, decl: sp})
	}
}

// source adds a mention of a source.
func (n *namer) source(sp source.Span, name string) {
	for _, s := range n.File.Sources {
		if s.Title.Text == name {
			m := mention{text: name, kind: sourceName}
			m.decl, _ = n.bare(s.Title.Span, name)
			n.add(sp, m)
			return
		}
	}
}

// metric adds a mention of a metric of the scenario, and reports whether there is one of that name.
func (n *namer) metric(sp source.Span, name string) bool {
	for _, d := range n.File.Metrics {
		if d.Name.Text == name && d.Automatic() == nil {
			m := mention{text: name, kind: metricName}
			m.decl, _ = n.bare(d.Name.Span, name)
			n.add(sp, m)
			return true
		}
	}
	return false
}

// measured adds a coroutine, a worker or a source whose statistics are read, and reports whether a mention names one.
func (n *namer) measured(m expr.Mention) bool {
	switch {
	case m.Of == "metrics.tasks" && n.Info.Coroutines[m.Text] != nil:
		n.definition(m.Span, m.Text, coroutineName, n.Info.Coroutines)
	case m.Of == "metrics.tasks" && n.tasks[m.Text].entry != nil:
		n.task(m.Span, m.Text, false)
	case m.Of == "metrics.tasks", m.Of == "metrics.sources":
		n.source(m.Span, m.Text)
	default:
		return false
	}
	return true
}

// metricEntry adds the names in that of an entry of `metrics`: of a metric, or of an object, a coroutine or a worker, of one that gives
// options.
func (n *namer) metricEntry(name *syntax.Name) {
	owner, rest, dotted := strings.Cut(name.Text, ".")
	if !dotted {
		n.metric(name.Span, name.Text)
		return
	}
	sp, ok := n.bare(name.Span, name.Text)
	switch {
	case !ok:
	case owner == "tasks", owner == "sources":
		of, _, _ := strings.Cut(rest, ".")
		from := sp.Start + len(owner) + 1
		n.measured(expr.Mention{Text: of, Span: source.Span{Start: from, End: from + len(of)}, Of: "metrics." + owner})
	default:
		n.variable(check.Scope{Info: n.Info}, &syntax.Name{Span: source.Span{Start: sp.Start, End: sp.Start + len(owner)}, Text: owner}, false)
	}
}

// functionDecl returns where a function of the scenario is declared.
func (n *namer) functionDecl(name string) source.Span {
	for _, d := range n.File.Functions {
		if d.Name.Text == name {
			sp, _ := n.bare(d.Name.Span, name)
			return sp
		}
	}
	return source.Span{}
}

// reference adds what a bare reference names.
func (n *namer) reference(sc check.Scope, r *syntax.Reference) {
	switch e := n.Info.ExprOf(r); {
	case n.Info.CallbackOf(r) != nil:
		n.definition(r.Span, r.Text, callbackName, n.Info.Callbacks)
	case n.Info.SourceOf(r) != nil:
		n.source(r.Span, r.Text)
	case e == nil:
	case e == r.Path:
		n.expression(sc, e)
	default:
		n.task(r.Span, r.Text, false)
	}
}

// expression adds the names in an expression.
func (n *namer) expression(sc check.Scope, e *syntax.Expr) {
	if e == nil || e.Tree == nil {
		return
	}
	e.Tree.Mentions(n.Info.Facts, func(m expr.Mention) {
		switch m.Kind {
		case expr.VariableMention:
			n.read(sc, m)
		case expr.FunctionMention:
			if n.Info.Functions[m.Text] != nil {
				n.add(m.Span, mention{text: m.Text, kind: functionName, decl: n.functionDecl(m.Text), typ: m.Type})
			} else if expr.IsBuiltin(m.Text) {
				n.add(m.Span, mention{text: m.Text, kind: builtinName, typ: m.Type})
			}
		case expr.MemberMention:
			if m.Of == "metrics" && sc.Variable(m.Of) == nil && n.metric(m.Span, m.Text) || n.measured(m) {
				return
			}
			out := mention{text: m.Text, kind: memberName, typ: m.Type, base: m.Base}
			if m.Of == "loop" || m.Of == "datetime" {
				out.symbol.Name = m.Of
			}
			n.add(m.Span, out)
		case expr.TaskMention:
			n.task(m.Span, m.Text, false)
		case expr.KeyMention:
			n.add(m.Span, mention{text: m.Text, kind: keyName, typ: m.Type})
		}
	})
}

// read adds a variable that an expression reads.
func (n *namer) read(sc check.Scope, m expr.Mention) {
	if m.Symbol == nil {
		return
	}
	s := *m.Symbol
	s.Name = m.Text
	if s.Kind == expr.SymArgument && sc.Function != nil {
		for _, d := range n.File.Functions {
			if d.Name.Text == sc.Function.Name && s.Index < len(d.Params) {
				s.Decl = d.Params[s.Index].Name.Span
			}
		}
	}
	if s.Type.Kind == expr.TypeUnknown {
		s.Type = m.Type
	}
	n.symbol(m.Span, s, false)
}

// names returns the mentions of the document: those of the latest text that could be read have no place in it, so a text
// that is not YAML has none.
func (d *document) names() []mention {
	a := d.analyze()
	if d.named != a {
		d.named, d.mentions = a, readNames(a)
	}
	return d.mentions
}

// nameAt returns the name at an offset, which may be at its end.
func (d *document) nameAt(offset int) (mention, bool) {
	list := d.names()
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].span.Start <= offset && offset <= list[i].span.End {
			return list[i], true
		}
	}
	return mention{}, false
}

// same returns the mentions of what a name names.
func (d *document) same(m mention) []mention {
	var list []mention
	for _, other := range d.names() {
		if m.sameThing(other) {
			list = append(list, other)
		}
	}
	return list
}

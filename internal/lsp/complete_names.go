package lsp

import (
	"bytes"
	"slices"
	"strings"

	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// languageDocs says what the names of the language are.
var languageDocs = [][2]string{
	{"now", "the loop time in seconds"},
	{"task", "the task that runs this step"},
	{"tasks", "all tasks: `tasks[\"name\"]`"},
	{"loop", "the loop: `loop.time`, `loop.type`, `loop.id`"},
	{"datetime", "what the clock shows: `datetime.year` …"},
	{"metrics", "the statistics up to now: `metrics.desk.wait.mean` …"},
	{"pi", "the number π"},
	{"error", "the error that was caught"},
	{"index", "the index, from 0, of the task that is being created"},
}

// docOfLanguage returns what a name of the language is, "": it is none.
func docOfLanguage(name string) string {
	for _, d := range languageDocs {
		if d[0] == name {
			return d[1]
		}
	}
	return ""
}

// typeText returns a type for people.
func typeText(t expr.Type) string { return check.Known(t).String() }

// variables offers the variables whose values may be of some types; no types: any.
func (f *completer) variables(types []expr.TypeKind, change func(*candidate)) {
	for _, v := range f.known() {
		for _, name := range v.scope.Names() {
			symbol, _ := v.scope.Lookup(name)
			if docOfLanguage(name) != "" && symbol.Kind != expr.SymLocal {
				continue
			}
			if !mayGive(symbol.Type, types) {
				continue
			}
			c := candidate{label: name, kind: kindVariable, detail: typeText(symbol.Type), doc: v.docOf(symbol), rank: rankNames}
			if symbol.Type.Open() && len(types) > 0 {
				c.rank = rankUsed
			}
			change(&c)
			f.add(c)
		}
	}
}

// mayGive reports whether a value of a type, or an element of it, may be of one of some kinds; none: any.
func mayGive(t expr.Type, kinds []expr.TypeKind) bool {
	return len(kinds) == 0 || slices.ContainsFunc(kinds, func(k expr.TypeKind) bool {
		want := expr.Type{Kind: k}
		return expr.Assignable(t, want) || t.Elem != nil && expr.Assignable(*t.Elem, want)
	})
}

// docOf returns what a variable is, and its first value.
func (v *view) docOf(s expr.Symbol) string {
	if doc := docOfLanguage(s.Name); doc != "" && s.Kind != expr.SymLocal {
		return doc
	}
	doc := "a parameter"
	if int(s.Kind) < len(expr.SymbolWords) && expr.SymbolWords[s.Kind] != "" {
		doc = expr.SymbolWords[s.Kind]
	}
	value := func(x *syntax.Value) {
		if x != nil {
			doc += ", first `" + oneLine(v.File.Source.Text(x.Span)) + "`"
		}
	}
	switch s.Kind {
	case expr.SymShared:
		value(v.File.Shared[s.Index].Value)
	case expr.SymContext:
		value(v.File.Context[s.Index].Value)
	case expr.SymParam:
		p := v.File.Params[s.Index]
		if value(p.Default); p.Description != "" {
			doc += ": " + p.Description
		}
	}
	return doc
}

// oneLine returns the beginning of a text in one line, without what would end a piece of code in Markdown.
func oneLine(text string) string {
	const most = 80
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, "`", "'")), " ")
	if chars := []rune(text); len(chars) > most {
		return string(chars[:most]) + "…"
	}
	return text
}

// assignables offers the variables that a step can assign.
func (f *completer) assignables(change func(*candidate)) {
	for _, v := range f.known() {
		for _, name := range v.scope.Names() {
			variable := v.scope.Variable(name)
			if variable == nil || variable.Kind == expr.SymParam || variable.Kind == expr.SymObject || docOfLanguage(name) != "" {
				continue
			}
			c := candidate{label: name, kind: kindVariable, detail: typeText(variable.Type), doc: v.docOf(variable.Symbol), rank: rankNames}
			change(&c)
			f.add(c)
		}
	}
}

// named offers the names of a name space of the whole file.
func (f *completer) named(space syntax.Space) {
	for _, v := range f.known() {
		switch space {
		case syntax.CoroutineSpace:
			f.definitions(v.File.Coroutines, "coroutine")
		case syntax.CallbackSpace:
			f.definitions(v.File.Callbacks, "callback")
		case syntax.MetricSpace:
			for _, m := range v.File.Metrics {
				if m.Automatic() == nil {
					f.add(candidate{label: m.Name.Text, kind: kindVariable, detail: engine.MetricKindWords[m.Counts()], doc: "a metric", rank: rankNames})
				}
			}
		case syntax.ContextSpace:
			for _, x := range v.File.Context {
				g := v.Info.Globals[x.Name.Text]
				if g != nil {
					f.add(candidate{label: x.Name.Text, kind: kindVariable, detail: typeText(g.Type), doc: v.docOf(g.Symbol), rank: rankNames})
				}
			}
		}
	}
}

func (f *completer) definitions(list []*syntax.Definition, what string) {
	for _, d := range list {
		f.whole(candidate{label: d.Name.Text, kind: kindFunction, detail: what + paramList(d.Params), rank: rankNames,
			doc: syntax.ConstText(d.Description)})
	}
}

// paramList returns parameters for people: "(n int, delay? duration)".
func paramList(params []*syntax.Param) string {
	parts := make([]string, len(params))
	for i, p := range params {
		optional := ""
		if p.Default != nil {
			optional = "?"
		}
		parts[i] = p.Name.Text + optional + " " + p.TypeWord()
	}
	return "(" + strings.Join(parts, ", ") + ")"
}

// arguments offers the parameters of what the step around the cursor calls; in a case, those of the run.
func (f *completer) arguments(change func(*candidate)) {
	called := ""
	for i := len(f.path) - 1; i >= 0 && called == ""; i-- { // the map that holds `with`
		if f.path[i].in.kind == mapOutline && f.path[i].entry().text == "with" {
			called = callOf(f.path[i].in)
		}
	}
	for _, v := range f.known() {
		params := v.File.Params
		if called != "" {
			params = nil
			for _, d := range slices.Concat(v.File.Coroutines, v.File.Callbacks) {
				if d.Name.Text == called {
					params = d.Params
				}
			}
		}
		at := f.path[len(f.path)-1]
		for _, p := range params {
			if at.key && slices.ContainsFunc(at.in.entries, func(e entry) bool { return e.text == p.Name.Text && e.start != at.entry().start }) {
				continue
			}
			c := candidate{label: p.Name.Text, kind: kindField, detail: p.TypeWord(), doc: p.Description, rank: rankNames}
			change(&c)
			f.add(c)
		}
	}
}

// callOf returns the name of what a step or an entry calls.
func callOf(o *outline) string {
	for i := range o.entries {
		e := &o.entries[i]
		switch e.text {
		case "call", "spawn", "call_soon", "call_later", "call_at":
			if e.value != nil && e.value.kind == scalarOutline {
				return e.value.word
			}
		}
	}
	return ""
}

// reference completes the name of a task, a handle or an object, or an expression that gives one.
func (f *completer) reference(key *syntax.Key) {
	text := f.cursor.written()
	if inside, ok := inTemplate(text); ok {
		f.expression(inside)
		return
	}
	if strings.ContainsAny(text, ".[") {
		f.expression(text)
		return
	}
	types := key.Types
	from := len(f.found)
	f.variables(types, func(*candidate) {})
	isTask := len(types) == 0 || slices.Contains(types, expr.TypeTask)
	for _, v := range f.known() {
		if isTask {
			for _, name := range v.Info.TaskNames() {
				f.add(candidate{label: name, kind: kindModule, detail: "task", rank: rankNames})
			}
		}
		if key == syntax.CancelKey {
			f.definitions(v.File.Callbacks, "callback")
			for _, s := range v.File.Sources {
				f.add(candidate{label: s.Title.Text, kind: kindFunction, detail: "source", rank: rankNames})
			}
		}
		if isTask && v.scope.Act != nil {
			f.add(candidate{label: "task", kind: kindVariable, detail: "task", doc: docOfLanguage("task"), rank: rankOthers})
		}
	}
	if len(f.found) > from {
		f.widen()
	}
}

// places completes a place inside a variable.
func (f *completer) places() {
	text := f.cursor.written()
	if strings.ContainsAny(text, ".[") {
		f.expression(text)
		return
	}
	f.assignables(func(*candidate) {})
}

// expression completes what is typed at the end of an expression.
func (f *completer) expression(text string) {
	t := readTyping(text)
	switch t.kind {
	case typingName:
		f.prefix = t.prefix
		f.variables(nil, func(*candidate) {})
		f.languageNames()
		f.functions()
		f.operators(t)
	case typingMember:
		f.members(t)
	case typingText:
		f.texts(t)
	}
}

func (f *completer) languageNames() {
	for _, v := range f.known() {
		for _, d := range languageDocs {
			_, found := v.scope.Lookup(d[0])
			if found || d[0] == "pi" || d[0] == "datetime" || d[0] == "metrics" {
				detail := ""
				if d[0] != "tasks" && d[0] != "loop" && d[0] != "datetime" && d[0] != "metrics" {
					detail = typeText(v.scope.TypeOf(d[0]))
				}
				f.add(candidate{label: d[0], kind: kindConstant, detail: detail, doc: d[1], rank: rankNames})
			}
		}
	}
}

// commonFunctions are the functions that scenarios use most.
var commonFunctions = []string{"len", "round", "format", "string", "int", "strftime", "sum", "filter", "map", "sort", "join",
	"first", "last", "min", "max", "abs", "floor", "split", "uniform", "exponential", "choice", "randint", "chance", "is_error",
	"range", "all", "any", "count", "keys", "values", "reverse", "upper", "lower", "float", "find", "mean", "toJSON", "concat"}

// functions offers the functions of the scenario and of the language.
func (f *completer) functions() {
	add := func(name, signature, doc string, rank int) {
		c := candidate{label: name, kind: kindFunction, detail: strings.TrimPrefix(signature, name), doc: doc, rank: rank}
		if !bytes.HasPrefix(f.d.text[f.word.End:], []byte("(")) {
			c.insert, c.hole, c.fill = name+"(", ")", true
		}
		f.add(c)
	}
	for _, v := range f.known() {
		for _, d := range v.File.Functions {
			if fn := v.Info.Functions[d.Name.Text]; fn != nil {
				add(fn.Name, fn.Signature(), syntax.ConstText(d.Description), rankNames)
			}
		}
	}
	for _, b := range expr.Builtins() {
		rank := rankOthers
		switch {
		case bytes.Contains(f.d.text, []byte(b.Name()+"(")):
			rank = rankUsed
		case slices.Contains(commonFunctions, b.Name()):
			rank = rankCommon
		}
		add(b.Name(), b.Signature, b.Doc, rank)
	}
}

// operatorWords are the operators and values that are words.
var operatorWords = []string{"and", "or", "not", "in", "true", "false", "null", "contains", "startsWith", "endsWith", "matches"}

func (f *completer) operators(t typing) {
	for _, w := range operatorWords {
		f.add(candidate{label: w, kind: kindKeyword, rank: rankWords})
	}
	if len(t.calls) > 0 && t.prefix == "" {
		f.add(candidate{label: "#", kind: kindVariable, doc: "the element that the predicate looks at", rank: rankWords})
	}
}

// members offers what a value has.
func (f *completer) members(t typing) {
	f.prefix = t.prefix
	base := t.base
	if strings.HasPrefix(base, "#") && len(t.calls) > 0 { // an element of the list that the call goes through
		base = "(" + t.calls[len(t.calls)-1].first + ")[0]" + strings.TrimPrefix(base, "#")
	}
	attributes := func(list []expr.Attribute, rank int) {
		for i, a := range list {
			f.add(candidate{label: a.Name, kind: kindField, detail: typeText(a.Typ), doc: a.Doc, rank: rank + i})
		}
	}
	switch base {
	case "loop":
		attributes(expr.LoopAttributes, rankFirst)
		return
	case "datetime":
		attributes(expr.DatetimeAttributes, rankFirst)
		return
	}
	for _, v := range f.known() {
		if _, hidden := v.scope.Lookup("metrics"); !hidden && v.Info.Metrics != nil && (base == "metrics" || strings.HasPrefix(base, "metrics.")) {
			for i, name := range v.Info.Metrics.After(base) {
				f.add(candidate{label: name, kind: kindField, rank: rankFirst + i})
			}
			continue
		}
		typ := v.scope.TypeOf(base)
		attributes(expr.Attributes[typ.Kind], rankFirst)
		if typ.Kind == expr.TypeMap || typ.Open() {
			f.mapKeys(v, base, func(name string) {
				f.add(candidate{label: name, kind: kindField, detail: typeText(typ.Element()), rank: rankFirst})
			})
		}
		if typ.Open() {
			for _, list := range expr.Attributes {
				attributes(list, rankLast)
			}
		}
	}
}

// mapKeys calls add for the keys that maps of the file are seen to have: in values, in expressions and behind dots. Those of
// the variable itself come first.
func (f *completer) mapKeys(v view, base string, add func(name string)) {
	var others []string
	if g := v.Info.Globals[base]; g != nil && g.Kind == expr.SymShared {
		if value := v.File.Shared[g.Index].Value; value != nil && value.Kind == syntax.MapValue {
			for _, key := range value.Keys {
				add(key)
			}
		}
	}
	v.eachMention(func(m expr.Mention) {
		switch {
		case m.Kind == expr.MemberMention && m.Of == base && m.Of != "":
			add(m.Text)
		case m.Kind == expr.KeyMention, m.Kind == expr.MemberMention && (m.Base.Kind == expr.TypeMap || m.Base.Open()):
			others = append(others, m.Text)
		}
	})
	eachField(v.File, v.Info, func(_ check.Scope, _ *syntax.Record, field syntax.Field) {
		eachValue(field.Value, func(value *syntax.Value) {
			if value.Kind == syntax.MapValue {
				others = append(others, value.Keys...)
			}
		})
	})
	for _, key := range others {
		add(key)
	}
}

// eachMention calls visit for every name in the expressions of the file.
func (v *view) eachMention(visit func(expr.Mention)) {
	eachField(v.File, v.Info, func(_ check.Scope, _ *syntax.Record, field syntax.Field) {
		syntax.Exprs(field.Value, v.Info.ExprOf, func(e *syntax.Expr) {
			if e.Tree != nil {
				e.Tree.Mentions(v.Info.Facts, visit)
			}
		})
	})
}

// texts completes a text in quotes that names something: a task, or a key of a map.
func (f *completer) texts(t typing) {
	start := f.offset - len(t.prefix)
	if t.base == "" || start < 0 || string(f.d.text[start:f.offset]) != t.prefix {
		return
	}
	end := f.offset
	for end < len(f.d.text) && (isWordByte(f.d.text[end]) || f.d.text[end] == '-') {
		end++
	}
	f.word.Start, f.word.End, f.prefix = start, end, t.prefix
	for _, v := range f.known() {
		if t.base != "tasks" {
			f.mapKeys(v, t.base, func(name string) { f.add(candidate{label: name, kind: kindField, rank: rankFirst}) })
			continue
		}
		for _, name := range v.Info.TaskNames() {
			f.add(candidate{label: name, kind: kindModule, detail: "task", rank: rankNames})
		}
		v.eachMention(func(m expr.Mention) { // names of tasks may be computed
			if m.Kind == expr.TaskMention && m.Text != f.prefix {
				f.add(candidate{label: m.Text, kind: kindModule, detail: "task", rank: rankUsed})
			}
		})
	}
}

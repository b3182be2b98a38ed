package lsp

import (
	"fmt"
	"strconv"
	"strings"

	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

type hover struct {
	Contents markup    `json:"contents"`
	Range    textRange `json:"range"`
}

// hover says what stands at a place: a name with its type, value and declaration, a key or a verb with its documentation,
// or a time in seconds.
func (s *Server) hover(p positionParams) (any, error) {
	d, offset, err := s.at(p)
	if err != nil {
		return nil, err
	}
	if m, ok := d.nameAt(offset); ok {
		if text := d.describe(m); text != "" {
			return hover{markup{"markdown", text}, s.rangeOf(d, m.span)}, nil
		}
	}
	if text, sp := d.describeTime(offset); text != "" {
		return hover{markup{"markdown", text}, s.rangeOf(d, sp)}, nil
	}
	if text, sp := d.describeKey(offset); text != "" {
		return hover{markup{"markdown", text}, s.rangeOf(d, sp)}, nil
	}
	return nil, nil
}

// code returns a line as code of the language.
func code(text string) string { return "```runloop\n" + text + "\n```" }

// describe says what a name names, in Markdown.
func (d *document) describe(m mention) string {
	a := d.analyze()
	parts := []string{}
	v := view{a, check.Scope{Info: a.Info}}
	switch m.kind {
	case variableName:
		parts = append(parts, code(m.text+": "+typeText(m.typ)), v.docOf(m.symbol))
	case languageName:
		head := m.text
		if m.text != "tasks" && m.text != "loop" && m.text != "datetime" && m.text != "metrics" {
			head += ": " + typeText(m.typ)
		}
		parts = append(parts, code(head), docOfLanguage(m.text))
	case coroutineName, callbackName:
		list, what := a.Info.Coroutines, "coroutine "
		if m.kind == callbackName {
			list, what = a.Info.Callbacks, "callback "
		}
		if def := list[m.text]; def != nil {
			result := ""
			if t := a.Info.BodyOf(def).Result; m.kind == coroutineName && t.Kind != expr.TypeUnknown {
				result = " " + typeText(t)
			}
			parts = append(parts, code(what+m.text+paramList(def.Params)+result), syntax.ConstText(def.Description), describeParams(def.Params))
		}
	case functionName:
		for _, def := range a.File.Functions {
			if f := a.Info.Functions[m.text]; f != nil && def.Name.Text == m.text {
				parts = append(parts, code(f.Signature()), syntax.ConstText(def.Description))
			}
		}
	case builtinName:
		if b := builtinNamed(m.text); b != nil {
			parts = append(parts, code(b.Signature), b.Doc)
		}
	case sourceName:
		parts = append(parts, code("source "+m.text), "Its tasks are `"+m.text+"-1`, `"+m.text+"-2` …")
	case taskName:
		parts = append(parts, code("task "+m.text), d.describeTask(m))
	case memberName:
		parts = append(parts, d.describeMember(m)...)
	case metricName:
		for _, def := range a.File.Metrics {
			if def.Name.Text == m.text {
				parts = append(parts, code("metric "+m.text+": "+engine.MetricKindWords[def.Counts()]))
			}
		}
	default:
		return ""
	}
	if m.decl != (source.Span{}) && !m.isDecl() {
		parts = append(parts, "Declared in "+declaredIn(a.File.Source.Pos(m.decl.Start), d.includedFile(m.decl))+".")
	}
	return join(parts)
}

// join puts parts that are not empty below each other.
func join(parts []string) string {
	var kept []string
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "\n\n")
}

// describeParams lists the parameters that have a description.
func describeParams(params []*syntax.Param) string {
	var lines []string
	for _, p := range params {
		if p.Description != "" {
			lines = append(lines, "- `"+p.Name.Text+"`: "+p.Description)
		}
	}
	return strings.Join(lines, "\n")
}

// builtinNamed returns the function of the language of that name, nil: there is none.
func builtinNamed(name string) *expr.Builtin {
	for _, b := range expr.Builtins() {
		if b.Name() == name {
			return b
		}
	}
	return nil
}

// describeTask says what the task of a name runs.
func (d *document) describeTask(m mention) string {
	if m.decl == (source.Span{}) {
		return ""
	}
	n := namer{Analysis: d.analyze(), tasks: map[string]taskDecl{}}
	n.declareTasks()
	decl := n.tasks[m.text[:len(m.text)-m.suffix]]
	if decl.entry == nil || decl.entry.Coroutine == nil {
		return ""
	}
	return "It runs the coroutine `" + decl.entry.Coroutine.Text + "`."
}

func (d *document) describeMember(m mention) []string {
	list := expr.Attributes[m.base.Kind]
	switch m.symbol.Name {
	case "loop":
		list = expr.LoopAttributes
	case "datetime":
		list = expr.DatetimeAttributes
	}
	for _, a := range list {
		if a.Name == m.text {
			return []string{code(m.text + ": " + typeText(a.Typ)), a.Doc}
		}
	}
	if m.base.Kind == expr.TypeMap {
		return []string{code(m.text + ": " + typeText(m.base.Element())), "a key of a map"}
	}
	return nil
}

// describeTime says how many seconds a duration is.
func (d *document) describeTime(offset int) (text string, at source.Span) {
	a := d.analyze()
	if a.File.Root == nil {
		return "", at
	}
	say := func(sp source.Span, seconds float64) {
		if sp.Start > offset || offset > sp.End || sp.End > len(d.text) {
			return
		}
		if written := d.string(sp); strings.ContainsAny(written, "nsumhd") {
			text, at = "`"+written+"` is "+strconv.FormatFloat(seconds, 'f', -1, 64)+" seconds", sp
		}
	}
	eachField(a.File, a.Info, func(_ check.Scope, _ *syntax.Record, f syntax.Field) {
		if v, ok := f.Value.(*syntax.Duration); ok && v.Expr == nil {
			say(v.Span, engine.Seconds(v.Nanos))
		}
		eachValue(f.Value, func(v *syntax.Value) {
			if n, ok := v.Const.Number(); ok && v.Kind == syntax.Literal && v.Unit != "" {
				say(v.Span, n)
			}
		})
	})
	return text, at
}

// describeKey says what the key or the verb at an offset is for.
func (d *document) describeKey(offset int) (text string, at source.Span) {
	root := readOutline(d.text)
	if root == nil {
		return "", at
	}
	path, leaf, ok := root.path(offset)
	if !ok {
		return "", at
	}
	s := slotAt(path)
	if leaf != nil { // a verb without a value
		if v := syntax.VerbNamed(leaf.word); s.kind == stepSlot && v != nil && v.Bare {
			return verbDoc(v), leaf.span
		}
		if s.kind == valueSlot && s.key.Kind == syntax.WordKey {
			return keyDoc(s.key), leaf.span
		}
		return "", at
	}
	last := path[len(path)-1]
	e := last.entry()
	var keys []*syntax.Key
	switch s.kind {
	case stepSlot:
		verb := verbOf(last.in, nil)
		if verb == nil {
			return "", at
		}
		if verb.Name == e.text {
			return join([]string{verbDoc(verb), keyText(verb.Keys[0])}), e.key
		}
		keys = verb.Keys
	case recordSlot:
		keys = s.keys
	case valueSlot:
		keys = s.key.Keys
		if s.key.Kind == syntax.ItemsKey {
			keys = keysOfItem(s.key, s.item)
		}
		if s.key.Kind == syntax.NamedKey || (s.key.Kind == syntax.ObjectsKey || s.key.Kind == syntax.ParamsKey || s.key.Kind == syntax.RunParamsKey) && !s.item {
			keys = nil // names
		}
	}
	if k := keyNamed(keys, e.text); k != nil {
		return join([]string{keyText(k), keyDoc(k)}), e.key
	}
	return "", at
}

// keyText returns a key with the kind of its value.
func keyText(k *syntax.Key) string { return code(k.Name + ": " + k.Kind.String()) }

// declaredIn is a place in words, with its file if that is an included one.
func declaredIn(at source.Pos, file *source.Source) string {
	if file == nil {
		return fmt.Sprintf("line %d", at.Line)
	}
	return fmt.Sprintf("line %d of `%s`", at.Line, file.Name())
}

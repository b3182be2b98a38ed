package syntax

import (
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// assignment is what the text `x = 1`, which has been reported, was meant to assign, nil if it is something else.
func (p *parser) assignment(n *yaml.Node) *Bindings {
	m := pythonAssign.Regexp().FindStringSubmatch(n.Text)
	if m == nil || !isText(n) || expressionWord(m[1]) {
		return nil
	}
	name := &Name{Span: n.TextSpan(0, len(m[1])), Text: m[1]}
	return &Bindings{Span: n.Span, Items: []Binding{{Name: name, Value: unread(n.Span)}}}
}

// isCoroutine reports whether the file declares a coroutine of that name.
func (p *parser) isCoroutine(name string) bool {
	if p.root == nil {
		return false
	}
	declared := p.root.Get(CoroutinesKey.Name)
	return declared != nil && declared.Get(name) != nil
}

// namedHint is how definitions are written under their names, by the first of a list of them.
func namedHint(n *yaml.Node, entries bool) string {
	name, body := "NAME", "do: […]"
	if entries {
		body = "call: …"
	}
	if n.Kind == yaml.ListNode && len(n.Items) > 0 {
		n = n.Items[0]
	}
	if n.Kind == yaml.MapNode {
		if v := n.Get("name"); v != nil && isText(v) {
			name = source.Shorten(v.Text)
		}
		if v := n.Get("call"); v != nil && isText(v) {
			body = "call: " + source.Shorten(v.Text)
		}
	} else if isText(n) && source.IsDefinable(n.Text) {
		if name = n.Text; entries {
			name, body = "NAME", "call: "+n.Text
		}
	}
	return "each stands under its name: `" + name + ": { " + body + " }`"
}

// How steps are written in Python.
var (
	pythonCall   = source.NewPattern(`^(?:await )?(?:asyncio\.)?(\w+)\((.*)\)$`)
	pythonAssign = source.NewPattern(`^([A-Za-z_]\w*) *= *([^=].*)$`)
	pythonFor    = source.NewPattern(`^for (\w+) in (.+)$`)
	pythonBlock  = source.NewPattern(`^(if|while|repeat|try) (.+)$`)
)

// pythonLoop is the whole, the variable and the list of `x in xs`, as Python writes it behind `for`; nil: it is no such text.
func pythonLoop(text string) []string {
	if !strings.Contains(text, " in ") {
		return nil
	}
	return pythonFor.Regexp().FindStringSubmatch("for " + text)
}

// StepHint is how a step is written here that is written as in Python, "" where it is not.
func StepHint(text string) string {
	if step := callStep(text, ""); step != "" {
		return "write `- " + step + "`"
	}
	if step := withStep(text); step != "" {
		return "write `- " + step + "`, with its steps under `do:`"
	}
	if m := pythonCall.Regexp().FindStringSubmatch(text); m != nil {
		if v := VerbNamed(suggestKey(m[1], verbNames())); v != nil && VerbNamed(m[1]) == nil {
			m[1] = v.Name
		}
		if VerbNamed(m[1]) != nil {
			return "write `- " + m[1] + ": " + source.Shorten(m[2]) + "`"
		}
	}
	if m := pythonAssign.Regexp().FindStringSubmatch(text); m != nil {
		if step := callStep(strings.TrimSpace(m[2]), m[1]); step != "" {
			return "write `- " + step + "`"
		}
		return "write `- let: { " + m[1] + ": " + written(m[2]) + " }`"
	}
	if m := pythonFor.Regexp().FindStringSubmatch(strings.TrimPrefix(text, "async ")); m != nil {
		return "write `- for: " + m[1] + "`, with `in:` and `do:` below"
	}
	if m := pythonBlock.Regexp().FindStringSubmatch(text); m != nil && VerbNamed(m[1]) != nil {
		return "write `- " + m[1] + ": " + source.Shorten(m[2]) + "`, with its steps below"
	}
	return ""
}

// constant is what needs no `${…}`.
var constant = source.NewPattern(`^(-?\d+(\.\d+)?|true|false|null|"[^"]*"|'[^']*')$`)

// written is how a value is written here that is an expression in Python.
func written(text string) string {
	text = expr.Range(source.Shorten(strings.TrimSpace(text)))
	if constant.Regexp().MatchString(text) || strings.Contains(text, "${") {
		return text
	}
	quote := `"`
	if strings.Contains(text, quote) {
		quote = "'"
	}
	return quote + "${" + text + "}" + quote
}

package syntax

import (
	"fmt"
	"strconv"
	"strings"

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

// otherSteps is what other languages have as statements, and what is written here. No verb is guessed for them.
var otherSteps = [...]struct{ word, hint string }{
	{"yield", "`return` gives a value and ends; `put` it into a queue to give several"},
	{"remove", "`set` the variable to what is left, such as `set: { xs: \"${filter(xs, # != x)}\" }` for a list"},
	{"delete", "`set` the variable to what is left, such as `set: { xs: \"${filter(xs, # != x)}\" }` for a list"},
}

// otherStep is the hint for a word that stands where a verb is wanted: the name of a coroutine, or a statement of another
// language; "": it is neither.
func (p *parser) otherStep(word string) string {
	if p.isCoroutine(word) {
		return "it is a coroutine: `- call: " + word + "`, with its arguments under `with:`"
	}
	for _, s := range otherSteps {
		if s.word == word {
			return s.hint
		}
	}
	return ""
}

// isCoroutine reports whether the file declares a coroutine of that name.
func (p *parser) isCoroutine(name string) bool {
	if p.root == nil || p.root.Kind != yaml.MapNode {
		return false
	}
	declared := p.root.Get(CoroutinesKey.Name)
	return declared != nil && declared.Kind == yaml.MapNode && declared.Get(name) != nil
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

var (
	pythonRange = source.NewPattern(`^range\((\d+)\)$`)
	constant    = source.NewPattern(`^(-?\d+(\.\d+)?|true|false|null|"[^"]*"|'[^']*')$`)
)

// written is how a value is written here that is an expression in Python.
func written(expr string) string {
	expr = source.Shorten(strings.TrimSpace(expr))
	if m := pythonRange.Regexp().FindStringSubmatch(expr); m != nil {
		n, _ := strconv.Atoi(m[1])
		expr = fmt.Sprintf("0..%d", n-1)
	}
	if constant.Regexp().MatchString(expr) || strings.Contains(expr, "${") {
		return expr
	}
	quote := `"`
	if strings.Contains(expr, quote) {
		quote = "'"
	}
	return quote + "${" + expr + "}" + quote
}

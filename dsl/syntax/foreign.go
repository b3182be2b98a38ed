package syntax

import (
	"strconv"
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

// otherStep is the hint for a step whose first key is the name of a coroutine, "": it is none.
func (p *parser) otherStep(n *yaml.Node) string {
	if word := n.Pairs[0].Key; p.isCoroutine(word) {
		return "it is a coroutine: write `- " + inBraces(p.calledPairs(word, n.Pairs[0].Value)) + "`"
	}
	return ""
}

// calledPairs is the call of a coroutine with what stands behind its name as its arguments.
func (p *parser) calledPairs(name string, value *yaml.Node) []string {
	pairs := []string{"call: " + name}
	if with := p.argumentsText(name, value); with != "" {
		pairs = append(pairs, "with: "+with)
	}
	return pairs
}

// argumentsText is a value, or a list of values, as the arguments of a coroutine; "": there are none.
func (p *parser) argumentsText(coroutine string, value *yaml.Node) string {
	if IsNull(value) || value.Kind == yaml.MapNode && len(value.Pairs) == 0 {
		return ""
	}
	if value.Kind == yaml.MapNode {
		return source.Shorten(value.Source.Text(value.Span))
	}
	items := value.Items
	if value.Kind == yaml.ScalarNode {
		items = []*yaml.Node{value}
	}
	names := p.paramNames(coroutine)
	pairs := make([]string, len(items))
	for i, item := range items {
		name := "…"
		if i < len(names) {
			name = names[i]
		}
		pairs[i] = name + ": " + nodeText(item)
	}
	return "{ " + strings.Join(pairs, ", ") + " }"
}

// isCoroutine reports whether the file declares a coroutine of that name.
func (p *parser) isCoroutine(name string) bool { return p.declared(CoroutinesKey.Name, name) != nil }

// namedHint is how definitions are written under their names that stand in a list, or as mere names.
func namedHint(n *yaml.Node, key *Key) string {
	entries := findKey(key.Keys, "call") != nil
	body := "{ do: […] }"
	if findKey(key.Keys, "do") == nil {
		body = "{ … }"
	}
	items := n.Items
	if n.Kind == yaml.ScalarNode {
		items = []*yaml.Node{n}
	}
	var pairs []string
	for i, item := range items {
		name := strings.TrimSuffix(key.Name, "s") + "-" + strconv.Itoa(i+1)
		switch {
		case isText(item) && source.IsDefinable(item.Text) && entries:
			if n.Kind == yaml.ScalarNode || source.IsDefinable(item.Text) && len(items) == 1 {
				name = item.Text
			}
			pairs = append(pairs, name+": { call: "+item.Text+" }")
		case isText(item) && source.IsDefinable(item.Text):
			pairs = append(pairs, item.Text+": "+body)
		case item.Kind != yaml.MapNode || len(item.Pairs) == 0:
			pairs = append(pairs, name+": "+body)
		case item.Get("name") != nil && isText(item.Get("name")):
			pairs = append(pairs, item.Get("name").Text+": "+namedValue(item))
		case len(item.Pairs) == 1 && findKey(key.Keys, item.Pairs[0].Key) == nil:
			value := nodeText(item.Pairs[0].Value)
			if item.Pairs[0].Value.Kind == yaml.ListNode {
				value = "{ do: " + value + " }"
			}
			pairs = append(pairs, item.Pairs[0].Key+": "+value)
		default:
			if call := item.Get("call"); call != nil && isText(call) && len(items) == 1 {
				name = call.Text
			}
			pairs = append(pairs, name+": "+nodeText(item))
		}
	}
	text := strings.Join(pairs, ", ")
	if len(text) > maxShown && len(pairs) > 1 {
		text = pairs[0] + ", …"
	}
	return "each stands under its name: `" + key.Name + ": { " + text + " }`"
}

// definedName matches the name of a coroutine that is written as in Python or JavaScript.
var definedName = source.NewPattern(`^(?:async +)?(?:def +|function +|coroutine +)?([A-Za-z_][\w-]*)(?:\((.*)\))?:?$`)

// definedHint is how a definition is written whose name has more than the name in it, "": it is no such name.
func definedHint(key *Key, pair yaml.Pair) string {
	m := definedName.Regexp().FindStringSubmatch(pair.Key)
	if m == nil || findKey(key.Keys, "do") == nil {
		return ""
	}
	var pairs []string
	var params []string
	for _, arg := range rawArguments(m[2]) {
		name, typ, _ := strings.Cut(arg, ":")
		params = append(params, strings.TrimSpace(name)+": "+paramWord(strings.TrimSpace(typ)))
	}
	if params != nil {
		pairs = append(pairs, "params: { "+strings.Join(params, ", ")+" }")
	}
	switch v := pair.Value; {
	case v.Kind == yaml.ListNode:
		pairs = append(pairs, "do: "+nodeText(v))
	case v.Kind == yaml.MapNode && v.Get("do") != nil:
		pairs = append(pairs, "do: "+nodeText(v.Get("do")))
	default:
		pairs = append(pairs, "do: […]")
	}
	return "write `" + m[1] + ": { " + strings.Join(pairs, ", ") + " }`"
}

// paramWord is the type of a parameter by a word of this or another language.
func paramWord(word string) string {
	if other := otherTypeWords[word]; other != "" {
		return other
	}
	if _, ok := expr.ParseType(word); ok && word != "" {
		return word
	}
	return "any"
}

// How steps are written in Python.
var (
	pythonCall   = source.NewPattern(`^(?:await )?(?:asyncio\.)?(\w+)\((.*)\)$`)
	pythonAssign = source.NewPattern(`^([A-Za-z_]\w*) *= *([^=].*)$`)
	pythonFor    = source.NewPattern(`^for (\w+) in (.+)$`)
)

// pythonLoop is the whole, the variable and the list of `x in xs`, as Python writes it behind `for`; nil: it is no
// such text.
func pythonLoop(text string) []string {
	if !strings.Contains(text, " in ") {
		return nil
	}
	return pythonFor.Regexp().FindStringSubmatch("for " + text)
}

// StepHint is how a step is written here that is written as in Python, "" where it is not.
func (s *File) StepHint(text string) string {
	p := parser{root: s.tree}
	if meant := p.statement(text); meant != nil {
		return meant.advice()
	}
	return ""
}

// CallText is the call of a coroutine of the file, written as in Python or by its name alone, in one line; verb stands
// before its name.
func (s *File) CallText(verb, call string) string {
	p := parser{root: s.tree}
	if pairs := p.entryPairs(verb, call); pairs != nil {
		return strings.Join(pairs, ", ")
	}
	name, _, _ := strings.Cut(call, "(")
	return verb + ": " + source.Shorten(name)
}

// constant is what needs no `${…}`.
var constant = source.NewPattern(`^(-?\d+(\.\d+)?|true|false|null|"[^"]*"|'[^']*')$`)

// constantList is a list of numbers and quoted texts.
var constantList = source.NewPattern(
	`^\[((-?\d+(\.\d+)?|"[^"\\]*"|'[^'\\]*')(, *(-?\d+(\.\d+)?|"[^"\\]*"|'[^'\\]*'))*)?\]$`,
)

// written is how a value is written here that is an expression in Python.
func written(text string) string {
	text = strings.TrimSpace(text)
	if said, ok := PythonText(text); ok {
		if strings.IndexByte(`"'`, text[0]) < 0 || strings.Contains(said, "${") || strings.Contains(said, "\\") {
			return QuotedText(said)
		}
		return text
	}
	if constantList.Regexp().MatchString(text) || text == "{}" {
		return source.Shorten(text)
	}
	text = source.Shorten(expr.Translate(text))
	if constant.Regexp().MatchString(text) || strings.Contains(text, "${") {
		return text
	}
	quote := `"`
	if strings.Contains(text, quote) {
		quote = "'"
		text = strings.ReplaceAll(text, "'", "''")
	}
	return quote + "${" + text + "}" + quote
}

// QuotedText is the text of a string of Python in quotes of YAML.
func QuotedText(text string) string {
	if !strings.Contains(text, `"`) {
		return `"` + text + `"`
	}
	return source.QuoteYAML(text)
}

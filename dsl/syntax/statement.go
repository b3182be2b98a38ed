package syntax

import (
	"fmt"
	"slices"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// statement is how a statement of another language is written here as a step.
type statement struct {
	pairs []string // the keys with their values, each as `key: value`
	body  string   // the key under which its steps stand, "": it has none
	binds string   // the variable that it assigns, "": none
	hint  string   // what to do, where that is no one step
}

// text is the step in one line.
func (s *statement) text() string {
	pairs := s.pairs
	if s.body != "" {
		pairs = append(slices.Clone(pairs), s.body+": […]")
	}
	return inBraces(pairs)
}

// advice says to write the step.
func (s *statement) advice() string {
	if s.hint != "" {
		return s.hint
	}
	return "write `- " + s.text() + "`"
}

// complete reports whether the step can be pasted as it is: nothing is left to be filled in.
func (s *statement) complete() bool {
	return s.hint == "" && s.body == "" && !strings.Contains(s.text(), "…")
}

// statementForms is the forms of statements that are no calls, in the order in which they are tried. The parts of the
// pattern are what is in its parentheses, from 1 on.
var statementForms = []struct {
	pattern *source.Pattern
	read    func(p *parser, parts []string) *statement
}{
	{source.NewPattern(`^(?:let|var|const|set|nonlocal|global) +([A-Za-z_]\w*) *= *([^=].*)$`), (*parser).assigned},
	{source.NewPattern(`^([A-Za-z_]\w*) *(?:: *\w+ *)?= *([^=].*)$`), (*parser).assigned},
	{source.NewPattern(`^([A-Za-z_]\w*(?:\.\w+|\[[^\]]*\])*) *(\*\*|//|[-+*/%])= *(.+)$`), (*parser).updated},
	{source.NewPattern(`^([A-Za-z_]\w*)(\+|-)(?:\+|-)$`), (*parser).counted},
	{source.NewPattern(`^([A-Za-z_]\w*(?:\.\w+|\[[^\]]*\])+) *= *([^=].*)$`), (*parser).placed},
	{source.NewPattern(`^for \((?:let |var |int )? *(\w+) *= *0; *\w+ *< *(.+?); .*\)$`), (*parser).counting},
	{source.NewPattern(`^(\w+(?:, *\w+)+) *= *(.+)$`), (*parser).unpacked},
	{source.NewPattern(`^set(Timeout|Interval)\((\w+), *(\d+)\)$`), (*parser).timed},
	{source.NewPattern(`^(?:async )?for \((?:let |const |var )?(\w+) (?:in|of) (.+)\)$`), (*parser).loopOver},
	{source.NewPattern(`^(?:async )?for (\w+) (?:in|of) (.+?):?$`), (*parser).loopOver},
	{source.NewPattern(`^(if|while|elif|else if) *(.+?) *:?$`), (*parser).conditional},
	{source.NewPattern(`^repeat \(?(.+?)\)?(?: times?)?:?$`), (*parser).repeated},
	{source.NewPattern(`^return\b *(.+)$`), (*parser).returned},
	{source.NewPattern(`^(?:raise|throw)\b *(?:new +)?(\w+)(?:\((.*)\))?$`), (*parser).raised},
	{source.NewPattern(`^(?:print|console\.log|println|puts|echo)\((.*)\)$`), (*parser).printed},
	{source.NewPattern(`^(?:print|puts|echo) +([fF]?["'].*["'])$`), (*parser).printed},
	{source.NewPattern(`^assert\b *(.+?)(?:, *([fF]?["'].*["']))?$`), (*parser).asserted},
	{source.NewPattern(`^(?:import|from|global|nonlocal)\b.*$`), (*parser).leftOut},
	{source.NewPattern(`^(?:async )?def +(\w+)\(.*\):?$`), (*parser).defined},
	{source.NewPattern(`^put +(.+?) +(?:in|into|to) +(\w+)$`), (*parser).putInto},
}

// statement is how a text is written here as a step, nil: nothing is known about it.
func (p *parser) statement(text string) *statement {
	text = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), ";"))
	if strings.Contains(text, "\n") || len(text) > maxStatement {
		return nil
	}
	if pairs := p.callPairs(text); pairs != nil {
		return &statement{pairs: pairs}
	}
	if step := withStep(text); step != "" {
		return &statement{pairs: []string{step}, body: "do"}
	}
	if word, _, called := strings.Cut(text, "("); called {
		if other := p.otherVerbOf(word); other != nil && other.hint != "" {
			return &statement{hint: other.hint}
		}
	}
	for _, form := range statementForms {
		if parts := form.pattern.Regexp().FindStringSubmatch(text); parts != nil {
			if s := form.read(p, parts); s != nil {
				return s
			}
		}
	}
	if parts := oneLine.Regexp().FindStringSubmatch(text); parts != nil {
		return p.oneLine(parts)
	}
	if parts := namedAs.Regexp().FindStringSubmatch(text); parts != nil {
		return p.named(parts)
	}
	return p.verbAndValue(text)
}

// Forms that have another statement in them.
var (
	oneLine = source.NewPattern(`^(if|while) +(.+?): +(.+)$`)
	namedAs = source.NewPattern(`^(\w+(?: \w+)?|\w+(?:\.\w+)*\(.*\)) as (\w+)$`)
)

// maxStatement is the length in bytes above which a text is taken for no statement.
const maxStatement = 300

func (p *parser) assigned(parts []string) *statement {
	name, value := parts[1], strings.TrimSpace(parts[2])
	if expressionWord(name) {
		return nil
	}
	if m := spawnedEach.Regexp().FindStringSubmatch(value); m != nil {
		call := expr.ReplaceWord(m[1], m[2], "index")
		if pairs := p.entryPairs("spawn", call); pairs != nil {
			as := name
			if slices.Contains(ownNames, name) {
				as = "my_" + name
			}
			return &statement{pairs: append(pairs, "count: "+written(m[3]), "as: "+as), binds: as}
		}
	}
	if name == "loop" && strings.HasSuffix(value, "_loop()") {
		return &statement{hint: "leave it out: there is one loop, and `loop` is it"}
	}
	if slices.Contains(ownNames, name) {
		s := p.assigned([]string{"", "my_" + name, value})
		return &statement{hint: s.advice() + ": `" + name + "` has a meaning of its own"}
	}
	if pairs := p.callPairs(value); pairs != nil {
		return &statement{pairs: append(pairs, "as: "+name), binds: name}
	}
	if strings.HasPrefix(value, "await ") {
		if task := strings.TrimSpace(value[len("await "):]); source.IsBarePath(task) && !strings.Contains(task, "(") {
			return &statement{pairs: []string{p.waitVerb("await", task) + ": " + task, "as: " + name}, binds: name}
		}
	}
	return &statement{pairs: []string{p.assigning(name) + ": { " + name + ": " + written(value) + " }"}, binds: name}
}

// spawnedEach matches a list of tasks that Python makes in a loop.
var spawnedEach = source.NewPattern(
	`^\[(?:asyncio\.)?(?:create_task|ensure_future)\((.+)\) for (\w+) in range\(([^,]+)\)\]$`,
)

// assigning is the verb that assigns a variable: `set` one that the whole file shares, else `let`.
func (p *parser) assigning(name string) string {
	if section := p.sectionOf(name); section == "shared" || section == "context" {
		return "set"
	}
	return "let"
}

func (p *parser) updated(parts []string) *statement {
	path, op, value := parts[1], parts[2], parts[3]
	if op == "+" && strings.HasPrefix(value, "[") && strings.HasSuffix(value, "]") && !strings.Contains(value, ",") {
		return &statement{pairs: []string{"append: { " + keyText(path) + ": " + written(value[1:len(value)-1]) + " }"}}
	}
	if op == "//" {
		return &statement{pairs: []string{"set: { " + keyText(path) + ": " +
			written("floor("+path+" / "+expr.Operand(value)+")") + " }"}}
	}
	if amount := strings.TrimPrefix(op, "+") + value; (op == "+" || op == "-") && (expr.IsNumber(value) || expr.HasUnits(value)) {
		return &statement{pairs: []string{"add: { " + keyText(path) + ": " + amount + " }"}}
	}
	return &statement{pairs: []string{"set: { " + keyText(path) + ": " + written(path+" "+op+" "+expr.Operand(value)) +
		" }"}}
}

func (p *parser) counted(parts []string) *statement {
	return p.updated([]string{parts[0], parts[1], parts[2], "1"})
}

func (p *parser) placed(parts []string) *statement {
	return &statement{pairs: []string{"set: { " + keyText(parts[1]) + ": " + written(parts[2]) + " }"}}
}

// keyText is a path as a key in braces.
func keyText(path string) string {
	if strings.ContainsAny(path, "[]") {
		return source.QuoteYAML(path)
	}
	return path
}

// counting is a loop such as `for (i = 0; i < 3; i++)`.
func (p *parser) counting(parts []string) *statement {
	return &statement{pairs: []string{"repeat: " + written(parts[2]), "as: " + parts[1]}, body: "do", binds: parts[1]}
}

// unpacked is an assignment to several variables.
func (p *parser) unpacked(parts []string) *statement {
	names := rawArguments(parts[1])
	values := rawArguments(parts[2])
	if pairs := p.callPairs(parts[2]); pairs != nil {
		values = nil
		for i := range names {
			value := fmt.Sprintf("r[%d]", i)
			if strings.HasPrefix(pairs[0], "wait:") {
				value = [...]string{"r.done", "r.pending"}[min(i, 1)]
			}
			values = append(values, value)
		}
		return &statement{hint: "write `- " + inBraces(append(pairs, "as: r")) + "` and `- let: " +
			bindingsText(names, values) + "`"}
	}
	if len(values) != len(names) {
		return nil
	}
	return &statement{pairs: []string{"let: " + bindingsText(names, values)}}
}

// bindingsText is names with the expressions that they are assigned.
func bindingsText(names, values []string) string {
	pairs := make([]string, len(names))
	for i, name := range names {
		pairs[i] = name + ": " + written(values[i])
	}
	return "{ " + strings.Join(pairs, ", ") + " }"
}

// timed is a timer of JavaScript.
func (p *parser) timed(parts []string) *statement {
	if parts[1] == "Interval" {
		return &statement{hint: "a callback with a period: `callbacks: { " + parts[2] + ": { every: " + parts[3] +
			"ms, do: […] } }`"}
	}
	return &statement{pairs: []string{"call_later: " + parts[2], "after: " + parts[3] + "ms"}}
}

// ownNames is the names that have a meaning of their own: no variable has one of them.
var ownNames = []string{"now", "task", "tasks", "loop", "error", "index"}

// IsOwnName reports whether a name has a meaning of its own.
func IsOwnName(name string) bool { return slices.Contains(ownNames, name) }

var anyRange = source.NewPattern(`^range\(([^,]+)\)$`)

func (p *parser) loopOver(parts []string) *statement {
	name, list := parts[1], strings.TrimSuffix(strings.TrimSpace(parts[2]), ":")
	if m := anyRange.Regexp().FindStringSubmatch(list); m != nil {
		return &statement{pairs: []string{"repeat: " + written(m[1]), "as: " + name}, body: "do", binds: name}
	}
	return &statement{pairs: []string{"for: " + name, "in: " + written(list)}, body: "do", binds: name}
}

func (p *parser) conditional(parts []string) *statement {
	cond := strings.TrimSuffix(strings.TrimSpace(parts[2]), ":")
	if strings.Contains(cond, ": ") || cond == "" || VerbNamed(cond) != nil || strings.Contains(cond, "${") {
		return nil
	}
	cond = conditionText(cond)
	switch parts[1] {
	case "if":
		return &statement{pairs: []string{"if: " + cond}, body: "then"}
	case "while":
		return &statement{pairs: []string{"while: " + cond}, body: "do"}
	}
	return &statement{hint: "it is a key of `if`: write `elif: [{ if: " + cond + ", then: […] }]` beside its `then:`"}
}

// conditionText is a condition as it is written in braces.
func conditionText(cond string) string {
	if len(cond) > 1 && cond[0] == '(' && source.ClosingBracket("["+cond[1:len(cond)-1]+"]", 0) == len(cond)-1 &&
		cond[len(cond)-1] == ')' &&
		!strings.ContainsAny(cond[1:len(cond)-1], "()") {
		cond = cond[1 : len(cond)-1]
	}
	return flowText(expr.Translate(cond))
}

func (p *parser) oneLine(parts []string) *statement {
	s := p.conditional([]string{"", parts[1], parts[2]})
	if s == nil || s.hint != "" {
		return s
	}
	inner := strings.TrimSpace(parts[3])
	if v := VerbNamed(inner); v == nil || !v.Bare {
		step := p.statement(inner)
		if step == nil || step.hint != "" || step.body != "" {
			return s
		}
		inner = step.text()
	}
	return &statement{pairs: append(s.pairs, s.body+": ["+inner+"]")}
}

func (p *parser) repeated(parts []string) *statement {
	return &statement{pairs: []string{"repeat: " + written(strings.TrimSuffix(parts[1], ":"))}, body: "do"}
}

func (p *parser) returned(parts []string) *statement {
	value := parts[1]
	if strings.HasPrefix(value, "(") && strings.HasSuffix(value, ")") && strings.Count(value, "(") == 1 {
		value = value[1 : len(value)-1]
	}
	if pairs := p.callPairs(value); pairs != nil {
		return &statement{hint: "write `- " + inBraces(append(pairs, "as: r")) + "` and `- return: ${r}`"}
	}
	return &statement{pairs: []string{"return: " + written(value)}}
}

func (p *parser) raised(parts []string) *statement {
	name := parts[1]
	if name == "Error" {
		name = "Exception"
	}
	pairs := []string{"raise: " + name}
	if args := arguments(parts[2]); len(args) > 0 {
		pairs = append(pairs, "message: "+written(args[0]))
	}
	return &statement{pairs: pairs}
}

// raiseHint is how an error is raised whose type and message stand in one text, "": there is no type in it.
func (p *parser) raiseHint(text string) string {
	if s := p.statement("raise " + text); s != nil && len(s.pairs) > 1 {
		return s.advice()
	}
	if strings.Contains(text, " ") && !strings.ContainsAny(text, "()") {
		return "what the error says goes into `message:`: write `- { raise: RuntimeError, message: " + flowText(text) + " }`"
	}
	return ""
}

func (p *parser) printed(parts []string) *statement {
	var texts, pairs []string
	for _, arg := range rawArguments(parts[1]) {
		if m := pythonNamed.Regexp().FindStringSubmatch(arg); m != nil {
			if m[1] == "end" {
				pairs = append(pairs, "end: "+written(m[2]))
			}
			continue
		}
		texts = append(texts, arg)
	}
	switch len(texts) {
	case 0:
		pairs = append([]string{`print: ""`}, pairs...)
	case 1:
		pairs = append([]string{"print: " + written(texts[0])}, pairs...)
	default:
		for i, arg := range texts {
			if text, ok := PythonText(arg); ok {
				texts[i] = text
			} else {
				texts[i] = "${" + expr.Translate(arg) + "}"
			}
		}
		pairs = append([]string{"print: " + source.QuoteYAML(strings.Join(texts, " "))}, pairs...)
	}
	return &statement{pairs: pairs}
}

func (p *parser) asserted(parts []string) *statement {
	pairs := []string{"assert: " + conditionText(parts[1])}
	if parts[2] != "" {
		pairs = append(pairs, "message: "+written(parts[2]))
	}
	return &statement{pairs: pairs}
}

func (p *parser) leftOut([]string) *statement {
	return &statement{
		hint: "leave it out: everything of the language, and the variables under `shared:`, is known everywhere",
	}
}

func (p *parser) defined(parts []string) *statement {
	return &statement{hint: "a coroutine stands at the top of the file: `coroutines: { " + parts[1] + ": { do: […] } }`"}
}

// named is a step with `as x` behind it.
func (p *parser) named(parts []string) *statement {
	s := p.statement(parts[1])
	if s == nil || s.hint != "" || s.body != "" {
		return nil
	}
	return &statement{pairs: append(s.pairs, "as: "+parts[2]), binds: parts[2]}
}

func (p *parser) putInto(parts []string) *statement {
	return &statement{pairs: []string{"put: " + parts[2], "value: " + written(parts[1])}}
}

// verbAndValue is a verb, or another name of one, with its value behind a blank: `sleep 1s`.
func (p *parser) verbAndValue(text string) *statement {
	word, value, _ := strings.Cut(text, " ")
	value = strings.TrimSpace(value)
	if call := pythonCall.Regexp().FindStringSubmatch(text); call != nil && !strings.HasPrefix(text, "await ") {
		word, value = call[1], strings.TrimSpace(call[2])
	}
	verb := VerbNamed(word)
	if verb == nil {
		verb = VerbNamed(onlySynonym(word, verbNames()))
	}
	if verb == nil {
		verb = VerbNamed(source.OnlySuggestion(word, verbNames()))
		if verb == nil || len(word) < 4 || value == "" {
			return nil
		}
	}
	if verb.Name == "wait" && expr.IsDuration(expr.MendDuration(value)) {
		verb = VerbNamed("sleep")
	}
	key := verb.Keys[0]
	switch {
	case key.Kind == NothingKey:
		return &statement{pairs: []string{verb.Name}}
	case value == "":
		return nil
	case key.Kind == StepsKey:
		return nil
	case verb.Name == "await" && p.entryPairs("call", value) != nil:
		return &statement{pairs: p.entryPairs("call", value)}
	}
	pairs := []string{verb.Name + ": " + p.valueText(key, value)}
	if (key.Kind == EntryKey || key.Space == CoroutineSpace) && p.entryPairs(verb.Name, value) != nil {
		pairs = p.entryPairs(verb.Name, value)
	}
	s := &statement{pairs: pairs}
	for _, body := range []string{"do", "then"} {
		if k := verb.key(body); k != nil && k.Required {
			s.body = body
		}
	}
	return s
}

// valueText is the value of a key as it is written, for what stands behind a verb without a colon.
func (p *parser) valueText(key *Key, value string) string {
	switch key.Kind {
	case DurationKey, DeadlineKey:
		if mended := expr.MendDuration(value); expr.IsDuration(mended) {
			return mended
		}
		return written(value)
	case TextKey:
		if text, ok := PythonText(value); ok {
			return source.QuoteYAML(text)
		}
		if p.sectionOf(value) == "shared" {
			return written(value)
		}
		return source.Shorten(value)
	case ConditionKey:
		return conditionText(value)
	case ValueKey:
		return written(value)
	}
	return flowText(strings.TrimSuffix(value, "()"))
}

// entryPairs is how a call of a coroutine of the file is written, with the verb or key before its name; nil: it is
// none.
func (p *parser) entryPairs(verb, call string) []string {
	name, rest, called := strings.Cut(strings.TrimSpace(call), "(")
	if !p.isCoroutine(name) || called && !strings.HasSuffix(rest, ")") {
		return nil
	}
	pairs := []string{verb + ": " + name}
	if called {
		if with := p.withText(name, strings.TrimSuffix(rest, ")")); with != "" {
			pairs = append(pairs, "with: "+with)
		}
	}
	return pairs
}

var pythonNamed = source.NewPattern(`^(\w+) *= *([^=].*)$`)

// withText is the arguments of a call under the names of the parameters of a coroutine, "": there are none.
func (p *parser) withText(coroutine, args string) string {
	names := p.paramNames(coroutine)
	var pairs []string
	for i, arg := range rawArguments(args) {
		name, value := "…", arg
		if m := pythonNamed.Regexp().FindStringSubmatch(arg); m != nil {
			name, value = m[1], m[2]
		} else if i < len(names) {
			name = names[i]
		}
		pairs = append(pairs, name+": "+written(value))
	}
	if pairs == nil {
		return ""
	}
	return "{ " + strings.Join(pairs, ", ") + " }"
}

// paramNames is the parameters that a coroutine of the file declares.
func (p *parser) paramNames(coroutine string) []string {
	d := p.declared(CoroutinesKey.Name, coroutine)
	if d == nil {
		return nil
	}
	params := d.Get("params")
	if params == nil {
		return nil
	}
	var names []string
	for _, pair := range params.Pairs {
		names = append(names, pair.Key)
	}
	for _, item := range params.Items {
		if isText(item) {
			names = append(names, item.Text)
		}
	}
	return names
}

// declared is what stands under a name in a section of the file, nil: nothing.
func (p *parser) declared(section, name string) *yaml.Node {
	if p.root == nil || p.root.Kind != yaml.MapNode {
		return nil
	}
	s := p.root.Get(section)
	if s == nil || s.Kind != yaml.MapNode {
		return nil
	}
	return s.Get(name)
}

var (
	pythonString = source.NewPattern(`^([fFrRbBuU]?)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')$`)
	pythonField  = source.NewPattern(`\{([^{}:!]+)(?::([^{}]*))?\}`)
)

// PythonText is what a string of Python says, with `${…}` for what an f-string computes; ok is false where a text is
// none.
func PythonText(text string) (said string, ok bool) {
	m := pythonString.Regexp().FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return "", false
	}
	said = m[2][1 : len(m[2])-1]
	if strings.EqualFold(m[1], "f") {
		said = pythonField.Regexp().ReplaceAllStringFunc(said, func(field string) string {
			f := pythonField.Regexp().FindStringSubmatch(field)
			if f[2] != "" {
				return fmt.Sprintf("${format('%%%s', %s)}", f[2], f[1])
			}
			return "${" + f[1] + "}"
		})
	}
	return said, true
}

// rawArguments is the arguments of a call as they are written, names before `=` included.
func rawArguments(text string) []string {
	var list []string
	for text = strings.TrimSpace(text); text != ""; {
		end := argumentEnd(text)
		arg := strings.TrimSpace(text[:end])
		if text = strings.TrimSpace(text[end:]); text != "" {
			text = strings.TrimSpace(text[1:])
		}
		if arg != "" {
			list = append(list, arg)
		}
	}
	return list
}

// argumentEnd is where the first argument of a list ends: at the first comma outside brackets and quotes.
func argumentEnd(text string) int {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '"', '\'':
			if n := source.QuotedLen(text[i:]); n > 0 {
				i += n - 1
			}
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth--
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

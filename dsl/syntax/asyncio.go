package syntax

import (
	"slices"
	"strings"

	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// otherVerb is how a step is written here that begins with a word of asyncio or of another language.
type otherVerb struct {
	word string
	verb string    // whose keys stand beside the word; "": hint says what to do
	rest []string  // a key and its value that belong beside the verb
	also [2]string // a key, and its name here
	hint string
}

// setRest is how elements are removed.
const setRest = "`set` the variable to what is left, such as `set: { xs: \"${filter(xs, # != x)}\" }` for a list"

var otherVerbs = []otherVerb{
	{word: "wait_for", verb: "await", also: [2]string{"timeout", "within"}},
	{word: "ensure_future", verb: "spawn"},
	{word: "run_until_complete", verb: "call"},
	{word: "to_thread", verb: "call"},
	{word: "run_in_executor", verb: "call"},
	{word: "create_future", verb: "new"},
	{word: "set_result", verb: "resolve", also: [2]string{"result", "value"}},
	{word: "set_exception", verb: "resolve", also: [2]string{"exception", "error"}},
	{word: "get_nowait", verb: "get", rest: []string{"nowait", "true"}},
	{word: "put_nowait", verb: "put", rest: []string{"nowait", "true"}, also: [2]string{"item", "value"}},
	{word: "notify_all", verb: "notify", rest: []string{"all", "true"}},
	{word: "with", verb: "acquire"},
	{word: "async with", verb: "acquire"},
	{word: "async for", verb: "for"},
	{word: "pass", hint: "leave it out: a list without steps is `[]`"},
	{word: "yield", hint: "`return` gives a value and ends; `put` it into a queue to give several"},
	{word: "remove", hint: setRest},
	{word: "delete", hint: setRest},
	{word: "run_forever", hint: "leave it out: the loop runs until `main` ends or, without `main`, nothing is left to do"},
}

// asyncioWord is a word without what stands before it in Python: `await asyncio.`, `loop.`.
func asyncioWord(word string) string {
	word = strings.TrimPrefix(word, "await ")
	for _, module := range []string{"asyncio.", "loop."} {
		word = strings.TrimPrefix(word, module)
	}
	return word
}

// otherVerbOf is the row of a word, nil: there is none, or the word is a coroutine of the file.
func (p *parser) otherVerbOf(word string) *otherVerb {
	if p.isCoroutine(word) {
		return nil
	}
	word = asyncioWord(word)
	if i := slices.IndexFunc(otherVerbs, func(o otherVerb) bool { return o.word == word }); i >= 0 {
		return &otherVerbs[i]
	}
	if VerbNamed(word) != nil {
		return &otherVerb{word: word, verb: word}
	}
	return nil
}

// asyncioStep reports a step that begins with a word of asyncio, and gives it as it is written here; nil: nothing can be
// made of it.
func (p *parser) asyncioStep(n *yaml.Node, other *otherVerb) *yaml.Node {
	first := n.Pairs[0]
	if other.hint != "" {
		p.errorf(CodeUnknownVerb, first.KeySpan, other.hint, "there is no verb `%s`", source.Shorten(first.Key))
		return nil
	}
	meant := *n
	meant.Pairs = slices.Clone(n.Pairs)
	meant.Pairs[0].Key = p.waitVerb(other.verb, first.Value.Text)
	if other.verb == "new" {
		meant.Pairs[0].Value = &yaml.Node{Span: first.KeySpan, Text: "future", Source: n.Source}
	}
	for i := range meant.Pairs[1:] {
		if pair := &meant.Pairs[i+1]; pair.Key == other.also[0] {
			pair.Key = other.also[1]
		}
	}
	if r := other.rest; r != nil {
		meant.Pairs = append(meant.Pairs, yaml.Pair{Key: r[0], KeySpan: first.KeySpan, Value: &yaml.Node{
			Span: first.KeySpan, Type: yaml.BoolScalar, Text: r[1], Source: n.Source}})
	}
	p.errorf(CodeUnknownVerb, first.KeySpan, "write `- "+stepText(&meant)+"`", "there is no verb `%s`", source.Shorten(first.Key))
	if other.rest == nil && other.verb != "new" && !slices.ContainsFunc(n.Pairs, func(q yaml.Pair) bool { return q.Key == other.also[0] }) {
		p.fix(first.KeySpan, meant.Pairs[0].Key)
	}
	return &meant
}

// waitVerb is the verb that waits for what has this name, where asyncio waits for anything.
func (p *parser) waitVerb(verb, name string) string {
	if verb != "await" {
		return verb
	}
	switch p.sectionOf(name) {
	case "coroutines":
		return "call"
	case "events", "conditions", "barriers":
		return "wait"
	}
	return verb
}

// sectionOf is the key of the file under which a name stands, "": under none.
func (p *parser) sectionOf(name string) string {
	if p.root == nil {
		return ""
	}
	for _, pair := range p.root.Pairs {
		has := func(item *yaml.Node) bool { return item.Text == name && item.Kind == yaml.ScalarNode }
		if pair.Value.Get(name) != nil || slices.ContainsFunc(pair.Value.Items, has) {
			return pair.Key
		}
	}
	return ""
}

// stepText is a step in one line, for a message.
func stepText(n *yaml.Node) string {
	var pairs []string
	for _, pair := range n.Pairs {
		value := "…"
		switch v := pair.Value; {
		case v.Kind == yaml.ListNode:
			value = "[…]"
		case v.Kind == yaml.MapNode:
			value = "{ … }"
		case isText(v):
			value = flowText(v.Text)
		case !IsNull(v):
			value = source.Shorten(v.Text)
		}
		pairs = append(pairs, pair.Key+": "+value)
	}
	return inBraces(pairs)
}

// inBraces is a step of these pairs; one pair stands alone.
func inBraces(pairs []string) string {
	if len(pairs) == 1 {
		return pairs[0]
	}
	return "{ " + strings.Join(pairs, ", ") + " }"
}

// flowText is text as it is written in `{ }`.
func flowText(text string) string {
	if strings.ContainsAny(text, "{}[],#&*!|>'\"%@`\n") || strings.Contains(text, ": ") {
		return source.QuoteYAML(source.Shorten(text))
	}
	return source.Shorten(text)
}

// otherCalls is steps as they are written here, by what is called in Python. An `@` stands before an argument that is
// a name, a `$` before one that is an expression, by number; 0 is what stands before the dot of a method.
var otherCalls = source.Words{
	{"sleep", "sleep: %1"}, {"wait_for", "await: @1, within: %2"}, {"wait", "wait: $1"}, {"shield", "shield: @1"},
	{"create_task", "spawn: @1"}, {"ensure_future", "spawn: @1"}, {"to_thread", "call: @1"}, {"run", "call: @1"},
	{"run_until_complete", "call: @1"}, {"call_soon", "call_soon: @1"}, {"call_later", "call_later: @2, after: %1"},
	{"call_at", "call_at: @2, at: %1"}, {"create_future", "new: future"}, {".append", "append: { @0: $1 }"},
	{".put", "put: @0, value: $1"}, {".put_nowait", "put: @0, value: $1, nowait: true"}, {".get", "get: @0"},
	{".get_nowait", "get: @0, nowait: true"}, {".join", "join: @0"}, {".task_done", "task_done: @0"},
	{".set", "signal: @0"}, {".clear", "clear: @0"}, {".wait", "wait: @0"}, {".acquire", "acquire: @0"},
	{".release", "release: @0"}, {".cancel", "cancel: @0"}, {".set_result", "resolve: @0, value: $1"},
	{".set_exception", "resolve: @0, error: @1"}, {".notify", "notify: @0"}, {".notify_all", "notify: @0, all: true"},
	{".create_task", "spawn: @1, in: @0"}, {".start_soon", "spawn: @1, in: @0"},
}

var (
	pythonMethod  = source.NewPattern(`^(?:await )?([A-Za-z_]\w*)\.(\w+)\((.*)\)$`)
	pythonKeyword = source.NewPattern(`^\w+ *= *([^=].*)$`)
	argument      = source.NewPattern(`[@$%]\d`)
)

// callStep is how a call in Python is written here as a step, whose result goes into a variable, "": into none. It is ""
// for calls that have no such step.
func callStep(text, as string) string {
	args, step := []string{""}, ""
	if m := pythonMethod.Regexp().FindStringSubmatch(text); m != nil && m[1] != "asyncio" && m[1] != "loop" {
		args, step = append([]string{m[1]}, arguments(m[3])...), otherCalls.Of("."+m[2])
	} else if m := pythonCall.Regexp().FindStringSubmatch(strings.Replace(text, "loop.", "", 1)); m != nil {
		args, step = append(args, arguments(m[2])...), otherCalls.Of(m[1])
	}
	if step == "" {
		return ""
	}
	pairs := strings.Split(step, ", ")
	pairs = slices.DeleteFunc(pairs, func(pair string) bool { // of an argument that is left out
		at := argument.Regexp().FindString(pair)
		return at != "" && int(at[1]-'0') >= len(args)
	})
	if len(pairs) == 0 || strings.Contains(step, "1") && len(args) == 1 {
		return ""
	}
	if as != "" {
		pairs = append(pairs, "as: "+as)
	}
	for i, pair := range pairs {
		pairs[i] = argument.Regexp().ReplaceAllStringFunc(pair, func(at string) string { return argumentText(at[0], args[at[1]-'0']) })
	}
	return inBraces(pairs)
}

// argumentText is an argument of Python as the value of a key: a name, a duration or any value.
func argumentText(kind byte, arg string) string {
	switch {
	case kind == '@':
		return source.Shorten(strings.TrimSuffix(arg, "()"))
	case kind == '%' && IsDuration(arg):
		return arg
	}
	return written(arg)
}

// arguments is the arguments of a call.
func arguments(text string) []string {
	var list []string
	for text = strings.TrimSpace(text); text != ""; {
		end := strings.IndexByte(text, ',')
		for end >= 0 && (source.OpenBracket(text[:end]) != 0 || strings.Count(text[:end], `"`)%2 == 1 || strings.Count(text[:end], "'")%2 == 1) {
			next := strings.IndexByte(text[end+1:], ',')
			if next < 0 {
				end = -1
				break
			}
			end += 1 + next
		}
		arg, rest := text, ""
		if end >= 0 {
			arg, rest = text[:end], text[end+1:]
		}
		if m := pythonKeyword.Regexp().FindStringSubmatch(arg); m != nil {
			arg = m[1]
		}
		list, text = append(list, strings.TrimSpace(arg)), strings.TrimSpace(rest)
	}
	return list
}

var (
	pythonWith      = source.NewPattern(`^(?:async )?with (.+?)(?: as (\w+))?$`)
	pythonTimeout   = source.NewPattern(`^(?:asyncio\.)?timeout(_at)?\((.*)\)$`)
	pythonTaskGroup = source.NewPattern(`^(?:asyncio\.)?TaskGroup\(\)$`)
)

// withStep is how a `with` of Python begins here, "": text is none.
func withStep(text string) string {
	m := pythonWith.Regexp().FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	limit := pythonTimeout.Regexp().FindStringSubmatch(m[1])
	switch {
	case pythonTaskGroup.Regexp().MatchString(m[1]) && m[2] != "":
		return "group: " + m[2]
	case limit != nil && limit[1] != "":
		return "timeout: { at: " + argumentText('%', limit[2]) + " }"
	case limit != nil:
		return "timeout: " + argumentText('%', limit[2])
	}
	return "acquire: " + source.Shorten(strings.TrimPrefix(m[1], "await "))
}

var pythonExcept = source.NewPattern(`^\(?([\w ,]*?)\)?(?: as (\w+))?$`)

// exceptHint is how `except ValueError as e`, or another word for it without a list below, is written here; "": it is
// none of these.
func exceptHint(key string, value *yaml.Node) string {
	word, rest, _ := strings.Cut(key, " ")
	if !slices.Contains(CatchKey.Also, word) || rest == "" && value.Kind != yaml.ScalarNode {
		return ""
	}
	if rest == "" {
		rest = value.Text
	}
	return "write `catch: [" + handlerText(rest) + "]`"
}

// handlerText is a handler in one line for `ValueError as e`, as Python writes it.
func handlerText(text string) string {
	m := pythonExcept.Regexp().FindStringSubmatch(text)
	if m == nil {
		return "{ do: […] }"
	}
	var pairs []string
	if strings.Contains(m[1], ",") {
		m[1] = "[" + m[1] + "]"
	}
	if m[1] != "" {
		pairs = append(pairs, "error: "+m[1])
	}
	if m[2] != "" {
		pairs = append(pairs, "as: "+m[2])
	}
	return "{ " + strings.Join(append(pairs, "do: […]"), ", ") + " }"
}

// otherKeys is what to do about the keys of files that build software.
var otherKeys = source.Words{
	{"on", "leave it out: `runloop run FILE` starts a scenario"},
	{"jobs", "tasks stand under `workers:`, each as `name: { do: […] }`"},
	{"env", "values that a run may be given are `params:`, variables are `shared:`"},
	{"matrix", "declare a value under `params:`, and run the file with `--param name=value` for each"},
	{"strategy", "declare a value under `params:`, and run the file with `--param name=value` for each"},
	{"needs", "wait for the other task in a step: `- await: NAME`"},
	{"depends_on", "wait for the other task in a step: `- await: NAME`"},
	{"runs-on", "leave it out: everything runs in one event loop"},
	{"uses", "steps of other files cannot be used: write them under `coroutines:`"},
	{"services", "tasks stand under `workers:`, each as `name: { do: […] }`"},
	{"timeout-minutes", "put the steps into `- { timeout: 5m, do: […] }`"},
}

// methodHint is how the step `q.put: 3` is written here, "": it is no method.
func methodHint(pair yaml.Pair) string {
	if !strings.Contains(pair.Key, ".") || pair.Value.Kind != yaml.ScalarNode {
		return ""
	}
	if step := callStep(pair.Key+"("+pair.Value.Text+")", ""); step != "" {
		return "write `- " + step + "`"
	}
	return ""
}

package syntax

import (
	"slices"
	"strconv"
	"strings"

	"runloop/dsl/expr"
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

var otherVerbs = []otherVerb{
	{word: "wait_for", verb: "await", also: [2]string{"timeout", "within"}},
	{word: "ensure_future", verb: "spawn"},
	{word: "run_until_complete", verb: "call"},
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
	{word: "switch", hint: "write `if:` with `then:`, and `elif: [{ if: …, then: […] }]` for each further case"},
	{word: "match", hint: "write `if:` with `then:`, and `elif: [{ if: …, then: […] }]` for each further case"},
	{word: "pass", hint: "leave it out: a list without steps is `[]`"},
	{word: "yield", hint: "`return` gives a value and ends; `put` it into a queue to give several"},
	{word: "every", hint: "what runs again and again is a callback: `callbacks: { NAME: { every: 1s, do: […] } }`"},
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
	full := word
	word = asyncioWord(word)
	if i := slices.IndexFunc(otherVerbs, func(o otherVerb) bool { return o.word == word }); i >= 0 {
		return &otherVerbs[i]
	}
	if VerbNamed(word) != nil {
		return &otherVerb{word: word, verb: word}
	}
	if verb := VerbNamed(onlySynonym(word, verbNames())); word != full && verb != nil {
		return &otherVerb{word: word, verb: verb.Name}
	}
	return nil
}

// asyncioStep reports a step that begins with a word of asyncio, and gives it as it is written here; nil: nothing can
// be made of it.
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
		if v := first.Value; isText(v) && source.IsIdentifier(v.Text) && n.Get("as") == nil {
			meant.Pairs = append(meant.Pairs, yaml.Pair{Key: "as", KeySpan: first.KeySpan, Value: v})
		}
		meant.Pairs[0].Value = &yaml.Node{Span: first.KeySpan, Text: "future", Source: n.Source}
	}
	p.calledAs(&meant)
	if m := pythonLoop(first.Value.Text); other.verb == "for" && m != nil {
		meant.Pairs[0].Value = &yaml.Node{Span: first.Value.Span, Text: m[1], Source: n.Source}
		meant.Pairs = slices.Insert(meant.Pairs, 1, yaml.Pair{Key: "in", KeySpan: first.KeySpan,
			Value: told(written(m[2]), first.Value.Span)})
	}
	if v := VerbNamed(meant.Pairs[0].Key); v.body() != nil && n.Get(v.body().Name) == nil {
		if steps := stepsBeside(&meant, v); len(steps) > 0 && VerbNamed(steps[0].Pairs[0].Key) != nil {
			meant.Pairs = slices.DeleteFunc(meant.Pairs,
				func(q yaml.Pair) bool { return q.Key != v.Name && v.key(q.Key) == nil })
			meant.Pairs = append(meant.Pairs, yaml.Pair{Key: v.body().Name, KeySpan: first.KeySpan, Value: &yaml.Node{
				Kind: yaml.ListNode, Span: n.Span, Items: steps, Source: n.Source}})
		}
	}
	verb := VerbNamed(meant.Pairs[0].Key)
	for i := range meant.Pairs[1:] {
		pair := &meant.Pairs[i+1]
		if pair.Key == other.also[0] {
			pair.Key = other.also[1]
		} else if key := onlySynonym(pair.Key, keyNames(verb.Keys)); verb.key(pair.Key) == nil && key != "" &&
			n.Get(key) == nil {
			pair.Key = key
		}
		if v := pair.Value; pair.Key == "in" && isText(v) && source.IsBarePath(v.Text) {
			pair.Value = told(written(v.Text), v.Span)
		}
		if with := p.argumentsText(meant.Pairs[0].Value.Text, pair.Value); pair.Key == WithKey.Name && with != "" &&
			pair.Value.Kind != yaml.MapNode {
			pair.Value = told(with, pair.Value.Span)
		}
	}
	if r := other.rest; r != nil {
		meant.Pairs = append(meant.Pairs, yaml.Pair{Key: r[0], KeySpan: first.KeySpan, Value: &yaml.Node{
			Span: first.KeySpan, Type: yaml.BoolScalar, Text: r[1], Source: n.Source}})
	}
	p.errorf(CodeUnknownVerb, first.KeySpan, "write `- "+stepText(&meant)+"`", "there is no verb `%s`",
		source.Shorten(first.Key))
	if other.rest == nil && other.verb != "new" && !slices.ContainsFunc(n.Pairs,
		func(q yaml.Pair) bool { return q.Key == other.also[0] }) {
		p.fix(first.KeySpan, meant.Pairs[0].Key)
	}
	return &meant
}

// calledAs makes of a value such as `fetch(3)` the name of the coroutine, with its arguments beside it.
func (p *parser) calledAs(n *yaml.Node) {
	first := &n.Pairs[0]
	verb := VerbNamed(first.Key)
	if verb == nil || !isText(first.Value) || !strings.HasSuffix(first.Value.Text, ")") || verb.Keys[0].Kind == ValueKey {
		return
	}
	pairs := p.entryPairs(first.Key, first.Value.Text)
	if pairs == nil {
		return
	}
	name, args, _ := strings.Cut(first.Value.Text, "(")
	if first.Key == "await" {
		first.Key = EntryCall.Name
	}
	first.Value = &yaml.Node{Span: first.Value.Span, Text: name, Source: n.Source}
	if with := p.withText(name, strings.TrimSuffix(args, ")")); with != "" && n.Get(WithKey.Name) == nil {
		n.Pairs = slices.Insert(n.Pairs, 1, yaml.Pair{Key: WithKey.Name, KeySpan: n.Pairs[0].KeySpan,
			Value: told(with, n.Pairs[0].KeySpan)})
	}
}

// told is a value that stands in a message as text, and is not read: the message has said all about it.
func told(text string, at source.Span) *yaml.Node {
	var diags source.Diagnostics
	n, _ := yaml.Parse(source.NewSource("", []byte(text)), &diags)
	if n == nil {
		n = &yaml.Node{Text: text}
	}
	n.Span, n.Broken = at, true
	return n
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
		pairs = append(pairs, pair.Key+": "+nodeText(pair.Value))
	}
	return inBraces(pairs)
}

// nodeText is a value in one line, for a message: as it is, where it is short.
func nodeText(n *yaml.Node) string {
	switch n.Kind {
	case yaml.ListNode:
		items := make([]string, len(n.Items))
		for i, item := range n.Items {
			if items[i] = nodeText(item); item.Kind == yaml.MapNode && len(item.Pairs) == 1 {
				items[i] = strings.TrimSuffix(strings.TrimPrefix(items[i], "{ "), " }")
			}
		}
		return orEllipsis("["+strings.Join(items, ", ")+"]", "[…]")
	case yaml.MapNode:
		if len(n.Pairs) == 0 {
			return "{}"
		}
		pairs := make([]string, len(n.Pairs))
		for i, pair := range n.Pairs {
			pairs[i] = pair.Key + ": " + nodeText(pair.Value)
		}
		return orEllipsis("{ "+strings.Join(pairs, ", ")+" }", "{ … }")
	}
	switch {
	case IsNull(n):
		return "…"
	case isText(n) && n.Quoted:
		return source.QuoteYAML(source.Shorten(n.Text))
	case isText(n):
		return flowText(n.Text)
	}
	return source.Shorten(n.Text)
}

// orEllipsis is a text that is short enough for a message, else what stands for it.
func orEllipsis(text, otherwise string) string {
	if len(text) > maxShown || strings.Contains(text, "\n") {
		return otherwise
	}
	return text
}

// maxShown is the length in bytes above which a list or a map is not shown in a message.
const maxShown = 100

// inBraces is a step of these pairs; one pair stands alone.
func inBraces(pairs []string) string {
	if len(pairs) == 1 {
		return pairs[0]
	}
	return "{ " + strings.Join(pairs, ", ") + " }"
}

// flowText is text as it is written in `{ }`.
func flowText(text string) string {
	if text == "" || strings.ContainsAny(text, "{}[],#\"'\n") || strings.Contains(text, ": ") ||
		strings.HasSuffix(text, ":") ||
		strings.IndexByte("&*!|>%@`?", text[0]) >= 0 {
		return source.QuoteYAML(source.Shorten(text))
	}
	return source.Shorten(text)
}

// otherCalls is steps as they are written here, by what is called in Python. Before the number of an argument stands
// what becomes of it: `@` a name, `$` an expression, `%` a duration, `&` the step that waits for it, `!` the call of
// it with the arguments behind it, `*` a task of it, `[` a list; `=` stands before the name of an argument. 0 is what
// stands before the dot of a method.
var otherCalls = source.Words{
	{"sleep", "sleep: %1"}, {"wait_for", "&1, within: %2"}, {"shield", "shield: @1"},
	{"wait", "wait: [1, within: =timeout, return_when: =return_when"},
	{"gather", "gather: [0, return_exceptions: =return_exceptions"},
	{"create_task", "*1, name: =name"}, {"ensure_future", "*1"}, {"to_thread", "!1"}, {"run", "&1"},
	{"run_until_complete", "&1"}, {"run_in_executor", "!2"}, {"run_coroutine_threadsafe", "*1"},
	{"call_soon", "call_soon: @1"},
	{"call_later", "call_later: @2, after: %1"}, {"call_at", "call_at: @2, at: %1"}, {"create_future", "new: future"},
	{"Future", "new: future"}, {"Queue", "new: queue, capacity: $1"}, {"Lock", "new: lock"}, {"Event", "new: event"},
	{"Condition", "new: condition"}, {"Semaphore", "new: semaphore, value: $1"}, {"Barrier", "new: barrier, parties: $1"},
	{"stop", "stop"}, {".append", "append: { @0: $1 }"}, {".push", "append: { @0: $1 }"},
	{".put", "put: @0, value: $1"}, {".put_nowait", "put: @0, value: $1, nowait: true"}, {".get", "get: @0"},
	{".get_nowait", "get: @0, nowait: true"}, {".join", "join: @0"}, {".task_done", "task_done: @0"},
	{".shutdown", "shutdown: @0, immediate: =immediate"},
	{".set", "signal: @0"}, {".clear", "clear: @0"}, {".wait", "wait: @0"}, {".acquire", "acquire: @0"},
	{".release", "release: @0"}, {".cancel", "cancel: @0, message: $1"}, {".set_result", "resolve: @0, value: $1"},
	{".set_exception", "resolve: @0, error: @1"}, {".notify", "notify: @0, count: $1"},
	{".notify_all", "notify: @0, all: true"},
	{".create_task", "*1, in: @0"}, {".start_soon", "*1, in: @0"}, {".wait_for", "wait: @0, until: $1"},
	{".start", "spawn: @0"}, {".lock", "acquire: @0"}, {".unlock", "release: @0"}, {".send", "put: @0, value: $1"},
	{".emit", "signal: @0"}, {".info", "print: $1"}, {".log", "print: $1"}, {".debug", "print: $1"},
}

var (
	pythonMethod  = source.NewPattern(`^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\[[^\[\]()]*\])*)\.(\w+)\((.*)\)$`)
	pythonKeyword = source.NewPattern(`^\w+ *= *([^=].*)$`)
	argument      = source.NewPattern(`[@$%]\d|\[[01]|=\w+`)
	asyncioPrefix = source.NewPattern(
		`^(?:asyncio\.get_(?:event|running)_loop\(\)\.|asyncio\.|loop\.|time\.|trio\.|anyio\.)`)
)

// callPairs is how a call in Python is written here as a step: its keys with their values. It is nil for calls that
// have no such step, and for other texts.
func (p *parser) callPairs(text string) []string {
	text, awaited := strings.CutPrefix(strings.TrimSpace(text), "await ")
	text = strings.TrimSpace(text)
	if name, _, called := strings.Cut(text, "("); called || awaited || p.isCoroutine(name) &&
		p.sectionOf(name) == CoroutinesKey.Name {
		if pairs := p.entryPairs("call", text); pairs != nil {
			return pairs
		}
	}
	prefix := asyncioPrefix.Regexp().FindString(text)
	if m := pythonMethod.Regexp().FindStringSubmatch(text); m != nil && prefix == "" {
		return p.filledIn(otherCalls.Of("."+m[2]), m[1], m[3])
	} else if m := pythonCall.Regexp().FindStringSubmatch(text[len(prefix):]); m != nil &&
		(prefix != "" || VerbNamed(m[1]) == nil || m[1] == "gather" || m[1] == "to_thread") {
		return p.filledIn(otherCalls.Of(m[1]), "", m[2])
	}
	return nil
}

// filledIn is a row of otherCalls with what is called and its arguments. Pairs of arguments that are not given are
// left out.
func (p *parser) filledIn(row, called, args string) []string {
	if row == "" {
		return nil
	}
	list := append([]string{called}, arguments(args)...)
	var pairs []string
	for i, pair := range strings.Split(row, ", ") {
		if kind := pair[0]; strings.IndexByte("&!*", kind) >= 0 {
			n := int(pair[1] - '0')
			if n >= len(list) {
				return nil
			}
			more := p.awaitedPairs(kind, list[n], list[n+1:])
			if more == nil {
				return nil
			}
			pairs = append(pairs, more...)
			continue
		}
		filled, given := p.fillIn(pair, list, args)
		if given {
			pairs = append(pairs, filled)
		} else if i == 0 || strings.Contains(row, "value: $1") && strings.HasPrefix(row, "put") {
			return nil
		}
	}
	return pairs
}

// fillIn is a pair of a row with its arguments; given is false where one of them is not there.
func (p *parser) fillIn(pair string, list []string, args string) (filled string, given bool) {
	given = true
	filled = argument.Regexp().ReplaceAllStringFunc(pair, func(at string) string {
		switch n := int(at[1] - '0'); {
		case at[0] == '=':
			value := keywordArgument(args, at[1:])
			given = given && value != ""
			return constantText(value)
		case at == "[0":
			return p.listText(positional(args))
		case n >= len(list):
			given = false
			return ""
		case at[0] == '[':
			inner := strings.Trim(list[n], "[]{}() ")
			if inner == list[n] {
				return inner
			}
			return p.listText(rawArguments(inner))
		default:
			return argumentText(at[0], list[n])
		}
	})
	return filled, given
}

// awaitedPairs is the step that waits for an argument of Python, or makes a task of it: the call of a coroutine, which
// may stand without its arguments before them, another call, or a name.
func (p *parser) awaitedPairs(kind byte, arg string, rest []string) []string {
	verb := "call"
	if kind == '*' {
		verb = "spawn"
	}
	if len(rest) > 0 && kind == '!' {
		arg += "(" + strings.Join(rest, ", ") + ")"
	}
	if pairs := p.entryPairs(verb, arg); pairs != nil {
		return pairs
	}
	name, _, called := strings.Cut(arg, "(")
	switch {
	case kind != '*' && called && p.callPairs(arg) != nil:
		return p.callPairs(arg)
	case kind == '*' || called:
		return []string{verb + ": " + source.Shorten(name)}
	}
	return []string{p.waitVerb("await", name) + ": " + source.Shorten(name)}
}

// comprehended matches a list that Python makes of a call for each element.
var comprehended = source.NewPattern(`^[\[(](.+) for (\w+) in (.+)[\])]$`)

// listText is arguments of Python as a list of tasks and entries.
func (p *parser) listText(args []string) string {
	if len(args) == 1 && strings.HasPrefix(args[0], "*") {
		if m := comprehended.Regexp().FindStringSubmatch(args[0][1:]); m != nil && p.entryPairs("call", m[1]) != nil {
			pairs := append([]string{"for: " + m[2], "in: " + written(m[3])}, p.entryPairs("call", m[1])...)
			return "{ " + strings.Join(pairs, ", ") + " }"
		}
	}
	if len(args) == 1 && strings.HasPrefix(args[0], "*") && source.IsBarePath(args[0][1:]) {
		return args[0][1:]
	}
	items := make([]string, len(args))
	for i, arg := range args {
		if pairs := p.entryPairs("call", arg); pairs != nil {
			items[i] = "{ " + strings.Join(pairs, ", ") + " }"
		} else {
			items[i] = flowText(strings.TrimSuffix(arg, "()"))
		}
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// positional is the arguments of a call that have no name.
func positional(args string) []string {
	return slices.DeleteFunc(rawArguments(args), pythonKeyword.Regexp().MatchString)
}

// keywordArgument is the argument of that name, "": there is none.
func keywordArgument(args, name string) string {
	for _, arg := range rawArguments(args) {
		if m := pythonNamed.Regexp().FindStringSubmatch(arg); m != nil && m[1] == name {
			return m[2]
		}
	}
	return ""
}

// constantText is an argument as the value of a key, a constant of asyncio as the word for it.
func constantText(value string) string {
	if word := strings.TrimPrefix(value, "asyncio."); word != value {
		return strings.ToLower(word)
	}
	return written(value)
}

// argumentText is an argument of Python as the value of a key: a name, a duration or any value.
func argumentText(kind byte, arg string) string {
	switch {
	case kind == '@':
		return flowText(strings.TrimSuffix(arg, "()"))
	case kind == '%' && expr.IsDuration(arg):
		return arg
	}
	return written(arg)
}

// arguments is the arguments of a call, without names before `=`.
func arguments(text string) []string {
	list := rawArguments(text)
	for i, arg := range list {
		if m := pythonKeyword.Regexp().FindStringSubmatch(arg); m != nil {
			list[i] = m[1]
		}
	}
	return list
}

var (
	pythonWith      = source.NewPattern(`^(?:async )?with (.+?)(?: as (\w+))?$`)
	pythonTimeout   = source.NewPattern(`^(?:asyncio\.)?timeout(_at)?\((.*)\)$`)
	pythonMode      = source.NewPattern(`^(\w+)\.(read|write)(?:er|r)?(?:_lock)?\(?\)?$`)
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
	if mode := pythonMode.Regexp().FindStringSubmatch(m[1]); mode != nil {
		return "acquire: " + mode[1] + ", mode: " + mode[2]
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
	return "write `catch: [" + withBody(handlerText(rest), value) + "]`"
}

// withBody is a handler with its steps, where they are known.
func withBody(handler string, steps *yaml.Node) string {
	if steps.Kind != yaml.ListNode {
		return handler
	}
	return strings.Replace(handler, "do: […]", "do: "+nodeText(steps), 1)
}

// handlerText is a handler in one line for `ValueError as e`, as Python writes it.
func handlerText(text string) string {
	m := pythonExcept.Regexp().FindStringSubmatch(strings.ReplaceAll(text, "asyncio.", ""))
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
	{"matrix",
		"declare a value under `params:`, and give each of its values under `cases:`: `cases: { a: { params: { … } } }`"},
	{"strategy", "declare a value under `params:`, and run the file with `--param name=value` for each"},
	{"needs", "wait for the other task in a step: `- await: NAME`"},
	{"depends_on", "wait for the other task in a step: `- await: NAME`"},
	{"runs-on", "leave it out: everything runs in one event loop"},
	{"uses", "steps of other files cannot be used: write them under `coroutines:`"},
	{"services", "tasks stand under `workers:`, each as `name: { do: […] }`"},
	{"start", "leave it out: `main` and the workers start by themselves"},
	{"timeout-minutes", "put the steps into `- { timeout: 5m, do: […] }`"},
}

// stepKeys is what to do about the keys that a step has in files that build software, and none here.
var stepKeys = source.Words{
	{"name", "leave it out: a step has no name, and a comment says what it is for"},
	{"id", "leave it out: `as:` names what a step gives"},
	{"needs", "leave it out: the steps of a list run one after another, and `await: NAME` waits for a task"},
	{"uses", "steps of other files cannot be used: write them under `coroutines:`"},
	{"working-directory", "leave it out: no commands are run here"},
	{"shell", "leave it out: no commands are run here"},
}

// stepKeyHint is what to do about such a key of the step n, "": it is none.
func stepKeyHint(verb *Verb, n *yaml.Node, pair yaml.Pair) string {
	own := listOf([]*yaml.Node{{Kind: yaml.MapNode, Pairs: slices.DeleteFunc(slices.Clone(n.Pairs),
		func(q yaml.Pair) bool { return q.Key == pair.Key })}})
	minutes := nodeText(pair.Value) + "m"
	switch {
	case pair.Key == "env" && pair.Value.Kind == yaml.MapNode:
		return "assign variables in a step before this one: `- let: " + nodeText(pair.Value) + "`"
	case pair.Key == "when" && isText(pair.Value):
		return "write `- { if: " + flowText(pair.Value.Text) + ", then: " + own + " }`"
	case pair.Key == "register" && verb.key(AsKey.Name) != nil && isText(pair.Value):
		return "write `as: " + pair.Value.Text + "`"
	case pair.Key == "continue-on-error":
		return "write `- { try: " + own + ", catch: [{ do: [] }] }`"
	case pair.Key == "timeout-minutes" && verb.key(WithinKey.Name) != nil:
		return "write `within: " + minutes + "`"
	case verb.key(ThenKey.Name) == ThenKey && (pair.Key == WithinKey.Name || pair.Key == ElseKey.Name || pair.Key == NowaitKey.Name):
		return "a time-out is an arm of its own: `- sleep: 3s`, or `0s` for what runs where nothing is there"
	case pair.Key == "timeout-minutes":
		return "write `- { timeout: " + minutes + ", do: " + own + " }`"
	}
	return stepKeys.Of(pair.Key)
}

// methodHint is how the step `q.put: 3` is written here, "": it is no method.
func (p *parser) methodHint(n *yaml.Node) string {
	pair := n.Pairs[0]
	if !strings.Contains(pair.Key, ".") || pair.Value.Kind != yaml.ScalarNode {
		return ""
	}
	value := pair.Value.Text
	if IsNull(pair.Value) {
		value = ""
	} else if isText(pair.Value) && p.entryPairs("call", value) == nil {
		value = strconv.Quote(value)
	}
	if pairs := p.callPairs(pair.Key + "(" + value + ")"); pairs != nil {
		for _, q := range n.Pairs[1:] {
			pairs = append(pairs, q.Key+": "+nodeText(q.Value))
		}
		return "write `- " + inBraces(pairs) + "`"
	}
	return ""
}

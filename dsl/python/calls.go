package python

import (
	"fmt"
	"strings"
	"sync"

	"runloop/dsl/expr"
)

// callCode holds the Python forms of functions; see fill for the verbs. A form that calls a function of the prelude or
// of a module brings that section or import along. A function that is missing here is in calls or has the same name in
// the prelude.
var callCode = sync.OnceValue(func() map[string][]string {
	return map[string][]string{ // indexed by the number of arguments, from 1
		"trim": {"%a.strip()", "%a.strip(%s)"}, "trimPrefix": {"", "%a.removeprefix(%s)"},
		"trimSuffix": {"", "%a.removesuffix(%s)"},
		"replace":    {"", "", "%a.replace(%s, %s)", "%a.replace(%s, %s, %s)"}, "repeat": {"", "%u * %u"},
		"indexOf": {"", "%a.find(%s)"}, "lastIndexOf": {"", "%a.rfind(%s)"}, "hasPrefix": {"", "%a.startswith(%s)"},
		"hasSuffix": {"", "%a.endswith(%s)"}, "toJSON": {"to_json(%s)"}, "fromJSON": {"json.loads(%s)"},
		"toBase64":   {"base64.b64encode(%a.encode()).decode()"},
		"fromBase64": {"base64.b64decode(%s, validate=True).decode()"},
		"string":     {"text(%s)"},
		"abs":        {"abs(%s)"},
		"ceil":       {"math.ceil(%s)"},
		"floor":      {"math.floor(%s)"},
		"round":      {"round(%s)", "round(%s, %s)"},
		"int":        {"int(%s)"},
		"float":      {"float(%s)"},
		"mod":        {"", "%u %% %u"},
		"floordiv":   {"", "%u // %u"},
		"pow":        {"", "powered(%s, %s)"},
		"log2":       {"log(%s, None, \"log2\")"},
		"log10":      {"log(%s, None, \"log10\")"},
		"lpad":       {"", "pad(\"lpad\", %s, %s, \" \", True)", "pad(\"lpad\", %s, %s, %s, True)"},
		"rpad":       {"", "pad(\"rpad\", %s, %s, \" \", False)", "pad(\"rpad\", %s, %s, %s, False)"},
		"range":      {"list(range(%s))", "list(range(%s, %s))", "list(range(%s, %s, %s))"},
		"enumerate":  {"[list(pair) for pair in enumerate(%s)]", "[list(pair) for pair in enumerate(%s, %s)]"},
		"bitand":     {"", "%u & %u"},
		"bitor":      {"", "%u | %u"},
		"bitxor":     {"", "%u ^ %u"},
		"bitnand":    {"", "%u & ~%u"},
		"bitnot":     {"~%u"},
		"bitshl":     {"", "shift(%s, %s)"},
		"bitshr":     {"", "shift(%s, -%u)"},
		"bitushr":    {"", "shift(%u %% 2**64, -%u)"},
		"len":        {"len(%s)"},
		"first":      {"get(%s, 0)"},
		"last":       {"get(%s, -1)"},
		"take":       {"", "%a[:%s]"},
		"reverse":    {"%a[::-1]"},
		"uniq":       {"uniq(%s)"},
		"flatten":    {"flatten(%s)"},
		"sort":       {"sorted(%s)", "sorted(%s, reverse=%u == \"desc\")"},
		"keys":       {"sorted(%s)"},
		"values":     {"[value for _, value in sorted(%a.items())]"},
		"toPairs":    {"[list(pair) for pair in sorted(%a.items())]"},
		"fromPairs":  {"dict(%s)"},
		"type":       {"type_of(%s)"},
		"is_error":   {"isinstance(%s, BaseException)"},
		"get":        {"", "get(%s, %s)"},
		"choice":     {"", "weighted_choice(%s, %s)"},
	}
})

// modules lists the modules that callCode uses.
var modules = []string{"json.", "re.", "base64.", "math."}

// call translates the call of a function.
func (t *translator) call(s *expr.Node) code {
	if t.f.info.Functions[s.Text] != nil {
		return atom("%s(%s)", t.f.exporter.name("function", s.Text), t.list(s.Args))
	}
	if s.Stream != nil {
		return t.drawFrom(s)
	}
	if expr.IsDraw(s.Text) {
		t.use("draws")
	}
	if write := calls()[s.Text]; write != nil {
		return write(t, s)
	}
	if form := formOf(s.Text, len(s.Args)); form != "" {
		return t.fill(form, s.Args)
	}
	t.use(sectionWith(s.Text))
	return t.plain(s)
}

// duration translates the reading of a duration.
func (t *translator) duration(s *expr.Node) code {
	return t.time(atom("%s(%s)", t.use("duration"), t.list(s.Args)))
}

// drawFrom translates a draw from a stream with a name.
func (t *translator) drawFrom(s *expr.Node) code {
	drawn := *s
	drawn.Stream = nil
	return atom("%s(%s, lambda: %s)", t.use("draw_from"), t.node(s.Stream).text, t.call(&drawn).text)
}

// truncated translates what draws again until the number is inside.
func (t *translator) truncated(s *expr.Node) code {
	t.use(sectionWith(s.Text))
	args := t.list(s.Args)
	for range 3 - len(s.Args) {
		args += ", None"
	}
	return atom("truncated(lambda: %s)", args)
}

// plain translates the call of a function that has the same name in Python.
func (t *translator) plain(s *expr.Node) code { return atom("%s(%s)", s.Text, t.list(s.Args)) }

// formOf returns the form of a function with n arguments, or "" if it has none.
func formOf(name string, n int) string {
	if forms := callCode()[name]; 0 < n && n <= len(forms) {
		return forms[n-1]
	}
	return ""
}

// fill puts arguments into a form: %s as they are, %a and %u in brackets where needed, so that a dot (%a) or an
// operator (%u) can follow.
func (t *translator) fill(form string, args []*expr.Node) code {
	for _, m := range modules {
		if strings.Contains(form, m) {
			t.use(strings.TrimSuffix(m, "."))
		}
	}
	if name, _, ok := strings.Cut(form, "("); ok && isSection(name) {
		t.use(name)
	}
	var b strings.Builder
	for i := 0; i < len(form); i++ {
		if form[i] != '%' {
			b.WriteByte(form[i])
			continue
		}
		i++
		switch form[i] {
		case 's':
			b.WriteString(t.node(args[0]).text)
		case 'a', 'u':
			b.WriteString(t.node(args[0]).in(bindAtom))
		default:
			b.WriteByte('%')
			continue
		}
		args = args[1:]
	}
	if form[0] == '%' && form[1] == 'u' || form[0] == '~' {
		return code{b.String(), bindLambda}
	}
	return code{b.String(), bindAtom}
}

// calls holds the functions that no form can express, mostly those with a predicate.
var calls func() map[string]func(t *translator, s *expr.Node) code

func init() { calls = sync.OnceValue(makeCalls) } // in init, because some entries refer to calls

func makeCalls() map[string]func(t *translator, s *expr.Node) code {
	each := func(form string) func(t *translator, s *expr.Node) code {
		return func(t *translator, s *expr.Node) code { return t.loopCall(form, s) }
	}
	return map[string]func(t *translator, s *expr.Node) code{
		"all":           each("all(BODY for VARS in LIST)"),
		"any":           each("any(BODY for VARS in LIST)"),
		"none":          each("not any(BODY for VARS in LIST)"),
		"one":           each("sum(1 for VARS in LIST if BODY) == 1"),
		"count":         each("sum(1 for VARS in LIST if BODY)"),
		"filter":        each("[IT for VARS in LIST if BODY]"),
		"map":           each("[BODY for VARS in LIST]"),
		"find":          each("next((IT for VARS in LIST if BODY), None)"),
		"findIndex":     each("next((INDEX for VARS in LIST if BODY), -1)"),
		"findLast":      each("next((IT for VARS in LAST if BODY), None)"),
		"findLastIndex": each("next((INDEX for VARS in LAST if BODY), -1)"),
		"sum":           (*translator).sum,
		"groupBy":       (*translator).groupBy,
		"sortBy":        (*translator).sortBy,
		"reduce":        (*translator).reduce,
		"concat":        (*translator).concat,
		"zip":           (*translator).zip,
		"join":          (*translator).join,
		"max":           (*translator).plain,
		"min":           (*translator).plain,
		"splitAfter":    (*translator).splitAfter,
		"truncated":     (*translator).truncated,
		"duration":      (*translator).duration,
	}
}

// body translates a predicate. Without one it returns the element itself.
func (t *translator) body(s *expr.Node) string {
	t.loops++
	defer func() { t.loops-- }()
	if len(s.Args) > 1 {
		return t.node(s.Args[1]).in(bindOr)
	}
	return t.pointer("")
}

// names returns the Python names of # and #index in the predicate of a call.
func (t *translator) names() (it, index string) {
	t.loops++
	defer func() { t.loops-- }()
	return t.pointer(""), t.pointer("index")
}

func (t *translator) loopCall(form string, s *expr.Node) code {
	it, index := t.names()
	body, list := t.body(s), t.node(s.Args[0]).in(bindOr)
	vars, all := it, list
	if strings.Contains(form, "INDEX") || strings.Contains(form, "LAST") || mentionsIndex(s.Args[1:]) {
		vars, all = index+", "+it, "enumerate("+list+")"
	}
	text := strings.NewReplacer("BODY", body, "VARS", vars, "LIST", all, "LAST", "reversed(list("+all+"))", "IT", it,
		"INDEX", index).Replace(form)
	if strings.HasPrefix(form, "not") || strings.HasSuffix(form, "== 1") {
		return code{text, bindNot}
	}
	return code{text, bindAtom}
}

func mentionsIndex(args []*expr.Node) bool {
	for _, a := range args {
		if a != nil && (a.Kind == expr.PointerNode && a.Text == "index" || mentionsIndex(a.Args)) {
			return true
		}
	}
	return false
}

func (t *translator) sum(s *expr.Node) code {
	c := t.loopCall("sum(BODY for VARS in LIST)", s)
	if s.Type.Kind == expr.TypeFloat {
		c = t.loopCall("sum((BODY for VARS in LIST), 0.0)", s)
	}
	if s.Type.Kind == expr.TypeInt {
		return atom("%s(%s)", t.use("whole"), c.text)
	}
	return c
}

func (t *translator) groupBy(s *expr.Node) code {
	it, index := t.names()
	return atom("%s(%s, lambda %s, %s: %s)", t.use("group_by"), t.node(s.Args[0]).text, it, index, t.body(s))
}

func (t *translator) sortBy(s *expr.Node) code {
	it, _ := t.names()
	order := ""
	if len(s.Args) > 2 {
		order = fmt.Sprintf(", reverse=%s == \"desc\"", t.node(s.Args[2]).in(bindAdd))
	}
	return atom("sorted(%s, key=lambda %s: %s%s)", t.node(s.Args[0]).text, it, t.body(s), order)
}

func (t *translator) reduce(s *expr.Node) code {
	t.loops++
	vars := t.pointer("acc") + ", " + t.pointer("") + ", " + t.pointer("index")
	t.loops--
	start := ""
	if len(s.Args) > 2 {
		start = ", " + t.node(s.Args[2]).text
	}
	return atom("%s(%s, lambda %s: %s%s)", t.use("reduce"), t.node(s.Args[0]).text, vars, t.body(s), start)
}

func (t *translator) concat(s *expr.Node) code {
	parts := make([]string, len(s.Args))
	for i, a := range s.Args {
		parts[i] = "*" + t.node(a).in(bindAtom)
	}
	return atom("[%s]", strings.Join(parts, ", "))
}

func (t *translator) zip(s *expr.Node) code {
	return atom("[list(row) for row in zip(%s)]", t.list(s.Args))
}

func (t *translator) join(s *expr.Node) code {
	separator := `""`
	if len(s.Args) > 1 {
		separator = t.node(s.Args[1]).in(bindAtom)
	}
	return atom("%s.join(%s)", separator, t.node(s.Args[0]).text)
}

func (t *translator) splitAfter(s *expr.Node) code {
	t.use("re")
	return atom("re.split(\"(?<=\" + re.escape(%s) + \")\", %s)", t.node(s.Args[1]).text, t.node(s.Args[0]).text)
}

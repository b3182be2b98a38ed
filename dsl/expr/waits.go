package expr

import (
	"strings"

	"github.com/expr-lang/expr/ast"

	"runloop/dsl/source"
)

// What waits or makes a task is a step. An expression that waits is read nevertheless, so that the check can tell which
// step it is: it knows coroutines and tasks.

const awaitWord = "await"

// parseAwaits parses text without its words `await`, and returns where they stand; nil: that does not help.
func parseAwaits(text string) (root ast.Node, awaits []int) {
	plain := []byte(text)
	for _, at := range wordsAt(text, awaitWord) {
		if next := strings.TrimLeft(text[at+len(awaitWord):], " "); next != "" && source.IsIdentifier(next[:1]) {
			awaits = append(awaits, at)
			copy(plain[at:], strings.Repeat(" ", len(awaitWord)))
		}
	}
	if awaits == nil {
		return nil, nil
	}
	root, err := parseText(string(plain), 1e9)
	if err != nil {
		return nil, nil
	}
	return root, awaits
}

// wordsAt is where a word stands alone in an expression, outside quotes.
func wordsAt(text, word string) []int {
	var places []int
	for i := 0; i < len(text); {
		n := source.WordLen(text, i)
		switch {
		case n > 0 && text[i:i+n] == word:
			places = append(places, i)
		case n == 0 && strings.IndexByte("\"'`", text[i]) >= 0:
			n = skipQuoted(text, i) - i
		}
		i += max(n, 1)
	}
	return places
}

// awaited is the offset of the `await` before a name, an attribute or a call, or -1 if there is none.
func (c *checker) awaited(n ast.Node) int {
	switch n.(type) {
	case *ast.IdentifierNode, *ast.MemberNode, *ast.CallNode, *ast.BuiltinNode, *ast.ChainNode:
	default:
		return -1
	}
	from, _ := c.e.extent(n)
	for _, at := range c.e.awaits {
		if end := at + len(awaitWord); end <= from && strings.TrimSpace(c.e.text[end:from]) == "" {
			return at
		}
	}
	return -1
}

// waits reports an `await` inside an expression.
func (c *checker) waits(n ast.Node, at int) {
	_, end := c.e.extent(n)
	operand := c.e.source(n)
	if task, found := strings.CutSuffix(strings.TrimSuffix(operand, "()"), ".result"); found {
		operand = task
	}
	c.reportAt(at, end, CodeNotHere, "an expression only computes: `"+source.Shorten(c.e.text[at:end])+"` is a step",
		c.stepHint(n, awaitWord+" "+operand))
}

// usesCoroutine reports a coroutine that is called or named in an expression.
func (c *checker) usesCoroutine(n ast.Node, name string) {
	hint := c.stepHint(n, c.e.source(n))
	if hint == "" || len(c.loops) > 0 {
		hint = "call it in a step: `- { call: " + name + ", as: " + c.freeName() + " }`"
	}
	c.report(n, CodeNotHere, "`"+name+"` is a coroutine: a step runs it, an expression only computes", hint)
}

// isCoroutine reports whether a name is that of a coroutine and of no variable.
func (c *checker) isCoroutine(name string) bool {
	if c.env.Coroutine == nil || !c.env.Coroutine(name) {
		return false
	}
	_, isVariable := c.lookupOuter(name)
	return !isVariable
}

// stepHint is which step does what text does in Python, in place of node n; "": none is known.
func (c *checker) stepHint(n ast.Node, text string) string {
	if c.env.Step == nil {
		return ""
	}
	name, whole := c.env.As, c.env.As != "" && n == c.e.root
	if !whole {
		name = c.freeName()
	}
	step, assigns := c.env.Step(text, name)
	switch {
	case step == "":
		return ""
	case !assigns:
		return "it is a step: `- " + step + "`"
	case whole:
		return "write `- " + step + "`"
	}
	return "put `- " + step + "` before this step, and write `" + name + "` here"
}

// freeName is a name for a result that no variable has.
func (c *checker) freeName() string {
	for _, name := range []string{"x", "y", "z", "value"} {
		if _, taken := c.env.Scope.Lookup(name); !taken {
			return name
		}
	}
	return "result"
}

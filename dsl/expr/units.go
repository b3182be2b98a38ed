package expr

import (
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	exprparser "github.com/expr-lang/expr/parser"
)

// The parser of expressions knows no units. A literal with units, `1m30s`, is hidden from it behind a name of as many
// characters that nothing else can have, which then becomes the number: so everything keeps its place.
const unitMask = 'ꙮ'

// written is a literal with units in the text of an expression.
type written struct {
	from, to int     // in characters
	value    float64 // in the scenario's unit
}

// parseText parses an expression whose literals may have units; unit is that of bare numbers.
func parseText(text string, unit int64) (ast.Node, error) {
	masked, literals := maskUnits(text, unit)
	tree, err := exprparser.Parse(masked)
	if err != nil {
		return nil, err
	}
	if literals == nil {
		return tree.Node, nil
	}
	m := unmasker{literals: literals}
	ast.Walk(&tree.Node, &m)
	if m.missed {
		return nil, &file.Error{Message: "unexpected token", Location: m.at}
	}
	return tree.Node, nil
}

// maskUnits replaces the literals with units. It returns the text itself if there are none.
func maskUnits(text string, unit int64) (masked string, literals []written) {
	var out []byte
	done, chars := 0, 0 // how much of text is in out, in bytes and in characters
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c == '"' || c == '\'' || c == '`':
			i = skipQuoted(text, i)
		case c < '0' || c > '9':
			if n := wordBytes(text[i:]); n > 0 {
				i += n
			} else {
				i++
			}
		default:
			n := unitLen(text[i:])
			if n == 0 {
				i += max(wordBytes(text[i:]), 1)
				continue
			}
			ns, err := ParseDuration(text[i:i+n], unit)
			if err != nil {
				i += n
				continue
			}
			chars += utf8.RuneCountInString(text[done:i])
			literals = append(literals, written{chars, chars + n, float64(ns) / float64(unit)})
			chars += n
			out = append(out, text[done:i]...)
			for range n {
				out = utf8.AppendRune(out, unitMask)
			}
			i += n
			done = i
		}
	}
	if literals == nil {
		return text, nil
	}
	return string(append(out, text[done:]...)), literals
}

// wordBytes is the length of the name or number that a text begins with.
func wordBytes(text string) int {
	for i, r := range text {
		if r != '_' && r != '$' && r < utf8.RuneSelf && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return i
		}
	}
	return len(text)
}

// unitLen is the length of the literal with units that a text begins with; 0: it begins with none.
func unitLen(text string) int {
	n := 0
	for n < len(text) {
		digits := n
		for digits < len(text) && ('0' <= text[digits] && text[digits] <= '9' || digits > n && text[digits] == '.') {
			digits++
		}
		letters := digits
		for letters < len(text) && 'a' <= text[letters] && text[letters] <= 'z' {
			letters++
		}
		if digits == n || letters == digits || unitNamed(text[digits:letters]) < 0 {
			break
		}
		n = letters
	}
	if n > 0 && wordBytes(text[n:]) > 0 {
		return 0
	}
	return n
}

// HasUnits reports whether a text is nothing but a literal with units, be it a duration or not: `5s`, `1m30s`.
func HasUnits(text string) bool { return text != "" && unitLen(text) == len(text) }

// unmasker turns the names behind which literals are hidden into numbers.
type unmasker struct {
	literals []written
	missed   bool // a literal stands where a name belongs: x.5s
	at       file.Location
}

// Visit implements ast.Visitor.
func (m *unmasker) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		if l := m.literal(n.Value, n.Location()); l != nil {
			number := &ast.FloatNode{Value: l.value}
			number.SetLocation(n.Location())
			*node = number
		}
	case *ast.StringNode: // the key behind a dot, or of a map
		m.misses(n.Value, n.Location())
	case *ast.VariableDeclaratorNode:
		m.misses(n.Name, n.Location())
	case *ast.CallNode:
		if number, ok := n.Callee.(*ast.FloatNode); ok { // 5s(x)
			m.missed, m.at = true, number.Location()
		}
	}
}

// misses notes a literal where only a name can stand.
func (m *unmasker) misses(name string, at file.Location) {
	if m.literal(name, at) != nil {
		m.missed, m.at = true, at
	}
}

// literal is the literal that is hidden behind a name; nil: it is a name.
func (m *unmasker) literal(name string, at file.Location) *written {
	if r, _ := utf8.DecodeRuneInString(name); r != unitMask {
		return nil
	}
	for i := range m.literals {
		if l := &m.literals[i]; l.from == at.From {
			return l
		}
	}
	return nil
}

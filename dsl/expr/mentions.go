package expr

import (
	"github.com/expr-lang/expr/ast"

	"runloop/dsl/source"
)

// Mention is one name in an expression.
type Mention struct {
	Kind   MentionKind
	Text   string
	Span   source.Span
	Symbol *Symbol // of VariableMention: what it stands for; nil: nothing that is known
	Type   Type    // of the value that it names; of FunctionMention: of the result
	Base   Type    // of MemberMention: of the value before the dot
	Of     string  // of MemberMention: the name before the dot, if it is one, or metrics.tasks, metrics.sources
}

// MentionKind is the kind of a Mention.
type MentionKind uint8

const (
	VariableMention MentionKind = iota // a name of the scope, or of the language
	LetMention                         // a name that `let` gives inside the expression
	FunctionMention                    // of the scenario, or built in
	MemberMention                      // an attribute, or a key of a map, behind a dot
	TaskMention                        // the constant name in tasks["name"]
	KeyMention                         // the constant key of a map that is written in the expression
)

// Mentions calls f for each name in the expression, in the order of the tree. facts may lack the expression, if it was
// not checked: then types and symbols are unknown.
func (e *Tree) Mentions(facts Facts, f func(Mention)) {
	found := facts[e]
	if found == nil {
		found = &resolution{}
	}
	m := mentioner{e: e, found: found, f: f}
	m.walk(e.root)
}

// mentioner walks an expression for its names.
type mentioner struct {
	e     *Tree
	found *resolution
	f     func(Mention)
}

func (m *mentioner) walk(n ast.Node) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		m.identifier(n)
		return
	case *ast.MemberNode:
		m.member(n)
		return
	case *ast.CallNode:
		if name, ok := n.Callee.(*ast.IdentifierNode); ok {
			m.function(name.Value, name, n)
		} else {
			m.walk(n.Callee)
		}
		for _, a := range n.Arguments {
			m.walk(a)
		}
		return
	case *ast.PairNode:
		m.key(n)
	case *ast.BuiltinNode:
		m.function(n.Name, n, n)
	case *ast.VariableDeclaratorNode:
		m.walk(n.Value)
		m.walk(n.Expr)
		return
	}
	for _, c := range children(n) {
		m.walk(c)
	}
}

func (m *mentioner) place(n ast.Node) source.Span { return m.e.span(m.e.bytes(n.Location())) }

func (m *mentioner) identifier(n *ast.IdentifierNode) {
	if n.Value == "null" {
		return
	}
	mention := Mention{Kind: VariableMention, Text: n.Value, Span: m.place(n), Type: m.found.types[n]}
	if symbol := m.found.symbols[n]; symbol != nil {
		mention.Symbol = symbol
	} else if m.found.types != nil && m.bound(n.Value) {
		mention.Kind = LetMention
	}
	m.f(mention)
}

// bound reports whether a `let` of the expression gives a name.
func (m *mentioner) bound(name string) bool {
	bound := false
	each(m.e.root, func(n ast.Node) {
		if let, ok := n.(*ast.VariableDeclaratorNode); ok && let.Name == name {
			bound = true
		}
	})
	return bound
}

// function mentions the function that a node calls, whose name stands at another.
func (m *mentioner) function(name string, at, call ast.Node) {
	from, to := m.e.bytes(at.Location())
	if m.e.text[from:to] != name { // an operator that is written as one
		return
	}
	m.f(Mention{Kind: FunctionMention, Text: name, Span: m.e.span(from, to), Type: m.found.types[call]})
}

func (m *mentioner) key(n *ast.PairNode) {
	key, constant := n.Key.(*ast.StringNode)
	if !constant {
		return
	}
	from, to := m.e.bytes(key.Location())
	if to-from == len(key.Value)+2 {
		from, to = from+1, to-1
	}
	if m.e.text[from:to] == key.Value {
		m.f(Mention{Kind: KeyMention, Text: key.Value, Span: m.e.span(from, to), Type: m.found.types[n.Value]})
	}
}

// metricSection is `metrics`, `metrics.tasks` or `metrics.sources`, whose members are names of the scenario; "": a node is
// another one.
func (m *mentioner) metricSection(n ast.Node) string {
	if base, ok := n.(*ast.IdentifierNode); ok {
		if s := m.found.symbols[base]; s != nil && s.Kind == SymMetrics {
			return base.Value
		}
	}
	if section, ok := n.(*ast.MemberNode); ok {
		if base := m.metricSection(section.Node); base == "metrics" {
			if key, constant := section.Property.(*ast.StringNode); constant {
				return base + "." + key.Value
			}
		}
	}
	return ""
}

func (m *mentioner) member(n *ast.MemberNode) {
	m.walk(n.Node)
	key, constant := n.Property.(*ast.StringNode)
	if !constant {
		m.walk(n.Property)
		return
	}
	from, to := m.e.bytes(key.Location())
	text := m.e.text[from:to]
	quoted := len(text) >= 2 && text[1:len(text)-1] == key.Value
	if quoted {
		from, to = from+1, to-1
	} else if text != key.Value {
		return
	}
	base, isName := n.Node.(*ast.IdentifierNode)
	section := m.metricSection(n.Node)
	switch object := m.found.metricNames[n]; {
	case object != nil:
		m.f(Mention{Kind: VariableMention, Text: key.Value, Span: m.e.span(from, to), Symbol: object, Type: object.Type})
	case section != "" || !quoted:
		mention := Mention{Kind: MemberMention, Text: key.Value, Span: m.e.span(from, to), Type: m.found.types[n], Base: m.found.types[n.Node]}
		if isName {
			mention.Of = base.Value
		} else {
			mention.Of = section
		}
		m.f(mention)
	case isName && base.Value == "tasks":
		m.f(Mention{Kind: TaskMention, Text: key.Value, Span: m.e.span(from, to), Type: m.found.types[n]})
	}
}

package expr

import (
	"math"

	"github.com/expr-lang/expr/ast"

	"runloop/dsl/source"
	"runloop/engine"
)

// Node is a node of a checked expression: the form in which packages that translate scenarios see expressions.
type Node struct {
	Kind     NodeKind
	Text     string       // as SyntaxKind says
	Const    engine.Value // of ConstantSyntax
	Args     []*Node      // the operands, in the order of the text
	Optional bool         // of MemberSyntax: `?.`
	Variable VariableKind // of VariableSyntax
	Type     Type         // what the value is
	Stream   *Node        // of CallNode: the name of the stream that a draw takes its numbers from; not one of Args
	Source   string       // the text it was written as
	Place    source.Span  // of MetricNode
}

// NodeKind says what a Syntax is, and with it what its Text and Args are.
type NodeKind uint8

const (
	ConstantNode    NodeKind = iota // Const
	VariableNode                    // Text is the name
	PointerNode                     // `#`; Text is empty, "index" or "acc"
	UnaryNode                       // Text is the operator: - + not
	BinaryNode                      // Text is the operator; `^` is **, `&&` and, `||` or
	ConditionalNode                 // condition, value, other value
	MemberNode                      // base[key] or base.name: the key is a constant then
	TaskNode                        // tasks[name]
	LoopNode                        // loop.name: Text is the name
	DatetimeNode                    // datetime.name: Text is the name
	MetricNode                      // a number of the statistics
	ChainNode                       // members: where one that is optional finds null, all of it is null
	SliceNode                       // value, start, end; either may be nil
	CallNode                        // Text is the function; a predicate is an argument like the others
	LetNode                         // Text is the name; its value, then the expression it is known in
	ListNode                        // the elements
	MapNode                         // keys and values in turn
)

// VariableKind says what a name in an expression stands for.
type VariableKind uint8

const (
	LocalVariable   VariableKind = iota // of the activation
	SharedVariable                      // of all tasks
	ContextVariable                     // of the running task's context
	ParamVariable                       // of the run
	NowVariable                         // the loop time
	CurrentTask                         // the running task
	IndexVariable                       // the index of the task that is being created
	CaughtError                         // the error in a catch
	LetVariable                         // of a `let` in the expression
)

var variableKinds = [SymError + 1]VariableKind{
	SymLocal: LocalVariable, SymShared: SharedVariable, SymContext: ContextVariable, SymParam: ParamVariable,
	SymNow: NowVariable, SymArgument: LocalVariable, SymTask: CurrentTask, SymIndex: IndexVariable, SymError: CaughtError,
}

// View is the expression's tree; it has been checked without an error.
func (e *Tree) View(facts Facts) *Node {
	r := reader{e, facts[e]}
	return r.read(e.root)
}

// reader turns the parser's tree into Syntax.
type reader struct {
	e     *Tree
	found *resolution
}

func (r reader) read(n ast.Node) *Node {
	if n == nil {
		return nil
	}
	s := &Node{Type: r.found.types[n], Source: r.e.source(n)}
	switch n := n.(type) {
	case *ast.BoolNode:
		s.Const = engine.Bool(n.Value)
	case *ast.IntegerNode:
		s.Const = engine.Int(int64(n.Value))
	case *ast.FloatNode:
		s.Const = engine.Float(n.Value)
	case *ast.StringNode:
		s.Const = engine.String(n.Value)
	case *ast.IdentifierNode:
		r.identifier(s, n)
	case *ast.PointerNode:
		s.Kind, s.Text = PointerNode, n.Name
	case *ast.UnaryNode:
		s.Kind, s.Text, s.Args = UnaryNode, operator(n.Operator), r.all(n.Node)
	case *ast.BinaryNode:
		s.Kind, s.Text, s.Args = BinaryNode, operator(n.Operator), r.all(n.Left, n.Right)
	case *ast.ConditionalNode:
		s.Kind, s.Args = ConditionalNode, r.all(n.Cond, n.Exp1, n.Exp2)
	case *ast.MemberNode:
		r.member(s, n)
	case *ast.ChainNode:
		s.Kind, s.Args = ChainNode, r.all(n.Node)
	case *ast.SliceNode:
		s.Kind, s.Args = SliceNode, r.all(n.Node, n.From, n.To)
	case *ast.CallNode:
		s.Kind, s.Args = CallNode, r.all(n.Arguments...)
		if name, ok := n.Callee.(*ast.IdentifierNode); ok {
			s.Text = name.Value
			r.stream(s, n)
		}
	case *ast.BuiltinNode:
		s.Kind, s.Text, s.Args = CallNode, n.Name, r.all(n.Arguments...)
	case *ast.PredicateNode:
		return r.read(n.Node)
	case *ast.VariableDeclaratorNode:
		s.Kind, s.Text, s.Args = LetNode, n.Name, r.all(n.Value, n.Expr)
	case *ast.ArrayNode:
		s.Kind, s.Args = ListNode, r.all(n.Nodes...)
	case *ast.MapNode:
		s.Kind = MapNode
		for _, p := range n.Pairs {
			pair := p.(*ast.PairNode)
			s.Args = append(s.Args, r.all(pair.Key, pair.Value)...)
		}
	}
	return s
}

// stream takes the name of a stream out of the arguments of a draw.
func (r reader) stream(s *Node, n ast.Node) {
	b, found := findBuiltin(s.Text)
	if last := len(s.Args) - 1; found && r.found.functions[n] == nil && last > 0 && b.namesStream(last, len(s.Args), s.Args[last].Type) {
		s.Args, s.Stream = s.Args[:last], s.Args[last]
	}
}

func (r reader) all(nodes ...ast.Node) []*Node {
	list := make([]*Node, len(nodes))
	for i, n := range nodes {
		list[i] = r.read(n)
	}
	return list
}

// operator is the one spelling of an operator.
func operator(op string) string {
	switch op {
	case "&&":
		return "and"
	case "||":
		return "or"
	case "!":
		return "not"
	case "^":
		return "**"
	}
	return op
}

func (r reader) identifier(s *Node, n *ast.IdentifierNode) {
	if n.Value == "null" {
		return
	}
	s.Kind, s.Text, s.Variable = VariableNode, n.Value, LetVariable
	if sym, ok := r.found.symbols[n]; ok {
		if sym.Kind == SymPi {
			s.Kind, s.Const = ConstantNode, engine.Float(math.Pi)
			return
		}
		s.Variable = variableKinds[sym.Kind]
	}
}

func (r reader) member(s *Node, n *ast.MemberNode) {
	if r.found.metrics[n] != nil {
		s.Kind, s.Text, s.Place = MetricNode, s.Source, r.e.span(r.e.extent(n))
		return
	}
	if base, ok := n.Node.(*ast.IdentifierNode); ok {
		switch sym, known := r.found.symbols[base]; {
		case known && sym.Kind == SymTasks:
			s.Kind, s.Args = TaskNode, r.all(n.Property)
			return
		case known && sym.Kind == SymLoop:
			name, _ := n.Property.(*ast.StringNode)
			s.Kind, s.Text = LoopNode, name.Value
			return
		case known && sym.Kind == SymDatetime:
			name, _ := n.Property.(*ast.StringNode)
			s.Kind, s.Text = DatetimeNode, name.Value
			return
		}
	}
	s.Kind, s.Args, s.Optional = MemberNode, r.all(n.Node, n.Property), n.Optional
}

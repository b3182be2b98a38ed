package check

import (
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// ScopeIn returns the names that the value of a field of r can use, where those that r can use are v. It is for walks of
// the tree from the file's root on, where v is the Scope of an Info and nothing else.
func (v Scope) ScopeIn(s *syntax.File, r *syntax.Record, f syntax.Field) Scope {
	switch n := r.Node.(type) {
	case *syntax.File:
		for act, block := range v.Blocks(s) {
			if f.Value == syntax.FieldValue(block) {
				return Scope{Info: v.Info, Act: act}
			}
		}
	case *syntax.Source:
		v.Act, v.Index = v.BodyOfSource(n), true
	case *syntax.Definition:
		if kind := f.Key.Kind; kind == syntax.StepsKey || kind == syntax.ConditionKey {
			return Scope{Info: v.Info, Act: v.BodyOf(n)}
		}
	case *syntax.Function:
		if n.Name != nil && f.Key.Kind == syntax.ExpressionKey {
			return Scope{Info: v.Info, Function: v.Functions[n.Name.Text]}
		}
	case *syntax.ObjectOptions, *syntax.New:
		if f.Key == syntax.RankKey {
			return Scope{Info: v.Info, Ranked: true}
		}
	case *syntax.Failure:
		return Scope{Info: v.Info, OnlyParams: true}
	case *syntax.Handler:
		v.Handled = v.Caught[n]
	}
	if e := syntax.EntryOf(r); e != nil {
		if act := v.InlineOf(e); act != nil && f.Key == syntax.EntryDo {
			return Scope{Info: v.Info, Act: act}
		}
		v.Index = v.Index || e.Counted()
	}
	return v
}

// TypeOf returns the type of an expression that stands in no file, where the names of v can be used: any if it is wrong.
func (v Scope) TypeOf(text string) expr.Type {
	tree := expr.Parse(text, 1e9, func(int, int) source.Span { return source.Span{} }, &source.Diagnostics{})
	if tree == nil {
		return expr.AnyType
	}
	env := expr.Env{Scope: forgiving{&v}, Results: &v.results, Facts: expr.Facts{}, Functions: v.Functions,
		Metrics: v.Metrics, Unit: v.unit}
	return Known(tree.Check(&env))
}

// TaskNames returns the names of tasks that are known before the run, sorted.
func (i *Info) TaskNames() []string { return SortedNames(i.tasks) }

// Raised returns the types of errors that the scenario raises, sorted.
func (i *Info) Raised() []string { return SortedNames(i.raised) }

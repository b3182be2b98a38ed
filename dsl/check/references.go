package check

import (
	"slices"
	"strconv"
	"strings"

	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// resolve finds what a bare name means: a variable or a place in it, a task, or a callback.
func (c *checker) resolve(r *syntax.Reference, key *syntax.Key) {
	if r.Expr != nil || c.meanings[r] != (meaning{}) {
		return
	}
	_, variable := c.Lookup(identifierPrefix(r.Text))
	variable = variable && source.IsBarePath(r.Text)
	callback := c.Callbacks[r.Text]
	src := c.sourceNamed(r.Text)
	if key != syntax.CancelKey {
		callback, src = nil, nil
	}
	task := fits(expr.TaskType, key.Types) && (c.tasks[r.Text] || !variable && callback == nil && expr.NumberedTask(r.Text))
	switch {
	case variable && (task || callback != nil || src != nil):
		c.errorf(CodeAmbiguous, r.Span, "for the variable write `${"+r.Text+"}`",
			"`%s` is both a variable and the name of a task or callback", r.Text)
	case task && callback != nil:
		c.errorf(CodeAmbiguous, r.Span, "for the task write `${tasks["+strconv.Quote(r.Text)+"]}`",
			"`%s` is both a task and a callback", r.Text)
	case variable:
		c.meanings[r] = meaning{expr: r.Path}
	case task:
		c.meanings[r] = meaning{expr: taskExpr(r)}
	case src != nil:
		c.meanings[r] = meaning{source: src}
	case callback != nil:
		c.meanings[r] = meaning{callback: callback}
	case !c.mayExist() || !source.IsBarePath(r.Text):
		c.unknownReference(r, key)
	}
}

// sourceNamed returns the source of that name, or nil if there is none.
func (c *checker) sourceNamed(name string) *syntax.Source {
	for _, s := range c.s.Sources {
		if s.Title.Text == name {
			return s
		}
	}
	return nil
}

// taskExpr returns the expression for the task that a reference names.
func taskExpr(r *syntax.Reference) *syntax.Expr {
	text := "tasks[" + strconv.Quote(r.Text) + "]"
	return &syntax.Expr{Span: r.Span, Text: text, Tree: expr.NamedTask(r.Text, text, r.Span)}
}

func (c *checker) unknownReference(r *syntax.Reference, key *syntax.Key) {
	var candidates []string
	for _, name := range c.Scope.Names() {
		if s, ok := c.Lookup(name); ok && fits(s.Type, key.Types) && !reserved(name) {
			candidates = append(candidates, name)
		}
	}
	what := "variable"
	if fits(expr.TaskType, key.Types) {
		what = "variable or task"
		candidates = append(candidates, SortedNames(c.tasks)...)
	}
	if key == syntax.CancelKey {
		what = "variable, task or callback"
		if len(c.s.Sources) > 0 {
			what = "variable, task, callback or source"
		}
		candidates = append(candidates, SortedNames(c.Callbacks)...)
		for _, s := range c.s.Sources {
			candidates = append(candidates, s.Title.Text)
		}
	}
	hint := source.DidYouMean(r.Text, candidates)
	if name, _, _ := strings.Cut(r.Text, "("); c.Coroutines[name] != nil && slices.Contains(waitingKeys, key) {
		if c.saidOfList(r, key) {
			return
		}
		hint = "`" + name + "` is a coroutine: " + c.coroutineHint(r, key)
	} else if c.Coroutines[r.Text] != nil {
		hint = "`" + r.Text + "` is a coroutine: name the task that `spawn` makes of it, `as: t`"
	} else if list, spread := strings.CutPrefix(r.Text, "*"); spread && source.IsBarePath(list) {
		hint = "a list stands here as it is: write `" + key.Name + ": " + list + "`"
	} else if step := c.s.StepHint(r.Text); step != "" {
		hint = step
	}
	c.errorf(CodeNoVariable, r.Span, hint,
		"`%s`: there is no %s `%s`", key.Name, what, source.Shorten(r.Text))
}

// coroutineHint returns how a step waits for a coroutine that is named where a task belongs.
func (c *checker) coroutineHint(r *syntax.Reference, key *syntax.Key) string {
	switch key {
	case syntax.AwaitKey:
		return "`" + c.s.CallText("call", r.Text) + "` runs it here; `spawn` makes a task of it"
	case syntax.GatherKey:
		return "write `{ " + c.s.CallText("call", r.Text) + " }`"
	}
	return "first make a task of it, `- { " + c.s.CallText("spawn", r.Text) + ", as: t }`, and name `t` here"
}

// saidOfList reports whether the same was said of the item before this one in its list.
func (c *checker) saidOfList(r *syntax.Reference, key *syntax.Key) bool {
	if c.diags == nil || len(*c.diags) == 0 {
		return false
	}
	last := (*c.diags)[len(*c.diags)-1]
	if last.Code != CodeNoVariable || last.Span.End > r.Span.Start || !strings.HasPrefix(last.Message, "`"+key.Name+"`") {
		return false
	}
	between := c.s.Source.Text(source.Span{Start: last.Span.End, End: r.Span.Start})
	if strings.Trim(between, " \t\r\n,-'\"") != "" {
		return false
	}
	(*c.diags)[len(*c.diags)-1].Span.End = r.Span.End
	return true
}

// reference checks a reference and returns its type.
func (c *checker) reference(r *syntax.Reference, key *syntax.Key) expr.Type {
	t := c.referred(r, key)
	if !fits(t, key.Types) {
		hint := ""
		if verb := waitVerbs[t.Kind]; verb != "" && verb != key.Name && slices.Contains(waitingKeys, key) {
			hint = "write `- " + verb + ": " + source.Shorten(r.Text) + "`"
		} else if t.Kind == expr.TypeTask && key.Name == "resolve" {
			hint = "what a task returns is its result; `new: future` makes what a step can resolve"
		} else if t.Kind == expr.TypeContainer || t.Kind == expr.TypeStore {
			hint = "`" + source.Shorten(r.Text) + "` is " + t.Article() + ": `get` and `put`"
		}
		c.errorf(CodeValueType, r.Span, hint, "`%s` takes %s, not %s", key.Name, typeChoice(key.Types), t.Article())
	}
	return t
}

// waitVerbs holds the verbs that wait for what is no task, by its type.
var waitVerbs = map[expr.TypeKind]string{
	expr.TypeEvent: "wait", expr.TypeBarrier: "wait", expr.TypeCondition: "wait", expr.TypeQueue: "get",
	expr.TypeLock: "acquire", expr.TypeSemaphore: "acquire", expr.TypeRWLock: "acquire", expr.TypeResource: "acquire",
}

// referred is reference without the check of the type.
func (c *checker) referred(r *syntax.Reference, key *syntax.Key) expr.Type {
	c.resolve(r, key)
	e := c.ExprOf(r)
	if e == nil {
		return expr.AnyType
	}
	if e == r.Path && c.diags != nil {
		*c.diags = append(*c.diags, r.Problems...)
	}
	t := c.lookedInto(e, slices.Equal(key.Types, syntax.PutTypes))
	if c.Act != nil && c.Act.Kind.Waits() && strings.TrimSpace(e.Text) == "task" && slices.Contains(waitingKeys, key) {
		c.errorf(CodeValueType, r.Span, "", "`task` is the task that runs this step: `%s` would wait for itself", key.Name)
	}
	return t
}

// waitingKeys holds the keys that name tasks the step waits for.
var waitingKeys = []*syntax.Key{
	syntax.AwaitKey, syntax.ShieldKey, syntax.GatherKey, syntax.WaitKey, syntax.CompletedKey,
}

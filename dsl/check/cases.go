package check

import (
	"fmt"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// cases checks what each case sets, all but its expectations.
func (c *checker) cases() {
	for _, cs := range c.s.Cases {
		c.caseParams(cs)
		c.caseSeeds(cs)
		if cs.Limits != nil {
			c.settings(&cs.Limits.Record, true)
		}
		if cs.Expect != nil {
			c.settings(&cs.Expect.Record, false)
		}
	}
}

// caseParams checks the values of run parameters, and that a case gives those that have no default.
func (c *checker) caseParams(cs *syntax.Case) {
	given := map[string]bool{}
	if cs.Params != nil {
		for _, b := range cs.Params.Items {
			given[b.Name.Text] = true
			c.caseParam(b)
		}
	}
	for _, p := range c.s.Params {
		if p.Default == nil && !given[p.Name.Text] && !cs.Unread() {
			c.errorf(CodeMissingArg, cs.Name.Span, fmt.Sprintf("write `params: { %s: … }`, or give it a default", p.Name.Text),
				"case `%s` gives no value to parameter `%s`, which has no default", cs.Name.Text, p.Name.Text)
		}
	}
}

func (c *checker) caseParam(b syntax.Binding) {
	p := c.s.Param(b.Name.Text)
	switch {
	case p == nil:
		hint := "declare it under `params:` of the scenario"
		var names []string
		for _, p := range c.s.Params {
			names = append(names, p.Name.Text)
		}
		if near := source.Suggest(b.Name.Text, names); near != "" {
			hint = "did you mean `" + near + "`?"
		}
		c.errorf(syntax.CodeCase, b.Name.Span, hint, "the scenario has no parameter `%s`", b.Name.Text)
	case !b.Value.IsConstant():
		c.errorf(syntax.CodeCase, b.Value.Span, "write the value itself", "a case gives constants: it cannot compute `%s`", b.Name.Text)
	default:
		if _, err := p.Given(b.Value); err != nil {
			c.errorf(syntax.CodeParamDefault, b.Value.Span, "", "%s", err)
		}
	}
}

// caseSeeds checks the seeds of a case.
func (c *checker) caseSeeds(cs *syntax.Case) {
	if cs.Seed != nil {
		c.wanted(syntax.SeedKey, cs.Seed)
		c.above(syntax.SeedKey, cs.Seed, false)
	}
	if cs.Seeds == nil {
		return
	}
	if cs.Seed != nil {
		c.errorf(syntax.CodeCase, cs.Seeds.Span, "keep one of them", "a case has `seed` or `seeds`, not both")
	}
	if _, err := cs.SeedList(); err != nil {
		c.errorf(syntax.CodeCase, cs.Seeds.Span, "write `seeds: 1..200`, or a list: `seeds: [3, 7, 10..20]`", "%s", err)
	}
}

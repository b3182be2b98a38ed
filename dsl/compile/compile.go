// Package compile makes a checked scenario ready to run: an engine.Program, the options of a run, and the
// expectations.
package compile

import (
	"cmp"
	"slices"

	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// builder compiles a checked scenario.
type builder struct {
	check.Scope
	s         *Scenario
	codes     map[*syntax.Definition]*engine.Code
	scheduled map[*syntax.Definition]*engine.Callback
	sources   map[*syntax.Source]*engine.Source
	tasks     expr.TaskUse
	draws     bool // an expression draws random numbers
	watch     bool // compile a watched program: steps list the variables they read
}

// Scenario is a checked scenario that is ready to run. It is immutable and may be shared.
type Scenario struct {
	*syntax.File
	Info *check.Info // the findings of the check

	program  *engine.Program
	expect   *syntax.Expect // empty if the file has none
	that     []expectation
	tasks    []expectedTask
	at       *moment // nil: any time will do
	settings settings
	given    map[string]engine.Value // what a case gives to run parameters; a run may give others
}

// Compile compiles a scenario that was checked and has no errors.
func Compile(f *syntax.File, info *check.Info) (*Scenario, error) {
	s := &Scenario{File: f, Info: info, expect: cmp.Or(f.Expect, &syntax.Expect{})}
	b := newBuilder(s)
	s.program = b.program()
	b.expectations()
	b.settings()
	return s, s.program.Assemble()
}

// CompileCase compiles a checked scenario as one of its cases runs it.
func CompileCase(f *syntax.File, info *check.Info, c *syntax.Case) (*Scenario, error) {
	s, err := Compile(f.With(c), info)
	if err != nil || c.Params == nil {
		return s, err
	}
	s.given = map[string]engine.Value{}
	for _, b := range c.Params.Items {
		if s.given[b.Name.Text], err = f.Param(b.Name.Text).Given(b.Value); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Explored compiles the scenario with the expectations of `explore.expect` in place of its own; without them it is the scenario.
func (s *Scenario) Explored() (*Scenario, error) {
	f := s.File.Explored()
	if f == s.File {
		return s, nil
	}
	x, err := Compile(f, s.Info)
	if err == nil {
		x.given = s.given
	}
	return x, err
}

// Expects reports whether the expectations have the part of that name: ends, at, output and so on.
func (s *Scenario) Expects(part string) bool {
	return slices.ContainsFunc(s.expect.Fields, func(f syntax.Field) bool { return f.Key.Name == part })
}

// Program returns the compiled scenario.
func (s *Scenario) Program() *engine.Program { return s.program }

// Watched compiles the scenario again so that a run also reports lost updates and context variables that calls leave
// changed (engine.Result.Races and Leaks). The output stays the same.
func (s *Scenario) Watched() (*engine.Program, error) {
	b := newBuilder(s)
	b.watch = true
	p := b.program()
	p.Watched = true
	return p, p.Assemble()
}

func newBuilder(s *Scenario) *builder {
	return &builder{s: s, Scope: check.Scope{Info: s.Info}, codes: map[*syntax.Definition]*engine.Code{},
		scheduled: map[*syntax.Definition]*engine.Callback{}, sources: map[*syntax.Source]*engine.Source{}}
}

func (b *builder) program() *engine.Program {
	s := b.s
	p := &engine.Program{
		Name: s.Name, File: s.Source.Name(), Files: filesOf(s.Source), LoopType: s.LoopType, LoopID: s.LoopID,
	}
	for _, param := range s.Params {
		p.Params = append(p.Params, param.Name.Text)
	}
	for _, f := range b.Functions {
		b.draws = b.draws || f.Draws
	}
	b.outside(true)
	p.Shared, p.Context = b.variables(s.Shared), b.variables(s.Context)
	for _, o := range s.Objects {
		p.Objects = append(p.Objects, b.object(o))
	}
	b.outside(false)
	b.declare(p)
	b.bodies(p)
	b.sections(p)
	b.outside(false)
	p.Checks = b.checks()
	b.metrics(p)
	s.expectsTasks(&b.tasks)
	p.Unit = s.Unit
	p.Inverse = s.Draws != nil && s.Draws.Text == engine.DrawsWords[1]
	p.Measures = b.Facts.Measures()
	p.Draws, p.Recycle, p.Held, p.Named = b.draws, !b.tasks.Any, b.tasks.Self, b.tasks.Names
	return p
}

// filesOf returns the files that a source consists of, nil where that is one.
func filesOf(src *source.Source) engine.Files {
	if src.Parts() == 1 {
		return nil
	}
	list := make(engine.Files, src.Parts())
	for i := range list {
		part, _, lines := src.Part(i)
		list[i] = engine.SourceFile{Name: part.Name(), Before: int32(lines)}
	}
	return list
}

// outside leaves all activations.
func (b *builder) outside(onlyParams bool) {
	b.Scope = check.Scope{Info: b.Info, OnlyParams: onlyParams}
}

func (b *builder) variables(list []*syntax.Variable) []engine.VarDef {
	var defs []engine.VarDef
	for _, v := range list {
		defs = append(defs, engine.VarDef{Name: v.Name.Text, Init: b.value(v.Value).Value})
	}
	return defs
}

// declare makes an empty Code for every coroutine and callback before any is compiled, because they may refer to each
// other.
func (b *builder) declare(p *engine.Program) {
	for _, d := range b.s.Coroutines {
		b.codes[d] = b.newCode(b.BodyOf(d), d.Name.Span)
	}
	for _, d := range b.s.Callbacks {
		cb := &engine.Callback{Pos: b.pos(d.Name.Span), Name: d.Name.Text, Code: b.newCode(b.BodyOf(d), d.Name.Span)}
		b.scheduled[d] = cb
		p.Callbacks = append(p.Callbacks, cb)
	}
	for _, s := range b.s.Sources {
		cb := &engine.Callback{Pos: b.pos(s.Title.Span), Name: s.Title.Text, Code: b.newCode(b.BodyOfSource(s), s.Title.Span)}
		b.sources[s] = &engine.Source{Callback: cb}
		p.Callbacks, p.Sources = append(p.Callbacks, cb), append(p.Sources, b.sources[s])
	}
}

func (b *builder) newCode(act *check.Activation, at source.Span) *engine.Code {
	code := &engine.Code{Pos: b.pos(at), Name: act.Name, Params: act.Params}
	for _, v := range act.Locals {
		code.Locals = append(code.Locals, v.Name)
	}
	return code
}

// bodies compiles the steps of definitions and workers.
func (b *builder) bodies(p *engine.Program) {
	for _, d := range b.s.Coroutines {
		b.codes[d].Body = b.body(b.BodyOf(d), d.Do)
	}
	for _, d := range b.s.Callbacks {
		b.callback(d)
	}
	b.outside(false)
	for _, w := range b.s.Workers {
		p.Workers = append(p.Workers, b.worker(w))
	}
	for _, s := range b.s.Sources {
		b.source(s)
	}
}

// sections compiles `main`, `before` and `after`.
func (b *builder) sections(p *engine.Program) {
	sections := map[check.BodyKind]*engine.Code{}
	for act, do := range b.Blocks(b.s.File) {
		code := b.newCode(act, do.Span)
		code.Body = b.body(act, do)
		sections[act.Kind] = code
	}
	p.Before, p.After = sections[check.BeforeBody], sections[check.AfterBody]
	if code := sections[check.MainBody]; code != nil {
		p.Main = &engine.Entry{Pos: code.Pos, Code: code}
	}
}

// body compiles the steps of an activation.
func (b *builder) body(act *check.Activation, do *syntax.Block) []engine.Step {
	outer := b.Scope
	b.Scope = check.Scope{Info: b.Info, Act: act}
	steps := b.block(do)
	b.Scope = outer
	return steps
}

func (b *builder) callback(d *syntax.Definition) {
	cb := b.scheduled[d]
	cb.Code.Body = b.body(b.BodyOf(d), d.Do)
	b.Scope = check.Scope{Info: b.Info, Act: b.BodyOf(d)}
	cb.After, cb.Every = b.duration(d.After, "`after`"), b.duration(d.Every, "`every`")
	if d.Cron != nil {
		cb.Cron, _, _ = syntax.ParseCron(syntax.ConstText(d.Cron)) // the check has read it
	}
	cb.Until, cb.Then = b.condition(d.Until), b.block(d.Then)
	if d.Missed != nil {
		cb.Missed, _ = engine.ParseMissed(d.Missed.Text)
	}
}

func (b *builder) worker(w *syntax.Worker) *engine.Entry {
	b.outside(false)
	b.Index = true
	e := b.entry(w.Entry, w.Entry, w.Name.Span)
	e.Name = w.Name.Text
	b.Index = false
	e.Start = b.moment(w.Entry.Start, "`start`")
	return e
}

func (b *builder) pos(at source.Span) engine.Pos {
	p := b.s.Source.Pos(at.Start)
	return engine.Pos{Line: int32(p.Line + b.s.Source.LinesBefore(at.Start)), Col: int32(p.Col)}
}

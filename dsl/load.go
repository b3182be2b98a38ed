package dsl

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"runloop/dsl/check"
	"runloop/dsl/compile"
	"runloop/dsl/lint"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// Scenario is a scenario that can be run. It is immutable and may be shared.
type Scenario struct {
	*compile.Scenario
	found  source.Diagnostics // the diagnostics of Load, none of them an error
	ofCase *syntax.Case       // nil: it is the scenario itself
	folder Folder
}

// Load parses, checks and compiles a scenario. name is the file's name, for messages. The error is a *LoadError with
// everything that is wrong. Scenario.Warnings returns the warnings. It cannot include files: Folder.Load is for those.
func Load(name string, src []byte) (*Scenario, error) { return Folder{}.Load(name, src) }

// Load is the function Load, for a scenario that may include files of the folder.
func (in Folder) Load(name string, src []byte) (*Scenario, error) {
	f, info, diags := in.load(name, src)
	if diags.HasErrors() {
		return nil, &source.LoadError{Source: f.Source, Diagnostics: diags}
	}
	unit, err := compile.Compile(f, info)
	if err != nil {
		return nil, err
	}
	return &Scenario{Scenario: unit, found: diags, folder: in}, nil
}

// Case compiles the scenario as the case of that name runs it. The error says which cases there are.
func (s *Scenario) Case(name string) (*Scenario, error) {
	c := s.File.Case(name)
	if c == nil {
		return nil, s.noCase(name)
	}
	unit, err := compile.CompileCase(s.File, s.Info, c)
	if err != nil {
		return nil, err
	}
	return &Scenario{Scenario: unit, found: s.found, ofCase: c, folder: s.folder}, nil
}

// CaseName is the case that the scenario was compiled for, empty if it is the scenario itself.
func (s *Scenario) CaseName() string {
	if s.ofCase == nil {
		return ""
	}
	return s.ofCase.Name.Text
}

// CoroutineNames returns the names of the coroutines, in order of declaration.
func (s *Scenario) CoroutineNames() []string {
	var names []string
	for _, c := range s.File.Coroutines {
		names = append(names, c.Name.Text)
	}
	return names
}

func (s *Scenario) noCase(name string) error {
	var names []string
	for _, c := range s.Cases {
		names = append(names, c.Name.Text)
	}
	switch near := source.Suggest(name, names); {
	case len(names) == 0:
		return fmt.Errorf("there is no case `%s`: the scenario has none", name)
	case near != "":
		return fmt.Errorf("there is no case `%s`: did you mean `%s`? there is %s", name, near, source.QuoteList(names))
	}
	return fmt.Errorf("there is no case `%s`: there is %s", name, source.QuoteList(names))
}

// Warnings returns what Check reports about the scenario.
func (s *Scenario) Warnings() source.Diagnostics {
	return warned(s.File, s.Info, slices.Clone(s.found))
}

// Check parses and checks a scenario and returns everything that is wrong with it, in the order of the file. If there
// are no errors, it also warns about parts that will probably not run as intended, which Load does not look for.
// Warnings that a comment `# runloop: ignore RL0504` hides are left out.
func Check(name string, src []byte) source.Diagnostics {
	_, diags := Folder{}.Check(name, src)
	return diags
}

// Check is the function Check, for a scenario that may include files of the folder. It also returns the source that the spans
// are of: all of the files. It warns about the scenario itself, not about what that includes.
func (in Folder) Check(name string, src []byte) (*source.Source, source.Diagnostics) {
	return in.CheckRun(name, src, nil)
}

// CheckRun is Check, which also reports what run finds out about a scenario that can be run.
func (in Folder) CheckRun(name string, src []byte, run func(s *Scenario) source.Diagnostics) (*source.Source, source.Diagnostics) {
	f, info, diags := in.load(name, src)
	if run != nil && !diags.HasErrors() && !f.IsLibrary() {
		if unit, err := compile.Compile(f, info); err == nil {
			diags = append(diags, run(&Scenario{Scenario: unit, folder: in})...)
		}
	}
	return f.Source, warned(f, info, diags)
}

// warned adds the warnings of a file without errors, and drops those that its comments hide.
func warned(f *syntax.File, info *check.Info, diags source.Diagnostics) source.Diagnostics {
	if f.Root != nil && !diags.HasErrors() {
		lint.Lint(f, info, &diags)
		diags.Sort()
	}
	return hideIgnored(f.Source, diags)
}

// load parses and checks a scenario. If the file is not YAML, the tree has no Root.
func (in Folder) load(name string, data []byte) (*syntax.File, *check.Info, source.Diagnostics) {
	first := &part{path: path.Join(in.At, path.Base(strings.ReplaceAll(name, `\`, "/"))), src: source.NewSource(name, data)}
	ps := parts{Folder: in, byPath: map[string]*part{first.path: first}, size: len(data)}
	ps.read(first)
	if first.root == nil {
		diags := first.diags
		explainBodies(first.src, diags)
		explainCharacters(first.src, diags)
		diags.Sort()
		return &syntax.File{Source: first.src}, nil, diags
	}
	f := ps.join()
	diags := ps.diags()
	info := check.Check(f, &diags)
	if f.StartsNothing() && !f.IsLibrary() && !diags.HasErrors() {
		diags.Add(source.Diagnostic{Code: syntax.CodeNothingToDo, Severity: source.SeverityWarning, Span: first.root.Head(),
			Message: "nothing runs: there is no `main`, no worker, no `before` or `after`, and no callback has a time",
			Hint:    "begin with `main:` and a list of steps"})
	}
	diags = withoutGuesses(f.Source, ps.withoutEchoes(f, diags))
	explainBlocks(f.Source, diags)
	explainBodies(f.Source, diags)
	explainCharacters(f.Source, diags)
	diags.Sort()
	return f, info, diags
}

// LacksValue reports whether a run parameter has neither a default nor a value among those given.
func (s *Scenario) LacksValue(given map[string]string) bool {
	return slices.ContainsFunc(s.Params, func(p *syntax.Param) bool {
		_, isGiven := given[p.Name.Text]
		return p.Default == nil && !isGiven
	})
}

package dsl

// Scenario is a scenario that can be run. It is immutable and may be shared.
type Scenario struct {
	*Unit
	Warnings Diagnostics // what Load found besides errors
}

// Load parses, checks and compiles a scenario. name is the file's name, for messages. The error is a *LoadError with
// everything that is wrong; warnings are in Scenario.Warnings.
func Load(name string, src []byte) (*Scenario, error) {
	f, info, diags := load(name, src)
	if diags.HasErrors() {
		return nil, &LoadError{Source: f.Source, Diagnostics: diags}
	}
	unit, err := compile(f, info)
	if err != nil {
		return nil, err
	}
	return &Scenario{Unit: unit, Warnings: diags}, nil
}

// Check parses and checks a scenario and gives everything that is wrong with it, in the order of the file. For one
// without errors it also gives warnings about what will most likely not run as it is meant, which Load does not look
// for. Warnings that a comment `# runloop: ignore RL0504` hides are left out.
func Check(name string, src []byte) Diagnostics {
	f, info, diags := load(name, src)
	if f.Root != nil && !diags.HasErrors() {
		lint(f, info, &diags)
		diags.Sort()
	}
	return hideIgnored(f.Source, diags)
}

// load parses and checks a scenario. The tree of a file that is no YAML has no Root.
func load(name string, src []byte) (*File, *Info, Diagnostics) {
	var diags Diagnostics
	source := NewSource(name, src)
	root, hidden := parseYAML(source, &diags)
	if root == nil {
		diags.Sort()
		return &File{Source: source}, nil, diags
	}
	f := parseFile(source, root, &diags)
	info := check(f, root, &diags)
	if f.startsNothing() && !diags.HasErrors() {
		diags.Add(Diagnostic{Code: codeNothingToDo, Severity: SeverityWarning, Span: root.head(),
			Message: "nothing runs: there is no `main`, no worker, no `before` or `after`, and no callback has a time",
			Hint:    "begin with `main:` and a list of steps"})
	}
	diags = withoutEchoes(source, root, hidden, diags)
	diags.Sort()
	return f, info, diags
}

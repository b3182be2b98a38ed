package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"runloop/dsl"
	"runloop/internal/explore"
	"runloop/internal/report"
	"runloop/internal/suite"
)

// validateOptions holds the flags of `validate`.
type validateOptions struct {
	format, color choice
	disable       []string // codes
	strict        bool     // warnings count as errors
	fix           bool
	ties          bool // run them, too, to see whether they depend on the order of timers of one instant
	onlyScenarios bool // applies to files that are named, too
	stdinName     string
	root          string
	maxProblems   int // how many problems of a file are shown as text; 0 for all
}

func newValidate(io streams) *cobra.Command {
	o := &validateOptions{
		format: choice{value: "text", of: []string{"text", "json", "jsonl", "github", "sarif", "junit"}},
		color:  choice{value: "auto", of: []string{"auto", "always", "never"}},
	}
	cmd := &cobra.Command{
		Use:   "validate [FLAG]... FILE|DIR|PATTERN|-...",
		Short: "Check scenarios without running them",
		Long: `validate prints everything that is wrong with each file. In a folder, and in the
folders inside it, it looks at the *.yaml and *.yml files with a line that
begins with "runloop:", and says how many others there are; one that has main,
workers, coroutines or callbacks without it, or runloop misspelt, is an error. A
file that is named, or that a pattern such as 'tests/**/*.yaml' matches, is
checked whatever it has.

A comment "# runloop: ignore RL0504" hides the warnings of that code on its line,
or on the next line where it stands alone; errors cannot be hidden so, for the
file does not run. ` + "`runloop explain RL0504`" + ` explains a code. In GitHub's workflows
the format is github by itself.

With --ties each scenario without errors is run in the orders of timers that are due at
once, up to 2,000 runs: one whose verdict or shared variables at the end depend on it has
the warning RL0518, with the two timers. ` + "`runloop explore`" + ` has more kinds of orders.

The format json is one object: how many files, errors and warnings there are, the
problems, and under left_out the files that were not checked.

Exit codes: 0 no errors, 1 errors, 2 a file that cannot be read, or a pattern or
folder without a scenario, 3 a defect of runloop.`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usageError(cmd, "an argument is missing: files or folders, or - for standard input")
			}
			return nil
		},
		ValidArgsFunction: completeScenarios,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := o.complete(cmd, args); err != nil {
				return err
			}
			return (&validation{streams: io, validateOptions: o}).run(args)
		},
	}
	flags := cmd.Flags()
	flags.Var(&o.format, "format", "how problems are printed (default github if GITHUB_ACTIONS is true, else text)")
	flags.Lookup("format").DefValue = ""
	flags.Var(&o.color, "color", "colours; auto: on a terminal, unless NO_COLOR is set")
	flags.StringSliceVar(&o.disable, "disable", nil, "hide the diagnostics of a `CODE`; may be repeated")
	addRoot(flags, &o.root)
	flags.BoolVar(&o.strict, "warnings-as-errors", false, "exit with 1 if there are warnings")
	flags.BoolVar(&o.fix, "fix", false, "mend what has one answer, in the files themselves")
	flags.BoolVar(&o.ties, "ties", false, "run the scenarios, and warn of those that depend on the order of timers that are due at once")
	flags.BoolVar(&o.onlyScenarios, "only-scenarios", false,
		"skip named files without a line that begins with \"runloop:\", too")
	flags.IntVar(&o.maxProblems, "max-problems", maxShown, "how many problems of a file the format text shows, 0 for all; the rest are counted")
	flags.StringVar(&o.stdinName, "stdin-filename", stdinName, "what messages call standard input, `NAME`")
	_ = cmd.RegisterFlagCompletionFunc("format", o.format.complete)
	_ = cmd.RegisterFlagCompletionFunc("color", o.color.complete)
	return cmd
}

// complete checks the flags, and completes them from the environment.
func (o *validateOptions) complete(cmd *cobra.Command, args []string) error {
	for i, name := range o.disable {
		code, err := codeNamed(name)
		if err != nil {
			return usageError(cmd, "--disable: "+err.Error())
		}
		o.disable[i] = code.Code
	}
	if o.maxProblems < 0 {
		return usageError(cmd, fmt.Sprintf("--max-problems is 0 or more, not %d", o.maxProblems))
	}
	if o.fix && slices.Contains(args, "-") {
		return usageError(cmd, "--fix mends files: standard input is none")
	}
	if !cmd.Flags().Changed("format") && os.Getenv("GITHUB_ACTIONS") == "true" {
		o.format.value = "github"
	}
	return nil
}

// validation is one run of `validate`.
type validation struct {
	streams
	*validateOptions
	inputs inputs
}

// checked is the result of checking an input.
type checked struct {
	src   *dsl.Source // nil if it could not be read
	diags dsl.Diagnostics
	fixed int
	err   error
	other bool // the file is no scenario

	partly bool   // not every order of equals was looked at
	defect string // the defect of runloop that ended the check; empty if none did
}

func (v *validation) run(args []string) error {
	v.inputs.ifScenario = v.onlyScenarios
	for _, arg := range args {
		if arg == "-" {
			data, err := readAll(v.In)
			v.inputs.add(input{name: v.stdinName, data: data, err: err})
			continue
		}
		v.inputs.argument(arg)
	}
	results := v.checkAll()
	v.tellOnce(results)
	v.sayMissing(results)
	if err := v.print(results); err != nil {
		return err
	}
	return v.end(results)
}

// checkAll checks the inputs on all processors. The results are in the order of the inputs.
func (v *validation) checkAll() []checked {
	defer fewerCollections()()
	results := make([]checked, len(v.inputs.files))
	onAll(len(results), func(i int) { results[i] = v.check(v.inputs.files[i]) })
	return results
}

// check checks one input.
func (v *validation) check(in input) (c checked) {
	defer func() {
		if p := recover(); p != nil {
			c = checked{defect: defectText(panicked(p))}
		}
	}()
	data, err := in.read()
	if err != nil {
		return checked{err: err}
	}
	if in.ifScenario && !suite.IsScenario(data) {
		return checked{other: true}
	}
	folder, err := in.includes(v.root)
	if err != nil {
		return checked{err: err}
	}
	if v.fix {
		data, c.fixed, c.err = fixFile(folder, in.path, data)
	}
	if v.ties {
		c.src, c.diags = folder.CheckRun(in.name, data, func(s *dsl.Scenario) dsl.Diagnostics { return c.findTie(s) })
	} else {
		c.src, c.diags = v.Check(folder, in.name, data)
	}
	c.diags = slices.DeleteFunc(c.diags, func(d dsl.Diagnostic) bool { return slices.Contains(v.disable, d.Code) })
	return c
}

// findTie runs a scenario, or its first case where it cannot be run by itself, and warns where its order of equals decides.
func (c *checked) findTie(s *dsl.Scenario) dsl.Diagnostics {
	if s.LacksValue(nil) {
		if len(s.Cases) == 0 {
			return nil
		}
		var err error
		if s, err = s.Case(s.Cases[0].Name.Text); err != nil {
			return nil
		}
	}
	run, err := s.Options(dsl.RunOptions{Clock: "virtual"})
	if err != nil {
		return nil
	}
	tie, all := explore.FindTie(s, run)
	c.partly = tie == nil && !all
	if tie == nil {
		return nil
	}
	return dsl.Diagnostics{tie.Diagnostic(s)}
}

// tellOnce leaves to a library that is checked itself what is wrong in it, instead of telling it again for each file that
// includes it.
func (v *validation) tellOnce(results []checked) {
	type problem struct {
		file string
		line int
		col  int
		code string
		text string
	}
	place := func(c *checked, d *dsl.Diagnostic) problem {
		at := c.src.Pos(d.Span.Start)
		return problem{filepath.Clean(at.File), at.Line, at.Col, d.Code, d.Message}
	}
	told := map[problem]bool{}
	for i := range results {
		c := &results[i]
		for k := range c.diags {
			if d := &c.diags[k]; c.src.PartAt(d.Span.Start) == 0 {
				told[place(c, d)] = true
			}
		}
	}
	for i := range results {
		c := &results[i]
		c.diags = slices.DeleteFunc(c.diags, func(d dsl.Diagnostic) bool {
			return c.src.PartAt(d.Span.Start) > 0 && told[place(c, &d)]
		})
	}
}

// sayMissing reports patterns and folders that named nothing, files that cannot be read or written, and checks that a
// defect ended.
func (v *validation) sayMissing(results []checked) {
	v.inputs.noteEmpty(func(i int) bool { return !results[i].other })
	for _, problem := range v.inputs.empty {
		fmt.Fprintf(v.Err, "runloop: %s\n", problem)
	}
	for i, c := range results {
		in := v.inputs.files[i]
		switch {
		case c.err != nil && c.src == nil:
			fmt.Fprintf(v.Err, "runloop: cannot read %s: %v\n", in.name, cause(c.err))
		case c.err != nil:
			fmt.Fprintf(v.Err, "runloop: cannot write %s: %v\n", in.name, cause(c.err))
		case c.defect != "":
			fmt.Fprintf(v.Err, "runloop: %s: %s\n", in.name, c.defect)
		}
	}
}

// print prints the problems in the chosen format.
func (v *validation) print(results []checked) error {
	if v.format.value == "text" {
		style := v.style()
		for _, c := range results {
			shown := c.diags
			if v.maxProblems > 0 {
				shown = mostSevere(shown, v.maxProblems)
			}
			for _, d := range shown {
				fmt.Fprint(v.Out, c.src.FormatStyled(d, style))
			}
			if left := len(c.diags) - len(shown); left > 0 {
				fmt.Fprintf(v.Out, "%s: %s more; --max-problems=0 shows all\n", c.src.Name(), count(left, "problem"))
			}
		}
		return nil
	}
	var checks []report.Check
	var leftOut []string
	for i, c := range results {
		if name := v.inputs.files[i].name; c.other {
			leftOut = append(leftOut, name)
		} else {
			checks = append(checks, c.report(name))
		}
	}
	var data []byte
	var err error
	switch v.format.value {
	case "json":
		data, err = report.ChecksJSON(checks, leftOut)
	case "jsonl":
		data, err = report.ChecksJSONL(checks)
	case "github":
		data = report.ChecksGitHub(checks)
	case "sarif":
		data, err = report.ChecksSARIF(checks, rules(), moduleVersion())
	case "junit":
		data, err = report.ChecksJUnit(checks, v.strict)
	}
	return v.emit(data, err)
}

// maxShown is how many problems of a file are shown by default.
const maxShown = 100

// mostSevere returns at most n problems in the order of the file. It leaves out warnings before errors.
func mostSevere(diags dsl.Diagnostics, n int) dsl.Diagnostics {
	warnings := max(n-diags.Errors(), 0)
	var shown dsl.Diagnostics
	for _, d := range diags {
		if len(shown) == n {
			break
		}
		if d.Severity == dsl.SeverityWarning {
			if warnings == 0 {
				continue
			}
			warnings--
		}
		shown = append(shown, d)
	}
	return shown
}

// terminalStyle has bold places, red errors, yellow warnings, green carets and blue labels.
var terminalStyle = dsl.Style{Place: "\x1b[1m", Error: "\x1b[1;31m", Warning: "\x1b[1;33m", Caret: "\x1b[1;32m",
	Label: "\x1b[1;34m", Reset: "\x1b[0m"}

// style returns the colours of the text format.
func (v *validation) style() dsl.Style {
	auto := isTerminal(v.Out) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if v.color.value == "always" || v.color.value == "auto" && auto {
		return terminalStyle
	}
	return dsl.Style{}
}

// report returns the result for an input as data of package report.
func (c *checked) report(name string) report.Check {
	r := report.Check{File: name}
	if r.Defect = c.defect; r.Defect != "" {
		return r
	}
	if c.src == nil {
		r.Unread = cause(c.err).Error()
		return r
	}
	for _, d := range c.diags {
		p := report.Problem{Code: d.Code, Warning: d.Severity == dsl.SeverityWarning, File: c.file(d.Span), Place: c.region(d.Span),
			Marked: c.marked(d.Span), Message: d.Message, Hint: d.Hint, Note: d.Note, Other: c.region(d.NoteSpan),
			OtherFile: c.file(d.NoteSpan), Text: c.src.Format(d)}
		if d.Fix != (dsl.Fix{}) {
			p.Fix = &report.Edit{Region: c.region(d.Fix.Span), New: d.Fix.New}
		}
		r.Problems = append(r.Problems, p)
	}
	return r
}

// file returns the file that a span is in, or "" if it is the one that was checked.
func (c *checked) file(sp dsl.Span) string {
	part := c.src.PartAt(sp.Start)
	if part == 0 {
		return ""
	}
	of, _, _ := c.src.Part(part)
	return of.Name()
}

// maxMarked is the longest text in bytes that reports quote.
const maxMarked = 4 << 10

// marked returns the text of a span, or "" if it is too long or not UTF-8.
func (c *checked) marked(sp dsl.Span) string {
	text := c.src.Text(sp)
	if len(text) > maxMarked || !utf8.ValidString(text) {
		return ""
	}
	return text
}

func (c *checked) region(sp dsl.Span) report.Region {
	if sp == (dsl.Span{}) {
		return report.Region{}
	}
	from, to := c.src.Pos(sp.Start), c.src.Pos(max(sp.End, sp.Start))
	return report.Region{Line: from.Line, Col: from.Col, EndLine: to.Line, EndCol: to.Col}
}

// rules returns the descriptions of all codes.
func rules() []report.Rule {
	list := make([]report.Rule, len(dsl.Codes))
	for i, c := range dsl.Codes {
		list[i] = report.Rule{Code: c.Code, Meaning: c.Meaning, Help: c.Help, Page: c.Page(2),
			Warning: c.Severity == dsl.SeverityWarning}
	}
	return list
}

// moduleVersion returns the version of runloop in SARIF's form, which begins with a number.
func moduleVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || !strings.HasPrefix(info.Main.Version, "v") {
		return "0.0.0-devel"
	}
	return info.Main.Version[1:]
}

// end prints a summary, and returns the error with the exit code.
func (v *validation) end(results []checked) error {
	files, errors, warnings, unreadable, unwritable, broken, fixed, mended, others := 0, 0, 0, 0, 0, 0, 0, 0, 0
	for i, c := range results {
		switch {
		case c.other && v.inputs.files[i].folder > 0:
			others++
		case c.src != nil && c.err != nil:
			unwritable++
		case c.err != nil:
			unreadable++
		case c.defect != "":
			broken++
		}
		if c.src == nil {
			continue
		}
		files++
		n := c.diags.Errors()
		errors, warnings = errors+n, warnings+len(c.diags)-n
		if fixed += c.fixed; c.fixed > 0 {
			mended++
		}
	}
	line := fmt.Sprintf("%s: %s, %s", count(files, "file"), count(errors, "error"), count(warnings, "warning"))
	if fixed > 0 {
		line += fmt.Sprintf("; fixed %s in %s", count(fixed, "problem"), count(mended, "file"))
	}
	if unreadable > 0 {
		line += fmt.Sprintf("; %d unreadable", unreadable)
	}
	if unwritable > 0 {
		line += fmt.Sprintf("; %d cannot be written", unwritable)
	}
	if broken > 0 {
		line += fmt.Sprintf("; %d broken", broken)
	}
	fmt.Fprintln(v.Err, line)
	sayLeftOut(v.Err, others)
	v.sayPartly(results)
	switch {
	case broken > 0:
		return &exitError{code: exitDefect}
	case unreadable+unwritable > 0 || len(v.inputs.empty) > 0:
		return &exitError{code: exitUsage}
	case errors > 0 || v.strict && warnings > 0:
		return &exitError{code: exitFailed}
	}
	return nil
}

// sayPartly says of which scenarios not every order of equals was looked at.
func (v *validation) sayPartly(results []checked) {
	for i, c := range results {
		if c.partly {
			fmt.Fprintf(v.Err, "%s: not every order of timers that are due at once was looked at; `runloop explore` takes longer\n", v.inputs.files[i].name)
		}
	}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

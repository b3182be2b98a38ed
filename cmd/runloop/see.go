package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/page"
	"runloop/internal/picture"
	"runloop/internal/report"
	"runloop/internal/suite"
	"runloop/internal/trace"
	"runloop/internal/why"
)

// seeSteps is how many steps of a run are shown unless --limit says another number: a run that goes on for ever is a picture of
// how it begins.
const seeSteps = "steps=3000000"

// form is a form in which a run can be seen.
type form struct {
	name string // of --as
	ext  string // of the files that are of this form where --as does not say it; empty: none are
	draw func(v *view) ([]byte, error)
}

// forms is the forms of `see`, in the order of its help.
var forms = []form{
	{"text", ".txt", func(v *view) ([]byte, error) { return picture.Text(v.scene, v.options) }},
	{"ladder", ".svg", func(v *view) ([]byte, error) { return picture.Ladder(v.scene, v.options) }},
	{"timeline", "", func(v *view) ([]byte, error) { return picture.Timeline(v.scene, v.options) }},
	{"graph", "", func(v *view) ([]byte, error) {
		if v.ext == ".svg" {
			return picture.Graph(v.scene, v.graphOptions())
		}
		return picture.GraphText(v.scene, v.graphOptions())
	}},
	{"html", ".html", func(v *view) ([]byte, error) {
		problems := report.Problems(&report.Run{Name: v.run.Source.Name, File: v.run.File, Result: v.run.Result})
		o := page.Options{From: v.scene.From, To: v.scene.To, Setup: v.setup, Problems: problems}
		addGraph(&o, v.run)
		return page.Report(v.run, o)
	}},
}

// view is what a form shows: a run, a part of it, and what the reader wishes.
type view struct {
	scenario *dsl.Scenario
	run      *trace.Run
	scene    *trace.Scene
	options  picture.Options
	ext      string // of the file that is written, in small letters; empty: none
	setup    string // the flags that say how the scenario is run
}

// addGraph adds to the page about a run that has come to a deadlock who waits for whom. A page without it is a page.
func addGraph(o *page.Options, r *trace.Run) {
	if r.Result.Ended != engine.Deadlock {
		return
	}
	end := r.Scene(len(r.Turns), len(r.Turns))
	svg, err := picture.Graph(end, picture.Options{})
	words, wrong := picture.GraphText(end, picture.Options{})
	if err == nil && wrong == nil {
		o.Graph, o.GraphAlt = svg, string(words)
	}
}

// graphOptions is the options of the graph: it has no turns whose order could be explained.
func (v *view) graphOptions() picture.Options {
	o := v.options
	o.Foot = nil
	return o
}

// seeFlags holds the flags of `see`.
type seeFlags struct {
	setup         setupFlags
	as, theme     choice
	scale         choice
	from, to      string
	tasks, values string
	why, out      string
	title         string
	all           bool
	ascii, colour bool
	beside        bool
}

func newSee(io streams) *cobra.Command {
	f := seeFlags{as: choice{}, theme: choice{of: picture.Themes}, scale: choice{of: []string{"even", "linear"}}}
	for _, form := range forms {
		f.as.of = append(f.as.of, form.name)
	}
	for _, form := range measures {
		f.as.of = append(f.as.of, form.name)
	}
	cmd := &cobra.Command{
		Use:   "see [flags] FILE|NAME|-",
		Short: "Show a run as a picture",
		Long: `see runs a scenario and shows what happened: turn by turn, who was ready, who ran, who
waited for what, and what was printed. What the scenario prints is part of the picture.

Forms of --as: text, the default, is the ladder in characters. ladder is an SVG in which time
runs down, a row a turn: the default for a file that ends in .svg. timeline is an SVG in
which time runs to the right. graph is who waits for whom at the end of the run: text, or
an SVG where the file ends in .svg. html is a page in which one goes from turn to turn: the
default for a file that ends in .html.

Two forms show the statistics of the whole run: histogram is how often, or for how much of
the time, a value was how great, windows what it was in slots of time. They are text, or what
the name of the file says: .svg or .html. --values names what is shown, desk.wait or all of
desk. Without it that is what ` + "`metrics`" + ` asks for, or, if it asks for none, all values that were
not always the same. Where ` + "`metrics`" + ` does not say them the bins and the slots are chosen.

With --beside, see shows the usual run and the one of --schedule beside each other, turn by
turn: what only one of them has, in that order, what does something else, and what comes at
another time is marked, and turns that are the same are left out.

Of a ladder with more than 60 rows those that repeat others are folded; more than 200 are
refused: choose a part with --from, --to and --tasks. --all shows everything. A run ends
after 3,000,000 steps at the latest, for statistics after 50,000,000, unless --limit steps=N
says otherwise.

Exit codes: 0 the run is shown, however it ended; 2 the file or the usage is wrong, or the
picture cannot be written; 3 a defect of runloop.`,
		Example: `  runloop see event-loop
  runloop see dining-philosophers --as graph -o deadlock.svg
  runloop see event-loop --from 6s --to 6s -o six.svg
  runloop see inventory --as histogram --values stock.level -o stock.svg`,
		Args:              oneArg("a file, the name of a bundled scenario (see `runloop list`), or -"),
		ValidArgsFunction: completeScenario,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.see(cmd, io, args[0]) },
	}
	flags := cmd.Flags()
	flags.Var(&f.as, "as", "the form (default text, or what the name of the file of -o says)")
	flags.StringVar(&f.from, "from", "", "begin at this loop `time`, such as 3s")
	flags.StringVar(&f.to, "to", "", "end with this loop `time`")
	flags.StringVar(&f.tasks, "tasks", "", "only tasks and callbacks of these `names`: a,b or with * and ?")
	flags.StringVar(&f.values, "values", "", "columns for these shared and context variables, charts for these and objects in a timeline, histograms and slots of these statistics: `names` a,b; \"\" for none (default some that change)")
	flags.StringVar(&f.why, "why", "", "explain below the picture why one of two `turns` came first: 10,11")
	flags.StringVar(&f.title, "title", "", "the heading as `text` (default the name and the times)")
	flags.BoolVar(&f.all, "all", false, "fold and refuse nothing because it is much")
	flags.BoolVar(&f.beside, "beside", false, "show the usual run and that of --schedule beside each other, and mark what is different: text, or an SVG")
	flags.BoolVar(&f.ascii, "ascii", false, "text: only ASCII characters")
	flags.BoolVar(&f.colour, "color", false, "text: in colours, unless NO_COLOR is set")
	flags.Var(&f.theme, "theme", "colours for one background (default as the reader's screen is)")
	flags.Var(&f.scale, "scale", "timeline: whether a second is everywhere as wide (default even: gaps are shortened)")
	flags.StringVarP(&f.out, "output", "o", "", "write the picture to this `file`, - for standard output")
	f.setup.add(cmd)
	for name, complete := range map[string]cobra.CompletionFunc{
		"as": f.as.complete, "theme": f.theme.complete, "scale": f.scale.complete,
		"tasks": completeListed(taskNames), "values": f.completeValues,
		"from": cobra.NoFileCompletions, "to": cobra.NoFileCompletions, "why": cobra.NoFileCompletions, "title": cobra.NoFileCompletions,
	} {
		if err := cmd.RegisterFlagCompletionFunc(name, complete); err != nil {
			panic(err)
		}
	}
	return cmd
}

// completeValues offers what --values may name: statistics where they are shown, else variables.
func (f *seeFlags) completeValues(cmd *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	of := variableNames
	if measureNamed(f.as.value) != nil {
		of = statisticNames
	}
	return completeListed(of)(cmd, args, begun)
}

// see runs the scenario and shows it.
func (f *seeFlags) see(cmd *cobra.Command, io streams, arg string) error {
	if f.beside {
		return f.seeBeside(cmd, io, arg)
	}
	if form := measureNamed(f.as.value); form != nil {
		return f.seeMeasured(cmd, io, arg, form)
	}
	form, err := f.form(cmd)
	if err != nil {
		return err
	}
	from, to, err := f.times(cmd)
	if err != nil {
		return err
	}
	setup := setupText(cmd)
	f.setup.run.limits = append([]string{seeSteps}, f.setup.run.limits...)
	s, r, err := f.setup.recorded(cmd, io, arg, &engine.Trace{Values: true})
	if err != nil {
		return err
	}
	v := &view{scenario: s, run: r, ext: strings.ToLower(filepath.Ext(f.out)), setup: setup}
	if v.scene, err = f.scene(r, from, to); err != nil {
		return err
	}
	if v.options, err = f.options(cmd, v.scene, form.name == "timeline"); err != nil {
		return err
	}
	data, err := form.draw(v)
	var much *picture.TooMuch
	switch {
	case errors.As(err, &much):
		return fmt.Errorf("%w; %s", err, f.less(much, from))
	case err != nil:
		return err
	}
	if err := f.write(io, data); err != nil {
		return err
	}
	f.sayEnd(io, r.File, r.Result)
	return nil
}

// seeBeside shows the usual run and the one of a schedule.
func (f *seeFlags) seeBeside(cmd *cobra.Command, io streams, arg string) error {
	if f.setup.run.schedule == "" {
		return usageError(cmd, "--beside shows the run of a schedule beside the usual one: add --schedule, which explore has found")
	}
	if arg == "-" {
		return usageError(cmd, "--beside runs the scenario twice: it cannot be read from standard input")
	}
	for _, name := range []string{"as", "from", "to", "tasks", "values", "why", "scale"} {
		if cmd.Flags().Changed(name) {
			return usageError(cmd, fmt.Sprintf("there are --beside and --%s: give one of them", name))
		}
	}
	f.setup.run.limits = append([]string{seeSteps}, f.setup.run.limits...)
	_, scheduled, err := f.setup.recorded(cmd, io, arg, &engine.Trace{Values: true})
	if err != nil {
		return err
	}
	schedule := f.setup.run.schedule
	f.setup.run.schedule = ""
	_, usual, err := f.setup.recorded(cmd, io, arg, &engine.Trace{Values: true})
	if err != nil {
		return err
	}
	o := picture.Options{Title: f.title, Theme: f.theme.value, All: f.all, ASCII: f.ascii, Colour: f.colour && os.Getenv("NO_COLOR") == ""}
	titles, draw := [2]string{"the usual run", "--schedule " + schedule}, picture.BesideText
	switch ext := strings.ToLower(filepath.Ext(f.out)); {
	case ext == ".svg":
		draw = picture.Beside
	case f.out != "" && f.out != "-" && ext != ".txt":
		return usageError(cmd, fmt.Sprintf("-o %s: what form is that? With --beside a name ends in .svg or .txt", f.out))
	}
	data, err := draw(usual, scheduled, titles, o)
	if err != nil {
		return fmt.Errorf("%w; --all shows them", err)
	}
	return f.write(io, data)
}

// form is the form that --as or the name of the file asks for.
func (f *seeFlags) form(cmd *cobra.Command) (*form, error) {
	ext, exts := strings.ToLower(filepath.Ext(f.out)), []string{}
	for i := range forms {
		switch form := &forms[i]; {
		case f.as.value == form.name:
			return form, nil
		case f.as.value == "" && (f.out == "" || f.out == "-"):
			return form, nil // the first one
		case f.as.value == "" && form.ext != "" && form.ext == ext:
			return form, nil
		case form.ext != "":
			exts = append(exts, form.ext)
		}
	}
	return nil, usageError(cmd, fmt.Sprintf("-o %s: what form is that? A name ends in %s, or --as says it", f.out, strings.Join(exts, " or ")))
}

// times is the part of the run that --from and --to ask for, in nanoseconds; -1: as much as there is.
func (f *seeFlags) times(cmd *cobra.Command) (from, to int64, err error) {
	from, to = -1, -1
	for _, flag := range []struct {
		name, text string
		into       *int64
	}{{"from", f.from, &from}, {"to", f.to, &to}} {
		if !cmd.Flags().Changed(flag.name) {
			continue
		}
		if *flag.into, err = dsl.ParseDuration(flag.text); err != nil {
			return 0, 0, usageError(cmd, fmt.Sprintf("--%s %s: %v", flag.name, flag.text, err))
		}
	}
	if to >= 0 && from > to {
		return 0, 0, usageError(cmd, fmt.Sprintf("--from %s is after --to %s", f.from, f.to))
	}
	return from, to, nil
}

// scene is that part of the run.
func (f *seeFlags) scene(r *trace.Run, from, to int64) (*trace.Scene, error) {
	first, end := 0, len(r.Turns)
	if last := len(r.Turns) - 1; last >= 0 && from > r.At(last) {
		return nil, fmt.Errorf("--from %s: the run ended at %s", f.from, trace.Clock(r.At(last)))
	}
	switch {
	case from >= 0 && to >= 0:
		first, end = r.Between(from, to)
	case from >= 0:
		first, _ = r.Between(from, from)
	case to >= 0:
		_, end = r.Between(0, to)
	}
	return r.Scene(first, end), nil
}

// options is what the reader wishes of the picture; in a timeline objects can be chosen, too.
func (f *seeFlags) options(cmd *cobra.Command, s *trace.Scene, timeline bool) (picture.Options, error) {
	o := picture.Options{Title: f.title, Theme: f.theme.value, All: f.all, ASCII: f.ascii, Linear: f.scale.value == "linear"}
	o.Colour = f.colour && os.Getenv("NO_COLOR") == ""
	var err error
	if cmd.Flags().Changed("tasks") {
		if o.Tasks, err = f.wanted(s); err != nil {
			return o, err
		}
	}
	if cmd.Flags().Changed("values") {
		if o.Values, err = f.variables(s, timeline); err != nil {
			return o, err
		}
	}
	o.Foot, err = f.foot(cmd, s)
	return o, err
}

// setupText is the flags that say how the scenario is run, as they were given.
func setupText(cmd *cobra.Command) string {
	var parts []string
	for _, name := range []string{"root", "case", "seed", "ties", "python", "param", "params", "limit", "schedule"} {
		f := cmd.Flags().Lookup(name)
		if f == nil || !f.Changed || f.Value.Type() == "bool" {
			continue
		}
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			parts = append(parts, "--"+name+" "+shellWord(v))
		}
	}
	return strings.Join(parts, " ")
}

// seeCommand is the command that shows a run of the command cmd; empty: the scenario cannot be read again, or a terminal could be
// upset.
func seeCommand(cmd *cobra.Command, arg string) string {
	command := strings.TrimSpace("runloop see " + shellWord(arg) + " " + setupText(cmd))
	if arg == "-" || strings.ContainsFunc(command, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return ""
	}
	return command
}

// words is the parts of a list that a flag has: a,b.
func words(text string) []string {
	list := strings.FieldsFunc(text, func(r rune) bool { return r == ',' })
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return slices.DeleteFunc(list, func(w string) bool { return w == "" })
}

// wanted reads --tasks. Each of its patterns must match somebody.
func (f *seeFlags) wanted(s *trace.Scene) (func(name string) bool, error) {
	patterns := words(f.tasks)
	if len(patterns) == 0 {
		return nil, errors.New("--tasks names nobody: write names such as Task-1,worker-*")
	}
	names := laneNames(s)
	for _, p := range patterns {
		if slices.ContainsFunc(names, func(n string) bool { return globs(p, n) }) {
			continue
		}
		if all := laneNames(s.Run.Scene(0, len(s.Turns))); slices.ContainsFunc(all, func(n string) bool { return globs(p, n) }) {
			return nil, fmt.Errorf("--tasks %s: it is not there in this part of the run", p)
		}
		return nil, fmt.Errorf("--tasks %s: nobody is called so%s", p, didYouMean(p, names[:min(len(names), maxShown)]))
	}
	return func(name string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return globs(p, name) })
	}, nil
}

// laneNames is the names of tasks and callbacks.
func laneNames(s *trace.Scene) []string {
	var names []string
	for i := range s.Lanes {
		if name := s.Lanes[i].Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// globs reports whether a name matches a pattern in which * stands for any characters and ? for one.
func globs(pattern, name string) bool {
	p, n := []rune(pattern), []rune(name)
	star, again := -1, 0 // the last *, and up to where it has eaten
	i := 0
	for j := 0; j < len(n); {
		switch {
		case i < len(p) && p[i] == '*':
			star, again = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == n[j]):
			i, j = i+1, j+1
		case star >= 0:
			again++
			i, j = star+1, again
		default:
			return false
		}
	}
	return strings.Trim(string(p[i:]), "*") == ""
}

// variables reads --values.
func (f *seeFlags) variables(s *trace.Scene, timeline bool) ([]string, error) {
	list, known, objects := words(f.values), variableNames(s.Program), objectNames(s)
	what := "shared or context variable"
	if timeline {
		known, objects, what = append(known, objects...), nil, "shared variable or object in this part of the run"
	}
	for _, name := range list {
		switch {
		case slices.Contains(known, name):
		case slices.Contains(objects, name):
			return nil, fmt.Errorf("--values %s: it is an object: --as timeline draws how full it is", name)
		case len(known) == 0:
			return nil, fmt.Errorf("--values %s: the scenario has no %s", name, what)
		default:
			return nil, fmt.Errorf("--values %s: there is no such %s%s", name, what, didYouMean(name, known))
		}
	}
	return append([]string{}, list...), nil
}

// objectNames is the names of the objects with which something was done, and of the lists that they are in.
func objectNames(s *trace.Scene) []string {
	var names []string
	for i := range s.Tracks {
		name := s.Tracks[i].Base()
		list, _, _ := strings.Cut(name, "[")
		for _, n := range []string{name, list} {
			if !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	return names
}

// variableNames is the names of a program's shared and context variables.
func variableNames(p *engine.Program) []string {
	var names []string
	for _, v := range p.Shared {
		names = append(names, v.Name)
	}
	for _, v := range p.Context {
		names = append(names, v.Name)
	}
	return names
}

// taskNames is the names of the tasks and callbacks that a program declares.
func taskNames(p *engine.Program) []string {
	var names []string
	for _, w := range p.Workers {
		names = append(names, w.Name)
	}
	for _, c := range p.Callbacks {
		names = append(names, c.Name)
	}
	return names
}

// foot is the text below the picture: which of two turns came first, and why.
func (f *seeFlags) foot(cmd *cobra.Command, s *trace.Scene) ([]string, error) {
	if !cmd.Flags().Changed("why") {
		if a, b, ok := picture.Curious(s); ok {
			return footText(s.Run, a, b), nil
		}
		return nil, nil
	}
	numbers := words(f.why)
	if len(numbers) != 2 {
		return nil, usageError(cmd, fmt.Sprintf("--why %s: write the numbers of two turns, such as 10,11", f.why))
	}
	var turns [2]int
	for i, text := range numbers {
		n, err := strconv.Atoi(text)
		if err != nil {
			return nil, usageError(cmd, fmt.Sprintf("--why %s: %q is not the number of a turn", f.why, text))
		}
		if turns[i], err = why.NumberTurn(s.Run, n); err != nil {
			return nil, fmt.Errorf("--why %s: %w", f.why, err)
		}
	}
	return footText(s.Run, turns[0], turns[1]), nil
}

// less says how the picture gets smaller.
func (f *seeFlags) less(much *picture.TooMuch, from int64) string {
	hint := "choose a part with --from and --to, or some with --tasks; --all shows all"
	if much.Until < 0 {
		return hint
	}
	return fmt.Sprintf("up to --to %s there are few enough. Or %s", strings.NewReplacer(" ", "", "µ", "u").Replace(trace.Clock(much.Until)), hint)
}

// sayEnd says, on standard error, what went wrong with the run.
func (f *seeFlags) sayEnd(io streams, file string, res *engine.Result) {
	switch {
	case res.Ended == engine.LimitHit:
		fmt.Fprintf(io.Err, "%s: %v; what happened until then is shown\n", file, res.Limit)
	case res.Ended == engine.Failed || res.Ended == engine.Deadlock || res.Ended == engine.Interrupted:
		fmt.Fprintf(io.Err, "%s: the run ended at %s: %v; what happened until then is shown\n", file, trace.Clock(res.Now), res.Ended)
	case len(res.Errors) > 0:
		fmt.Fprintf(io.Err, "%s: %s that nobody took: see `runloop run`\n", file, count(len(res.Errors), "error"))
	}
}

// write writes the picture to standard output or to the file, whole or not at all.
func (f *seeFlags) write(io streams, data []byte) error {
	if f.out == "" || f.out == "-" {
		_, err := io.Out.Write(data)
		return err
	}
	if err := writeWhole(f.out, data); err != nil {
		return fmt.Errorf("cannot write %s: %w", f.out, cause(err))
	}
	return nil
}

// writeWhole writes a file so that it is there with all of its new content, or as it was. What is no regular file, such as a
// pipe, is written to.
func writeWhole(path string, data []byte) error {
	const mode = 0o666 // as the umask allows
	if info, err := os.Stat(path); err == nil {
		if info.Mode().IsRegular() {
			return suite.ReplaceFile(path, data)
		}
		return os.WriteFile(path, data, mode)
	}
	temp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+strconv.Itoa(os.Getpid())+".tmp")
	if err := os.WriteFile(temp, data, mode); err != nil {
		os.Remove(temp)
		return err
	}
	if err := os.Rename(temp, path); err != nil {
		os.Remove(temp)
		return err
	}
	return nil
}

// footText says why one of two turns came before the other.
func footText(r *trace.Run, a, b int) []string {
	v := why.Compare(r, min(a, b), max(a, b))
	first, second := why.TurnName(r, v.First), why.TurnName(r, v.Second)
	return []string{"Why is " + first + " before " + second + "?", v.Sentence(first, second)}
}

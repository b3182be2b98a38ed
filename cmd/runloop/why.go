package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"runloop/dsl"
	"runloop/engine"
	"runloop/internal/trace"
	"runloop/internal/why"
)

type whyFlags struct {
	setup  setupFlags
	turn   bool
	task   string
	at     string
	before string
	json   bool
	all    bool
}

func newWhy(io streams) *cobra.Command {
	var f whyFlags
	cmd := &cobra.Command{
		Use:   "why [flags] FILE|NAME|- [LINE [LINE]]",
		Short: "Say why a line of the output, or a turn, came when it did",
		Long: `why runs a scenario and says why something happened when it did. It takes the number
of a line of the output, counted from 1, and prints the chain of causes: the turn that
printed the line, what made that turn ready, what made that one ready, and so on, with
the lines of the file. Of two lines it says, too, which rule of the loop decided that
one came before the other, and, where that is known, whether the order of timers of one
instant (--ties) can change it. The rules are those of the README, "How the loop runs".

A turn is what a task or a callback does from when it runs until it waits or ends.
Besides lines, why takes turns: by their numbers,

  runloop why FILE --turn 10 11

or by whose they are and when:

  runloop why FILE --task Task-1 --at 6s
  runloop why FILE --task periodic --at 6s --before Task-1

A run is the same every time, so what is explained is what ` + "`runloop run`" + ` prints with
the same --seed, --ties, --param, --params and --limit. A run that fails is explained,
too; the command exits 0 then.

With --json, why prints one object: {"file", "asked", "verdict"}. "asked" has an object
for each line or turn: "output_line" and "text", if it is a line; "turn", the number
("before" and "after" have none); "who"; "time" in nanoseconds; "iteration"; "line" and
"step", of the file; "causes", "more", how many of them are left out, and "whole",
whether they go back to the start. A cause has "time", "iteration", "turn" (not the
loop's own), "who", "what", "because", "line" and "step". "verdict", of two, has "first"
and "second" ("turn", "time", "iteration"), "decides" (what decided), "rule" (its
number), "ties" ("unknown", "turns them round", "never") and "text".`,
		Args:              whyArgs,
		ValidArgsFunction: completeScenario,
		RunE:              func(cmd *cobra.Command, args []string) error { return f.run(cmd, io, args) },
	}
	f.setup.add(cmd)
	flags := cmd.Flags()
	flags.BoolVar(&f.turn, "turn", false, "the numbers are those of turns, not of lines of the output")
	flags.StringVar(&f.task, "task", "", "explain the turn of the task or callback of this `name` that --at tells")
	flags.StringVar(&f.at, "at", "", "the loop `time` of the turn of --task")
	flags.StringVar(&f.before, "before", "", "compare it with the turn at that time, or the next one, of the task or callback of this `name`")
	flags.BoolVar(&f.json, "json", false, "print one JSON object")
	flags.BoolVar(&f.all, "all", false, "show every cause, back to the start")
	return cmd
}

func whyArgs(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return usageError(cmd, "an argument is missing: a file, the name of a bundled scenario (see `runloop list`), or -")
	case len(args) > 3:
		return usageError(cmd, fmt.Sprintf("takes a file and two numbers at most, but after %q there is %q", args[2], args[3]))
	}
	return nil
}

// asked is a turn that is to be explained.
type asked struct {
	turn int // its place in Run.Turns
	line int // of the output; 0: it was not asked for by a line
	note string
}

func (f *whyFlags) run(cmd *cobra.Command, io streams, args []string) error {
	numbers, at, err := f.check(cmd, args[1:])
	if err != nil {
		return err
	}
	_, r, err := f.setup.recorded(cmd, io, args[0], &engine.Trace{Objects: true})
	if err != nil {
		return err
	}
	var of []asked
	if f.task != "" {
		of, err = f.named(r, at)
	} else {
		of, err = f.numbered(r, numbers)
	}
	if err != nil {
		return err
	}
	if f.json {
		return f.emit(io, r, of)
	}
	f.print(io, r, of)
	return nil
}

// check reads the numbers and the time, and says which flags do not go together.
func (f *whyFlags) check(cmd *cobra.Command, texts []string) (numbers []int, at int64, err error) {
	for _, text := range texts {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, 0, usageError(cmd, fmt.Sprintf("%q is no number of a %s: they count from 1", text, f.what()))
		}
		numbers = append(numbers, n)
	}
	given := cmd.Flags().Changed
	switch {
	case given("task") && len(numbers) > 0:
		err = errors.New("there are numbers and --task: give one of them")
	case given("task") && f.turn:
		err = errors.New("there are --turn and --task: give one of them")
	case !given("task") && (given("at") || given("before")):
		err = errors.New("--at and --before go with --task")
	case given("task") && !given("at"):
		err = errors.New("--task needs --at: the loop time of the turn, such as --at 6s")
	case given("task") && f.task == "":
		err = errors.New("--task: the name is empty")
	case !given("task") && len(numbers) == 0:
		err = fmt.Errorf("the number of a %s is missing, or --task and --at", f.what())
	case len(numbers) == 2 && numbers[0] == numbers[1]:
		err = fmt.Errorf("%s %d is given twice: give another one to compare it with, or only one", f.what(), numbers[0])
	}
	if err != nil {
		return nil, 0, usageError(cmd, err.Error())
	}
	if given("at") {
		if at, err = dsl.ParseDuration(f.at); err != nil {
			return nil, 0, usageError(cmd, fmt.Sprintf("--at %s: %v", f.at, err))
		}
	}
	return numbers, at, nil
}

// what is what the numbers count.
func (f *whyFlags) what() string {
	if f.turn {
		return "turn"
	}
	return "line of the output"
}

func (f *whyFlags) numbered(r *trace.Run, numbers []int) (of []asked, err error) {
	for _, n := range numbers {
		a := asked{line: n}
		if f.turn {
			a.line = 0
			a.turn, err = why.NumberTurn(r, n)
		} else {
			a.turn, err = why.LineTurn(r, n)
		}
		if err != nil {
			return nil, err
		}
		of = append(of, a)
	}
	return of, nil
}

func (f *whyFlags) named(r *trace.Run, at int64) ([]asked, error) {
	mine, err := turnsOf(r, "--task", f.task)
	if err != nil {
		return nil, err
	}
	now, err := why.AtTime(r, f.task, mine, at)
	if err != nil {
		return nil, err
	}
	of := []asked{{turn: now[0], note: several(r, f.task, now, at)}}
	if f.before == "" {
		return of, nil
	}
	others, err := turnsOf(r, "--before", f.before)
	if err != nil {
		return nil, err
	}
	for i, turn := range others {
		if turn != now[0] && (r.At(turn) > at || r.At(turn) == at && (turn > now[0] || i+1 == len(others) || r.At(others[i+1]) > at)) {
			return append(of, asked{turn: turn}), nil
		}
	}
	_, err = why.AtTime(r, f.before, others, at)
	if err == nil {
		err = fmt.Errorf("--before %s: there is no other turn of it at %s or later", f.before, trace.Clock(at))
	}
	return nil, err
}

// several says that a name has more turns at a time than the one that is explained.
func several(r *trace.Run, name string, turns []int, at int64) string {
	if len(turns) < 2 {
		return ""
	}
	return fmt.Sprintf("%s has %d turns at %s; this is the first, and --turn takes the number of any: they are %d to %d",
		name, len(turns), trace.Clock(at), r.Turns[turns[0]].Number, r.Turns[turns[len(turns)-1]].Number)
}

func turnsOf(r *trace.Run, flag, name string) ([]int, error) {
	turns := why.Turns(r, name)
	if len(turns) > 0 {
		return turns, nil
	}
	names := why.Names(r)
	if len(names) == 0 {
		return nil, fmt.Errorf("%s %s: no task or callback had a turn", flag, name)
	}
	const most = 20
	if near := dsl.Suggest(name, names); near == "" && len(names) > most {
		return nil, fmt.Errorf("%s %s: there is no task or callback of this name that had a turn; %d others had one", flag, name, len(names))
	}
	return nil, fmt.Errorf("%s %s: there is no task or callback of this name that had a turn%s", flag, name, didYouMean(name, names))
}

// most is how many causes are shown; 0: all.
func (f *whyFlags) most() int {
	if f.all {
		return 0
	}
	return why.Few
}

func (f *whyFlags) print(io streams, r *trace.Run, of []asked) {
	out := bufio.NewWriter(io.Out)
	defer out.Flush()
	for i, a := range of {
		if i > 0 {
			fmt.Fprintln(out)
		}
		if a.note != "" {
			fmt.Fprintln(io.Err, a.note)
		}
		chain := why.Explain(r, a.turn)
		for _, line := range why.Describe(chain, a.line, 1).Lines(r) {
			fmt.Fprintln(out, line)
		}
		chain.Write(f.most(), func(line string) { fmt.Fprintln(out, "  "+line) })
	}
	if len(of) < 2 {
		return
	}
	v := why.Compare(r, of[0].turn, of[1].turn)
	first, second := of[0], of[1]
	if second.turn < first.turn || second.turn == first.turn && second.line < first.line {
		first, second = second, first
	}
	fmt.Fprintf(out, "\n%s\n", v.Sentence(first.name(r), second.name(r)))
	if v.Rule > 0 {
		fmt.Fprintf(out, "Rule %d: %s\n", v.Rule, why.Rules[v.Rule-1])
	}
}

// name is how the verdict calls what was asked for.
func (a *asked) name(r *trace.Run) string {
	if a.line > 0 {
		return fmt.Sprintf("line %d", a.line)
	}
	return why.TurnName(r, a.turn)
}

func (f *whyFlags) emit(io streams, r *trace.Run, of []asked) error {
	answer := struct {
		File    string           `json:"file"`
		Asked   []*why.Described `json:"asked"`
		Verdict *why.Judged      `json:"verdict,omitempty"`
	}{File: r.File}
	for _, a := range of {
		answer.Asked = append(answer.Asked, why.Describe(why.Explain(r, a.turn), a.line, f.most()))
	}
	if len(of) == 2 {
		answer.Verdict = why.Compare(r, of[0].turn, of[1].turn).Data()
	}
	data, err := json.MarshalIndent(answer, "", "  ")
	return io.emit(append(data, '\n'), err)
}

package why

import (
	"fmt"
	"slices"
	"strings"

	"runloop/engine"
	"runloop/internal/trace"
)

// LineTurn is the turn that printed line n of the output, counted from 1, or began it.
func LineTurn(r *trace.Run, n int) (int, error) {
	switch count := len(r.Lines); {
	case count == 0:
		return 0, fmt.Errorf("there is no line %d: the run printed nothing; --turn takes the number of a turn, --task a name", n)
	case n < 1 || n > count:
		return 0, fmt.Errorf("there is no line %d: the output has %s", n, count1(count, "line"))
	}
	return int(r.Prints[r.Lines[n-1].Print].Turn), nil
}

// NumberTurn is the place in Run.Turns of turn number n.
func NumberTurn(r *trace.Run, n int) (int, error) {
	last := 0
	for i := range r.Turns {
		if k := int(r.Turns[i].Number); k == n && n > 0 {
			return i, nil
		} else if k > 0 {
			last = k
		}
	}
	if last == 0 {
		return 0, fmt.Errorf("there is no turn %d: no task or callback had a turn", n)
	}
	return 0, fmt.Errorf("there is no turn %d: the run has %s", n, count1(last, "turn"))
}

func count1(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Names is who had turns in the run, in the order of their first ones.
func Names(r *trace.Run) []string {
	var names []string
	for _, who := range everybody(r) {
		names = append(names, r.Name(who))
	}
	return names
}

func everybody(r *trace.Run) []uint32 {
	var all []uint32
	seen := map[uint32]bool{}
	for i := range r.Turns {
		if who := r.Turns[i].Who; who != 0 && !seen[who] {
			seen[who] = true
			all = append(all, who)
		}
	}
	return all
}

// Turns is the turns of the task or callback of a name; `before` and `after` have one. None: there is no such name.
func Turns(r *trace.Run, name string) []int {
	whos := map[uint32]bool{}
	for _, who := range everybody(r) {
		if r.Name(who) == name {
			whos[who] = true
		}
	}
	phase, phases := map[string]uint8{"before": engine.PhaseBefore, "after": engine.PhaseAfter}[name]
	var turns []int
	for i := range r.Turns {
		t := &r.Turns[i]
		if t.Who != 0 && whos[t.Who] || phases && len(whos) == 0 && t.Handle == trace.Phase && t.Phase == phase && len(r.PrintsOf(i)) > 0 {
			turns = append(turns, i)
		}
	}
	return turns
}

// AtTime is the turns at a loop time among those given. If there is none, the error names the nearest ones.
func AtTime(r *trace.Run, name string, turns []int, at int64) ([]int, error) {
	from := slices.IndexFunc(turns, func(i int) bool { return r.At(i) >= at })
	if from < 0 {
		from = len(turns)
	}
	to := from
	for to < len(turns) && r.At(turns[to]) == at {
		to++
	}
	if from < to {
		return turns[from:to], nil
	}
	var near []string
	for _, k := range []int{from - 1, from} {
		if k >= 0 && k < len(turns) {
			near = append(near, trace.Clock(r.At(turns[k]))+called(r, turns[k]))
		}
	}
	return nil, fmt.Errorf("%s has no turn at %s: the nearest are at %s", clean(name), trace.Clock(at), strings.Join(near, " and at "))
}

func called(r *trace.Run, turn int) string {
	if n := r.Turns[turn].Number; n > 0 {
		return fmt.Sprintf(" (turn %d)", n)
	}
	return ""
}

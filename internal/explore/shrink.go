package explore

import "slices"

// Shrink is the least schedule that leads to the same outcome as a failed one: blocks of unusual choices become usual (Zeller,
// "Simplifying and isolating failure-inducing input"), then single ones, then what is left becomes the first option that still
// fails. It runs at most so many runs.
func Shrink(opts Options, found Found, most int) Found {
	x := &shrinking{opts: opts, best: found, left: most}
	x.fails(found.Schedule) // how it really is asked
	for blocks := 2; ; {
		list := unusualAt(x.best.Schedule)
		size := max(1, len(list)/blocks)
		if x.without(list, size) {
			blocks = 2
			continue
		}
		if size == 1 || len(list) == 0 {
			break
		}
		blocks *= 2
	}
	x.lower()
	return x.best
}

type shrinking struct {
	opts Options
	best Found
	left int
}

// unusualAt is the places of the choices that are not the usual ones.
func unusualAt(s Schedule) []int {
	var list []int
	for i, c := range s {
		if c.K > 0 {
			list = append(list, i)
		}
	}
	return list
}

// without makes one block of unusual choices usual, the first that it can.
func (x *shrinking) without(list []int, size int) bool {
	for from := 0; from < len(list); from += size {
		try := slices.Clone(x.best.Schedule)
		for _, i := range list[from:min(from+size, len(list))] {
			try[i].K = 0
		}
		if x.fails(try) {
			return true
		}
	}
	return false
}

// lower makes each unusual choice the first option with which the run still fails.
func (x *shrinking) lower() {
	for _, i := range unusualAt(x.best.Schedule) {
		for k := 1; i < len(x.best.Schedule) && k < x.best.Schedule[i].K; k++ {
			try := slices.Clone(x.best.Schedule)
			try[i].K = k
			if x.fails(try) {
				break
			}
		}
	}
}

// fails runs a schedule and keeps it where it fails in the same way and is not larger.
func (x *shrinking) fails(try Schedule) bool {
	if x.left--; x.left < 0 {
		return false
	}
	run := x.opts.Run
	run.KeepOutput = x.opts.Output
	run.Output, run.Trace = nil, nil
	l, player := Replay(x.opts.Program, run, x.opts.Modes, try.Trimmed())
	if x.best.Key == "cycle" { // nothing ends such a run
		return false
	}
	for l.RunUnit() {
	}
	o := x.opts.Judge(l)
	if !o.Failed || o.Key != x.best.Key || player.Asked.Unusual() > x.best.Schedule.Unusual() {
		return false
	}
	x.best.Outcome, x.best.Schedule = o, player.Asked.Trimmed()
	return true
}

// Judged is the outcome of one schedule.
func Judged(opts Options, given Schedule) (Outcome, *Player) {
	run := opts.Run
	run.KeepOutput = opts.Output
	l, player := Replay(opts.Program, run, opts.Modes, given)
	for l.RunUnit() {
	}
	return opts.Judge(l), player
}

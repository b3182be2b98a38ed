package engine

import "io"

// Options says how a program is run. The zero value runs it on the virtual clock with default limits and throws its
// output away.
type Options struct {
	Params     []Value   // values of Program.Params
	Seed       uint64    // of all draws and of random ties
	Ties       Ties      // order of the timers of one instant
	Python     Python    // whose asyncio the loop is equal to
	Threads    int64     // of the pool that to_thread uses; 0: DefaultThreads
	Slow       int64     // a turn in which the loop is held up so long is reported, in nanoseconds; 0: none is
	Clock      Clock     // nil: the virtual clock
	ClockStart int64     // what the clock shows at loop time 0, in Unix nanoseconds (strftime)
	Until      int64     // the run ends before anything due at this loop time runs; 0: no such time
	Limits     Limits    // zero fields are the defaults
	Output     io.Writer // gets what the scenario prints; nil: nothing does
	KeepOutput bool      // Result.Output has what was printed
	KeepTasks  bool      // Loop.Tasks lists every task, even one that has ended and that nothing refers to any more
	Statistics bool      // Loop.Statistics says what was counted and measured
	Warmup     int64     // at this loop time all statistics begin anew, before anything that is due then; 0: no such time
	Trace      *Trace    // records the run; nil: nothing does
	Monitor    *Monitor  // is told what the statistics see; nil: nobody is

	// Explore makes the run leave open what a real system does: its Pick chooses. nil: it leaves nothing open. It is for the
	// virtual clock.
	Explore *Explore

	// Choose makes every choice among n equals, such as which timer of one instant comes next with TiesRandom: it returns
	// a number from 0 to n-1. It is not asked where n is 1. nil: Seed decides. A clone asks the same function.
	Choose func(n int) int
}

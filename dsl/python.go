package dsl

import "runloop/dsl/python"

// PythonOptions says how a scenario is exported to Python. The zero value exports it with the file's settings, for
// asyncio's own loop and the machine's clock.
type PythonOptions struct {
	Virtual bool              // include a loop whose clock jumps from timer to timer, like runloop's virtual clock
	Version string            // the Python it is for, such as 3.12; empty for the file's
	Ties    string            // with Virtual: the order of timers of one instant, fifo or heapq; empty for the file's
	Seed    *uint64           // the seed of all draws; nil for the file's
	Params  map[string]string // values of run parameters, as written on a command line
}

// Python returns the scenario as one program for Python's asyncio; see python.Program. An error may also be about a
// parameter.
func (s *Scenario) Python(opts PythonOptions) ([]byte, error) {
	run, err := s.Options(RunOptions{Params: opts.Params, Seed: opts.Seed, Ties: opts.Ties, Python: opts.Version, Clock: "virtual"})
	if err != nil {
		return nil, err
	}
	return python.Program(s.File, s.Info, run, opts.Virtual)
}

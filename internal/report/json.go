package report

import (
	"encoding/json"

	"runloop/engine"
)

// The JSON of a run. Times are loop times in seconds. Absent values are null, but lists are never null. On the virtual
// clock nothing in it depends on the machine.
type (
	runJSON struct {
		Scenario   string        `json:"scenario"`
		File       string        `json:"file"`
		OK         bool          `json:"ok"`
		Ended      string        `json:"ended"` // as expect.ends
		At         number        `json:"at"`
		Now        number        `json:"now"`
		Clock      string        `json:"clock"`
		Seed       uint64        `json:"seed"`
		Ties       string        `json:"ties"`
		Iterations int64         `json:"iterations"`
		Steps      int64         `json:"steps"`
		Tasks      []taskJSON    `json:"tasks"`  // in the order of creation
		Shared     members       `json:"shared"` // in the order of declaration
		Errors     []errorJSON   `json:"errors"` // the errors that nobody took, in the order in which they happened
		MoreErrors int           `json:"more_errors,omitempty"`
		Slow       []slowJSON    `json:"slow,omitempty"` // turns that held the loop up, with loop.slow
		MoreSlow   int           `json:"more_slow,omitempty"`
		Blocked    []blockedJSON `json:"blocked"`
		Interrupts []placeJSON   `json:"interrupts"` // where the run was when a signal came
		Limit      *limitJSON    `json:"limit"`
		Failures   []failureJSON `json:"failures"`
		Problems   []problemJSON `json:"problems"` // warnings of the check before the run
		Output     string        `json:"output"`
		Real       *realJSON     `json:"real"` // on the real clock

		Statistics *statisticsJSON `json:"statistics,omitempty"` // with --stats
	}
	taskJSON struct {
		Name    string          `json:"name"`
		State   string          `json:"state"`
		Result  json.RawMessage `json:"result"`
		Error   *string         `json:"error"`
		Spawned number          `json:"spawned"`
		Started *number         `json:"started"`
		Ended   *number         `json:"ended"`
		Waits   *string         `json:"waits"`          // what a pending task waits for
		Line    int32           `json:"line"`           // the step of a pending task; 0 before its first
		File    string          `json:"file,omitempty"` // of the line, where it is an included one
	}
	errorJSON struct {
		Type    string `json:"type"`
		Message string `json:"message"`
		Task    string `json:"task"` // empty if no task raised it
		In      string `json:"in"`   // the callback or section that raised it otherwise
		At      number `json:"at"`
		Line    int32  `json:"line"`
		Col     int32  `json:"col"`
		File    string `json:"file,omitempty"`
	}
	slowJSON struct {
		Task string `json:"task"` // empty if it was no task's turn
		In   string `json:"in"`   // the callback whose turn it was otherwise
		Took number `json:"took"`
		At   number `json:"at"`
		Line int32  `json:"line"` // the first step that blocked
		Col  int32  `json:"col"`
	}
	blockedJSON struct {
		Task    string   `json:"task"`
		Waits   string   `json:"waits"`
		Holders []string `json:"holders"` // the tasks that could end the wait
		More    int      `json:"more_holders,omitempty"`
		Since   number   `json:"since"`
		Line    int32    `json:"line"`
		Col     int32    `json:"col"`
		File    string   `json:"file,omitempty"`
	}
	placeJSON struct {
		Task string `json:"task"` // empty if nothing ran
		Line int32  `json:"line"`
		Col  int32  `json:"col"`
		File string `json:"file,omitempty"`
		At   number `json:"at"`
	}
	limitJSON struct {
		Limit string `json:"limit"`
		Value any    `json:"value"` // a number for time, an int64 for the others
		Task  string `json:"task"`
		Line  int32  `json:"line"`
		Col   int32  `json:"col"`
		File  string `json:"file,omitempty"`
	}
	failureJSON struct {
		Message string `json:"message"`
		Line    int32  `json:"line"`
		Col     int32  `json:"col"`
		File    string `json:"file,omitempty"`
	}
	realJSON struct {
		Wall    number `json:"wall"`
		Late50  number `json:"lateness_p50"`
		Late99  number `json:"lateness_p99"`
		LateMax number `json:"lateness_max"`
		Timers  int64  `json:"timers"`
		Missed  int64  `json:"missed"`
	}
)

// number is a count of nanoseconds that is shown in seconds.
type number int64

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) {
	return engine.AppendFloat(nil, engine.Seconds(int64(n))), nil
}

// JSON returns a run as one JSON object on one line. Indentation would make a deeply nested value endless.
func JSON(r *Run) ([]byte, error) { return Encode(r.data(), "") }

// InvalidJSON returns such an object for a file that cannot be run, with its errors and what else is known.
func InvalidJSON(c *Check) ([]byte, error) {
	return Encode(struct {
		File     string        `json:"file"`
		OK       bool          `json:"ok"`
		Problems []problemJSON `json:"problems"`
	}{c.File, false, problemsJSON([]Check{*c}).Problems}, "")
}

func (r *Run) data() *runJSON {
	res := r.Result
	d := &runJSON{
		Scenario: r.Name, File: r.File, OK: r.OK, Ended: res.Ended.String(), At: number(res.At), Now: number(res.Now),
		Clock: "virtual", Seed: r.Seed, Ties: r.Ties.String(), Iterations: res.Iterations, Steps: res.Steps,
		Tasks: r.tasks(), Shared: r.shared(), Errors: []errorJSON{}, MoreErrors: res.MoreErrors, Blocked: []blockedJSON{}, Interrupts: []placeJSON{}, Failures: []failureJSON{},
		Problems: problemsJSON([]Check{r.Warnings}).Problems, Output: string(res.Output),
	}
	for _, e := range res.Errors {
		file, at := res.Files.In(e.Err.Pos)
		d.Errors = append(d.Errors, errorJSON{Type: e.Err.Type, Message: e.Err.Message, Task: e.Task, In: e.In,
			At: number(e.At), Line: at.Line, Col: at.Col, File: file})
	}
	for _, x := range res.Slow {
		d.Slow = append(d.Slow, slowJSON{x.Task, x.In, number(x.Took), number(x.At), x.Pos.Line, x.Pos.Col})
	}
	d.MoreSlow = res.MoreSlow
	for _, t := range res.Blocked {
		file, at := res.Files.In(t.Pos)
		d.Blocked = append(d.Blocked, blockedJSON{Task: t.Task, Waits: t.Waits, Holders: append([]string{}, t.Holders...), More: t.More,
			Since: number(t.Since), Line: at.Line, Col: at.Col, File: file})
	}
	for _, p := range res.Interrupts {
		file, at := res.Files.In(p.Pos)
		d.Interrupts = append(d.Interrupts, placeJSON{Task: p.Task, Line: at.Line, Col: at.Col, File: file, At: number(p.At)})
	}
	for _, f := range r.Failures {
		d.Failures = append(d.Failures, failureJSON{Message: f.Message, Line: f.Pos.Line, Col: f.Pos.Col})
	}
	if x := res.Limit; x != nil {
		file, at := res.Files.In(x.Pos)
		d.Limit = &limitJSON{Limit: x.Limit, Value: x.Value, Task: x.Task, Line: at.Line, Col: at.Col, File: file}
		if x.Limit == "time" {
			d.Limit.Value = number(x.Value)
		}
	}
	if r.Stats != nil {
		d.Statistics = r.Stats.data()
	}
	if r.Real {
		late := &res.Lateness
		d.Clock = "real"
		d.Real = &realJSON{Wall: number(r.Wall), Late50: number(late.Quantile(0.5)), Late99: number(late.Quantile(0.99)),
			LateMax: number(late.Max), Timers: late.Count, Missed: res.Missed}
	}
	return d
}

func (r *Run) tasks() []taskJSON {
	list := []taskJSON{}
	for _, t := range r.Final.Tasks {
		file, at := r.Result.Files.In(t.Pos)
		x := taskJSON{Name: t.Name, State: t.State, Result: appendJSON(nil, r.Final.Names, t.Result, 0), Line: at.Line, File: file,
			Spawned: number(t.Spawned), Started: optional(t.Started), Ended: optional(t.Ended)}
		if t.Err != nil {
			text := t.Err.Error()
			x.Error = &text
		}
		if t.Waits != "" {
			x.Waits = &t.Waits
		}
		list = append(list, x)
	}
	return list
}

// optional returns a loop time, or nil if it is below 0.
func optional(ns int64) *number {
	if ns < 0 {
		return nil
	}
	n := number(ns)
	return &n
}

func (r *Run) shared() members {
	var m members
	for _, v := range r.Final.Shared {
		m = append(m, member{v.Name, appendJSON(nil, r.Final.Names, v.Value, 0)})
	}
	return m
}

// members is a JSON object whose members keep their order.
type members []member

type member struct {
	name  string
	value json.RawMessage
}

// MarshalJSON implements json.Marshaler.
func (m members) MarshalJSON() ([]byte, error) {
	dst := []byte{'{'}
	for i, x := range m {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendString(dst, x.name), ':')
		dst = append(dst, x.value...)
	}
	return append(dst, '}'), nil
}

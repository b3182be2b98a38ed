package engine_test

import (
	"fmt"
	"os"

	"runloop/engine"
)

// A program is trees of steps. Its expressions are functions over the running loop: this one counts down in a local
// while a timer ticks beside it.
func Example() {
	const left = 0 // the slot of the local
	local := engine.Target{Ref: engine.Ref{Space: engine.LocalVar, Index: left}}
	counter := &engine.Code{Name: "counter", Params: 1, Locals: []string{"left"}, Body: []engine.Step{
		&engine.While{
			Cond: func(l *engine.Loop) bool { return l.Local(left).AsInt() > 0 },
			Do: []engine.Step{
				&engine.Print{Text: func(l *engine.Loop, dst []byte) []byte {
					return fmt.Appendf(dst, "%v s: %s left", engine.Seconds(l.Now()), l.AppendText(nil, l.Local(left)))
				}},
				&engine.Sleep{For: seconds(1)},
				&engine.Set{Assigns: []engine.Assign{{To: local, Value: func(l *engine.Loop) engine.Value {
					return engine.Int(l.Local(left).AsInt() - 1)
				}}}},
			},
		},
		&engine.Stop{},
	}}
	tick := &engine.Code{Name: "tick", Body: []engine.Step{
		&engine.Print{Text: func(_ *engine.Loop, dst []byte) []byte { return append(dst, "tick"...) }},
	}}
	program := &engine.Program{
		Callbacks: []*engine.Callback{{Name: "tick", Code: tick, Every: seconds(2)}},
		Workers: []*engine.Entry{{
			Name: "counter", Code: counter,
			Args: []engine.Eval{func(*engine.Loop) engine.Value { return engine.Int(3) }},
		}},
	}
	if err := program.Assemble(); err != nil {
		fmt.Println(err)
		return
	}
	result := engine.New(program, engine.Options{Output: os.Stdout}).Run()
	fmt.Println(result.Ended, "at", engine.Seconds(result.At), "s")
	// Output:
	// 0 s: 3 left
	// 1 s: 2 left
	// tick
	// 2 s: 1 left
	// stopped at 3 s
}

// seconds is a constant duration.
func seconds(s int64) engine.EvalTime {
	return func(*engine.Loop) int64 { return s * 1e9 }
}

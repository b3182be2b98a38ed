package engine

import (
	"reflect"
	"testing"
)

// below holds while shared variable 0 is below n.
func below(n int64) EvalBool { return func(l *Loop) bool { return l.SharedVar(0).AsInt() < n } }

func shown(l *Loop, dst []byte) []byte { return l.AppendText(append(dst, "n is "...), l.SharedVar(0)) }

func setShared(n int64) Step {
	return &Set{Assigns: []Assign{{
		To: Target{Ref: Ref{Space: SharedVar}}, Value: func(*Loop) Value { return Int(n) },
	}}}
}

// counting is a program whose worker sets a variable to 1, 2 and 3 at 0, 1 and 2 seconds.
func counting(checks ...Check) *Program {
	return &Program{
		Shared:  []VarDef{{Name: "n", Init: func(*Loop) Value { return Int(0) }}},
		Workers: []*Entry{worker("w", setShared(1), sleep(1), setShared(2), sleep(1), setShared(3))},
		Checks:  checks,
	}
}

func TestChecks(t *testing.T) {
	done := func(l *Loop) bool { id, _ := l.TaskNamed("w"); return l.Attr(id, AttrDone).AsBool() }
	fails := func(l *Loop) bool { l.Raise("ValueError", "no"); return true }
	for _, tc := range []struct {
		name  string
		check Check
		want  CheckReport
	}{
		{"always holds", Check{Holds: below(9), Detail: shown}, CheckReport{}},
		{"the first break", Check{Holds: below(2), Detail: shown},
			CheckReport{Decided: true, Broken: true, Task: "w", At: 1e9, Detail: "n is 2"}},
		{"held once", Check{Holds: done, Detail: shown, Once: true}, CheckReport{Decided: true, Task: "w", At: 2e9}},
		{"held in time", Check{Holds: done, Detail: shown, Once: true, Within: at(2)},
			CheckReport{Decided: true, Task: "w", At: 2e9}},
		{"late", Check{Holds: done, Detail: shown, Once: true, Within: at(1.5)},
			CheckReport{Decided: true, Broken: true, Task: "w", At: 2e9, Detail: "n is 2"}},
		{"never held", Check{Holds: below(0), Detail: shown, Once: true},
			CheckReport{Decided: true, Broken: true, At: 2e9, Detail: "n is 3"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := counting(tc.check)
			if err := p.Assemble(); err != nil {
				t.Fatal(err)
			}
			r := New(p, Options{}).Run()
			got := r.Checks[0]
			got.within, got.Pos = 0, Pos{}
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %+v\nwant %+v", got, tc.want)
			}
		})
	}
	p := counting(Check{Holds: fails, Detail: shown})
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	r := New(p, Options{}).Run()
	if c := r.Checks[0]; !c.Broken || c.Err == nil || c.At != 0 || r.Ended != Completed {
		t.Errorf("an error in a check: %+v, the run ended %v", c, r.Ended)
	}
}

// TestChecksChangeNothing: a run with checks takes as many instructions as one without, and takes no error.
func TestChecksChangeNothing(t *testing.T) {
	run := func(checks ...Check) *Result {
		p := counting(checks...)
		p.Workers = append(p.Workers, worker("bad", &Raise{Type: "ValueError"}))
		if err := p.Assemble(); err != nil {
			t.Fatal(err)
		}
		return New(p, Options{}).Run()
	}
	taking := Check{Detail: shown, Holds: func(l *Loop) bool {
		id, ok := l.TaskNamed("bad")
		return !ok || l.Attr(id, AttrError).IsNull() || l.Attr(id, AttrDone).AsBool()
	}}
	plain, checked := run(), run(taking, Check{Holds: below(2), Detail: shown})
	if plain.Steps != checked.Steps || plain.Iterations != checked.Iterations {
		t.Errorf("%d steps, %d iterations; with checks %d, %d", plain.Steps, plain.Iterations, checked.Steps, checked.Iterations)
	}
	if len(plain.Errors) != 1 || len(checked.Errors) != 1 {
		t.Errorf("%d errors that nobody took, with checks %d", len(plain.Errors), len(checked.Errors))
	}
}

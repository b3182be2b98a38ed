package engine

import (
	"strings"
	"testing"
)

// Short forms for programs in tests.
func lit(s string) EvalText             { return func(_ *Loop, dst []byte) []byte { return append(dst, s...) } }
func line(s string) Step                { return &Print{Text: lit(s)} }
func sleep(s float64) Step              { return &Sleep{For: at(s)} }
func at(s float64) EvalTime             { return func(*Loop) int64 { return int64(s * 1e9) } }
func val(v Value) Eval                  { return func(*Loop) Value { return v } }
func count(n int64) EvalInt             { return func(*Loop) int64 { return n } }
func body(steps ...Step) *Code          { return &Code{Name: "test", Body: steps} }
func worker(n string, s ...Step) *Entry { return &Entry{Name: n, Code: body(s...)} }

func run(t *testing.T, p *Program, opts Options) (*Loop, *Result) {
	t.Helper()
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	opts.KeepOutput = true
	l := New(p, opts)
	return l, l.Run()
}

func TestTwoPhaseWakeUp(t *testing.T) {
	p := &Program{
		Workers:   []*Entry{worker("a", sleep(1), line("a woke"))},
		Callbacks: []*Callback{{Name: "cb", After: at(1), Code: body(line("callback"))}},
	}
	_, r := run(t, p, Options{})
	if got := string(r.Output); got != "callback\na woke\n" || r.Ended != Completed {
		t.Fatalf("%s %q", r.Ended, got)
	}
}

func TestSteps(t *testing.T) {
	num := func(l *Loop, dst []byte) []byte { return l.AppendText(dst, l.Local(0)) }
	p := &Program{Workers: []*Entry{{Name: "w", Code: &Code{Locals: []string{"i"}, Body: []Step{
		&Repeat{N: count(3), As: &Target{Ref: Ref{LocalVar, 0}}, Do: []Step{
			&Try{
				Do: []Step{
					&If{Branches: []Branch{{Cond: func(l *Loop) bool { return l.Local(0).AsInt() == 1 }, Then: []Step{&Continue{}}}}},
					&Print{Text: num},
					&If{Branches: []Branch{{Cond: func(l *Loop) bool { return l.Local(0).AsInt() == 2 }, Then: []Step{&Raise{Type: "ValueError", Message: lit("x")}}}}},
				},
				Catch:   []Catch{{Types: []string{"ValueError"}, As: -1, Do: []Step{line("caught")}}},
				Else:    []Step{line("else")},
				Finally: []Step{line("finally")},
			},
		}},
		&Return{Value: val(Int(7))},
	}}}}}
	l, r := run(t, p, Options{})
	want := "0 else finally finally 2 caught finally"
	if got := strings.Join(strings.Fields(string(r.Output)), " "); got != want {
		t.Fatalf("got %q, want %q; %v", got, want, r.Errors)
	}
	if v, _ := l.peekOutcome(1); !Equal(v, Int(7)) {
		t.Fatal(v)
	}
}

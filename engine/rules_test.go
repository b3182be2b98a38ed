package engine

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
)

// logNow prints s and the loop time.
func logNow(s string) Step {
	return &Print{Text: func(l *Loop, dst []byte) []byte {
		return AppendFloat(append(append(dst, s...), '@'), Seconds(l.Now()))
	}}
}

func callback(n string, steps ...Step) *Callback { return &Callback{Name: n, Code: body(steps...)} }
func local(i int) *Target                        { return &Target{Ref: Ref{LocalVar, i}} }
func get(i int) Eval                             { return func(l *Loop) Value { return l.Local(i) } }
func entry(steps ...Step) *Entry                 { return &Entry{Code: body(steps...)} }
func locals(e *Entry, n int) *Entry {
	e.Code.Locals = make([]string, n)
	return e
}

// TestRules holds the loop's rules one by one: each program and the lines it prints, on both clocks.
func TestRules(t *testing.T) {
	soon := callback("soon", logNow("soon"))
	fails := callback("fails", &Raise{Type: "ValueError", Message: lit("no")})
	tests := []struct {
		name    string
		program *Program
		want    string
		ended   Outcome
		errors  string
	}{
		{"what a handle schedules runs in a later iteration", &Program{
			Callbacks: []*Callback{soon},
			Workers: []*Entry{
				worker("a", &Schedule{Callback: soon}, logNow("a")),
				worker("b", logNow("b"), &Sleep{For: at(0)}, logNow("b again")),
			},
		}, "a@0.0 b@0.0 soon@0.0 b again@0.0", Completed, ""},
		{"a callback due at the instant a task wakes runs before it, whoever came first", &Program{
			Callbacks: []*Callback{{Name: "cb", After: at(2), Code: body(logNow("cb"))}},
			Workers:   []*Entry{worker("a", sleep(2), logNow("a"))},
		}, "cb@2.0 a@2.0", Completed, ""},
		{"tasks start in creation order, one iteration after their creation", &Program{
			Workers: []*Entry{worker("p", &Spawn{Entry: entry(logNow("c1"))}, &Spawn{Entry: entry(logNow("c2"))}, logNow("p"))},
		}, "p@0.0 c1@0.0 c2@0.0", Completed, ""},
		{"await of what is done does not give up a turn", &Program{
			Workers: []*Entry{
				locals(worker("p",
					&Spawn{Entry: entry(), As: local(0)}, &Sleep{For: at(0)}, &Sleep{For: at(0)},
					&Spawn{Entry: entry(logNow("other"))}, &Await{What: get(0)}, logNow("p")), 1),
			},
		}, "p@0.0 other@0.0", Completed, ""},
		{"waiters become ready in the order in which they began to wait", &Program{
			Workers: []*Entry{
				worker("slow", sleep(1)),
				worker("w1", &Await{What: func(l *Loop) Value { v, _ := l.TaskNamed("slow"); return v }}, logNow("w1")),
				worker("w2", &Await{What: func(l *Loop) Value { v, _ := l.TaskNamed("slow"); return v }}, logNow("w2")),
			},
		}, "w1@1.0 w2@1.0", Completed, ""},
		{"stop lets the current iteration finish; what it scheduled stays pending", &Program{
			Callbacks: []*Callback{soon},
			Workers: []*Entry{
				worker("a", &Stop{}, &Schedule{Callback: soon}, logNow("a")),
				worker("b", logNow("b"), sleep(0), logNow("never")),
			},
			After: body(logNow("after")),
		}, "a@0.0 b@0.0 after@0.0", Stopped, ""},
		{"stop in before gives exactly one iteration, the clock still", &Program{
			Before:  body(&Stop{}),
			Workers: []*Entry{worker("a", logNow("a"), sleep(1), logNow("never"))},
		}, "a@0.0", Stopped, ""},
		{"one more iteration runs after main returns; then the rest is cancelled and runs to its end", &Program{
			Main: entry(
				&Spawn{Entry: entry(&Try{Do: []Step{sleep(9)}, Finally: []Step{logNow("cleanup"), sleep(1), logNow("cleaned")}})},
				sleep(1), &Spawn{Entry: entry(logNow("last"))}, logNow("main")),
		}, "main@1.0 last@1.0 cleanup@1.0 cleaned@2.0", Completed, ""},
		{"stop with main: a RuntimeError, and main is cancelled", &Program{
			Main: entry(&Stop{}, &Try{Do: []Step{sleep(1)}, Finally: []Step{logNow("finally")}}),
		}, "finally@0.0", Stopped, "RuntimeError: Event loop stopped before Future completed."},
		{"a task that is not started never runs when cancelled", &Program{
			Workers: []*Entry{locals(worker("a", &Spawn{Entry: entry(logNow("never")), As: local(0)}, &Cancel{What: get(0)}, logNow("a")), 1)},
		}, "a@0.0", Completed, ""},
		{"cancellation beats a result of the same iteration", &Program{
			Workers: []*Entry{
				worker("a", &Try{Do: []Step{sleep(1), logNow("woke")}, Catch: []Catch{{Types: []string{"CancelledError"}, As: -1, Do: []Step{logNow("cancelled")}}}}),
			},
			Callbacks: []*Callback{{Name: "c", After: at(1), Code: body(&Cancel{What: func(l *Loop) Value { v, _ := l.TaskNamed("a"); return v }})}},
		}, "cancelled@1.0", Completed, ""},
		{"a task cancelled in its last step ends cancelled", &Program{
			Workers: []*Entry{worker("a", &Cancel{What: func(l *Loop) Value { return l.CurrentTask() }}, logNow("end"))},
			After: body(&Print{Text: func(l *Loop, dst []byte) []byte {
				v, _ := l.TaskNamed("a")
				return l.AppendText(dst, l.Attr(v, AttrState))
			}}),
		}, "end@0.0 cancelled", Completed, ""},
		{"an error in a callback is reported, and the loop goes on", &Program{
			Callbacks: []*Callback{fails},
			Workers:   []*Entry{worker("a", &Schedule{Callback: fails}, sleep(1), logNow("a"))},
		}, "a@1.0", Completed, "ValueError: no"},
		{"awaiting oneself is a RuntimeError in the next iteration", &Program{
			Workers: []*Entry{worker("a", &Await{What: func(l *Loop) Value { return l.CurrentTask() }})},
		}, "", Completed, "RuntimeError: Task cannot await on itself: <Task a>"},
		{"a deadlock ends the run as it stands", &Program{
			Workers: []*Entry{
				worker("a", &Await{What: func(l *Loop) Value { v, _ := l.TaskNamed("b"); return v }}, logNow("never")),
				worker("b", &Await{What: func(l *Loop) Value { v, _ := l.TaskNamed("a"); return v }}, logNow("never")),
			},
		}, "", Deadlock, ""},
		{"a cancelled timer never moves the clock nor keeps a run alive", &Program{
			Callbacks: []*Callback{soon},
			Workers:   []*Entry{locals(worker("a", &Schedule{Callback: soon, After: at(5), As: local(0)}, sleep(1), &Cancel{What: get(0)}), 1)},
			After:     body(logNow("after")),
		}, "after@1.0", Completed, ""},
		{"gather: results in order, the first error at once", &Program{
			Workers: []*Entry{worker("a", &Try{
				Do: []Step{&Gather{Items: []GatherItem{
					{Entry: entry(sleep(3), logNow("c1"))}, {Entry: entry(sleep(1), &Raise{Type: "KeyError"})},
				}}},
				Catch: []Catch{{Types: []string{"LookupError"}, As: -1, Do: []Step{logNow("caught")}}},
			})},
		}, "caught@1.0 c1@3.0", Completed, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check := func(t *testing.T, l *Loop) {
				r := l.Run()
				if got := strings.ReplaceAll(strings.TrimSpace(string(r.Output)), "\n", " "); got != tt.want {
					t.Errorf("printed %q\nwant    %q", got, tt.want)
				}
				if r.Ended != tt.ended {
					t.Errorf("ended %s, want %s", r.Ended, tt.ended)
				}
				var errs []string
				for _, e := range r.Errors {
					errs = append(errs, e.Err.Error())
				}
				if got := strings.Join(errs, "; "); got != tt.errors {
					t.Errorf("errors %q, want %q", got, tt.errors)
				}
			}
			if err := tt.program.Assemble(); err != nil {
				t.Fatal(err)
			}
			t.Run("virtual", func(t *testing.T) { check(t, New(tt.program, Options{KeepOutput: true})) })
			t.Run("real", func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					check(t, New(tt.program, Options{KeepOutput: true, Clock: NewRealClock(1)}))
				})
			})
		})
	}
}

func TestTies(t *testing.T) {
	var workers []*Entry
	for i := range 6 {
		workers = append(workers, worker(fmt.Sprint(i), sleep(1), line(fmt.Sprint(i))))
	}
	p := &Program{Workers: workers}
	if err := p.Assemble(); err != nil {
		t.Fatal(err)
	}
	order := func(ties Ties, seed uint64) string {
		r := New(p, Options{KeepOutput: true, Ties: ties, Seed: seed}).Run()
		return strings.ReplaceAll(string(r.Output), "\n", "")
	}
	if got := order(TiesFIFO, 0); got != "012345" {
		t.Errorf("fifo: %s", got)
	}
	if got := order(TiesLIFO, 0); got != "543210" {
		t.Errorf("lifo: %s", got)
	}
	// What heapq.heappop gives after six heappush of equal timers in CPython.
	if got := order(TiesHeapq, 0); got != "025413" {
		t.Errorf("heapq: %s", got)
	}
	seen := map[string]bool{}
	for seed := range uint64(20) {
		first := order(TiesRandom, seed)
		if again := order(TiesRandom, seed); again != first {
			t.Errorf("random ties differ for seed %d: %s, then %s", seed, first, again)
		}
		seen[first] = true
	}
	if len(seen) < 10 {
		t.Errorf("20 seeds gave %d orders", len(seen))
	}
}

func TestMissed(t *testing.T) {
	for _, tt := range []struct {
		policy MissedPolicy
		want   string
	}{
		{MissedSkip, "1s 2s 6.5s 7s 8s"},
		{MissedCatchUp, "1s 2s 6.5s 6.5s 6.5s 6.5s 7s 8s"},
		{MissedDrift, "1s 2s 6.5s 7.5s 8.5s"},
	} {
		synctest.Test(t, func(t *testing.T) {
			clock := &lateClock{lateAt: 3e9, lateBy: 3.5e9}
			cb := &Callback{Name: "tick", Every: at(1), Missed: tt.policy, Code: body(&Print{Text: func(l *Loop, dst []byte) []byte {
				return fmt.Appendf(dst, "%gs", Seconds(l.Now()))
			}})}
			p := &Program{Callbacks: []*Callback{cb}}
			if err := p.Assemble(); err != nil {
				t.Fatal(err)
			}
			r := New(p, Options{KeepOutput: true, Clock: clock, Until: 8.6e9}).Run()
			if got := strings.ReplaceAll(strings.TrimSpace(string(r.Output)), "\n", " "); got != tt.want {
				t.Errorf("policy %d: %s, want %s", tt.policy, got, tt.want)
			}
		})
	}
}

// lateClock is a clock that is late once.
type lateClock struct{ now, lateAt, lateBy int64 }

func (c *lateClock) Wait(until int64) int64 {
	if c.now = max(c.now, until); c.now == c.lateAt {
		c.now += c.lateBy
	}
	return c.now
}

func (c *lateClock) Wake() {}

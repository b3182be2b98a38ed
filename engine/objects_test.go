package engine

import (
	"strings"
	"testing"
)

func obj(i int) Eval { return func(l *Loop) Value { return l.Object(i) } }
func named(n string) Eval {
	return func(l *Loop) Value { v, _ := l.TaskNamed(n); return v }
}
func tasks(names ...string) Eval {
	return func(l *Loop) Value {
		var vs []Value
		for _, n := range names {
			v, _ := l.TaskNamed(n)
			vs = append(vs, v)
		}
		return List(vs)
	}
}
func show(s string, slot int) Step {
	return &Print{Text: func(l *Loop, dst []byte) []byte { return l.AppendText(append(dst, s...), l.Local(slot)) }}
}
func catching(typ string, do ...Step) Step {
	return &Try{Do: do, Catch: []Catch{{Types: []string{typ}, As: -1, Do: []Step{logNow(typ)}}}}
}

// TestObjects holds what waits on objects and scopes: each program and the lines it prints.
func TestObjects(t *testing.T) {
	lockDef := []ObjectDef{{Name: "m", Kind: KindLock}}
	scoped := func(n string, d float64) Step {
		return &Acquire{What: obj(0), Scoped: true, Do: []Step{logNow(n), sleep(d)}}
	}
	rwDef := []ObjectDef{{Name: "rw", Kind: KindRWLock}}
	write := scoped
	read := func(n string, d float64) Step {
		return &Acquire{What: obj(0), Read: true, Scoped: true, Do: []Step{logNow(n), sleep(d)}}
	}
	queueOf := func(n int64, o QueueOrder) []ObjectDef {
		return []ObjectDef{{Name: "q", Kind: KindQueue, Size: count(n), Order: o}}
	}
	put := func(n int64) Step { return &Put{Queue: obj(0), Item: val(Int(n))} }
	getItem := &Get{Queue: obj(0), As: local(0)}
	tests := []struct {
		name    string
		program *Program
		want    string
		ended   Outcome
	}{
		{"a lock is handed over in order", &Program{Objects: lockDef, Workers: []*Entry{
			worker("a", scoped("a", 1)), worker("b", scoped("b", 1)), worker("c", scoped("c", 1)),
		}}, "a@0.0 b@1.0 c@2.0", Completed},
		{"within limits the acquiring alone", &Program{Objects: lockDef, Workers: []*Entry{
			worker("a", scoped("a", 3)),
			worker("b", &Acquire{What: obj(0), Scoped: true, Within: at(1), Do: []Step{logNow("never")}, Else: []Step{logNow("else")}}),
			worker("c", catching("TimeoutError", &Acquire{What: obj(0), Scoped: true, Within: at(2), Do: []Step{logNow("never")}})),
			worker("d", &Acquire{What: obj(0), Scoped: true, Within: at(4), Do: []Step{sleep(5), logNow("d")}}),
		}}, "a@0.0 else@1.0 TimeoutError@2.0 d@8.0", Completed},
		{"a semaphore of two", &Program{Objects: []ObjectDef{{Name: "s", Kind: KindSemaphore, Size: count(2)}}, Workers: []*Entry{
			worker("a", scoped("a", 1)), worker("b", scoped("b", 2)), worker("c", scoped("c", 1)), worker("d", scoped("d", 1)),
		}}, "a@0.0 b@0.0 c@1.0 d@2.0", Completed},
		{"readers share a lock, writers have it alone, in order of arrival", &Program{Objects: rwDef, Workers: []*Entry{
			worker("a", read("a", 2)), worker("b", read("b", 1)), worker("c", write("c", 1)), worker("d", read("d", 1)),
			worker("e", read("e", 1)), worker("f", write("f", 1)),
		}}, "a@0.0 b@0.0 c@2.0 d@3.0 e@3.0 f@4.0", Completed},
		{"a writer that gives up lets the readers behind it in", &Program{Objects: rwDef, Workers: []*Entry{
			worker("a", read("a", 9)), worker("b", &Timeout{For: at(1), Do: []Step{write("b", 1)}, Else: []Step{logNow("late")}}),
			worker("c", read("c", 1)),
		}}, "a@0.0 late@1.0 c@1.0", Completed},
		{"a writer cancelled when it has just been handed the lock hands it on", &Program{Objects: rwDef, Workers: []*Entry{
			worker("a", write("a", 1), &Cancel{What: named("b")}), worker("b", catching("CancelledError", write("b", 1))),
			worker("c", read("c", 1)),
		}}, "a@0.0 CancelledError@1.0 c@1.0", Completed},
		{"releasing a readers–writer lock that nothing holds", &Program{Objects: rwDef, Workers: []*Entry{
			worker("a", catching("RuntimeError", &Release{What: obj(0)})),
		}}, "RuntimeError@0.0", Completed},
		{"two readers that want to write block each other", &Program{Objects: rwDef, Workers: []*Entry{
			worker("a", &Acquire{What: obj(0), Read: true}, sleep(1), &Acquire{What: obj(0)}),
			worker("b", &Acquire{What: obj(0), Read: true}, sleep(1), &Acquire{What: obj(0)}),
		}}, "", Deadlock},
		{"events wake all waiters, set and cleared at once too", &Program{Objects: []ObjectDef{{Name: "e", Kind: KindEvent}}, Workers: []*Entry{
			worker("a", &WaitEvent{Event: obj(0)}, logNow("a")), worker("b", &WaitEvent{Event: obj(0)}, logNow("b")),
			worker("c", sleep(1), &Signal{Event: obj(0)}, &Clear{Event: obj(0)}, logNow("c")),
		}}, "c@1.0 a@1.0 b@1.0", Completed},
		{"a condition", &Program{Objects: []ObjectDef{{Name: "c", Kind: KindCondition}}, Workers: []*Entry{
			worker("a", &Acquire{What: obj(0), Scoped: true, Do: []Step{&WaitCondition{Condition: obj(0)}, logNow("a")}}),
			worker("b", sleep(1), &Acquire{What: obj(0), Scoped: true, Do: []Step{&Notify{Condition: obj(0)}, sleep(1), logNow("b")}}),
			worker("c", catching("RuntimeError", &WaitCondition{Condition: obj(0)})),
		}}, "RuntimeError@0.0 b@2.0 a@2.0", Completed},
		{"a barrier of two lets its last arriver go first", &Program{Objects: []ObjectDef{{Name: "b", Kind: KindBarrier, Size: count(2)}}, Workers: []*Entry{
			locals(worker("a", &WaitBarrier{Barrier: obj(0), As: local(0)}, show("a", 0)), 1),
			locals(worker("b", sleep(1), &WaitBarrier{Barrier: obj(0), As: local(0)}, show("b", 0)), 1),
		}}, "b1 a0", Completed},
		{"a queue of one: back-pressure", &Program{Objects: queueOf(1, QueueFIFO), Workers: []*Entry{
			worker("p", put(1), logNow("put"), put(2), logNow("put"), put(3), logNow("put")),
			locals(worker("c", &Repeat{N: count(3), Do: []Step{sleep(1), getItem, show("got", 0)}}), 1),
		}}, "put@0.0 got1 put@1.0 got2 put@2.0 got3", Completed},
		{"a priority queue", &Program{Objects: queueOf(0, QueuePriority), Workers: []*Entry{
			locals(worker("a", put(3), put(1), put(2), getItem, show("", 0), getItem, show("", 0), getItem, show("", 0)), 1),
		}}, "1 2 3", Completed},
		{"get where takes the first that fits", &Program{Objects: queueOf(0, QueueFIFO), Workers: []*Entry{
			locals(worker("a", &Get{Queue: obj(0), As: local(0), Where: func(l *Loop) bool { return l.Local(0).AsInt() > 5 }}, show("a", 0)), 1),
			locals(worker("b", getItem, show("b", 0)), 1),
			worker("p", put(1), put(9)),
		}}, "b1 a9", Completed},
		{"join waits for task_done; shutdown ends a getter", &Program{Objects: queueOf(0, QueueFIFO), Workers: []*Entry{
			worker("p", put(1), &Join{Queue: obj(0)}, logNow("joined"), &Shutdown{Queue: obj(0)}),
			locals(worker("c", catching("QueueShutDown", &While{Cond: func(*Loop) bool { return true }, Do: []Step{getItem, sleep(2), &TaskDone{Queue: obj(0)}}})), 1),
		}}, "joined@2.0 QueueShutDown@2.0", Completed},
		{"a timeout beats a sleep of the same instant; of two equal ones only the outer raises", &Program{Workers: []*Entry{
			worker("a", catching("TimeoutError", &Timeout{For: at(1), Do: []Step{
				&Timeout{For: at(1), Do: []Step{sleep(1)}, Else: []Step{logNow("inner")}}, logNow("woke")}}), logNow("after")),
		}}, "TimeoutError@1.0 after@1.0", Completed},
		{"a timeout of zero lets the steps run up to the first wait", &Program{Workers: []*Entry{
			worker("a", &Timeout{For: at(0), Do: []Step{logNow("in"), sleep(5)}, Else: []Step{logNow("else")}}),
		}}, "in@0.0 else@0.0", Completed},
		{"a group cancels the siblings of a failing task", &Program{Workers: []*Entry{
			locals(worker("a", catching("ExceptionGroup", &Group{As: *local(0), Do: []Step{
				&Spawn{Entry: entry(sleep(1), &Raise{Type: "ValueError"}), Group: get(0)},
				&Spawn{Entry: entry(&Try{Do: []Step{sleep(5)}, Finally: []Step{logNow("cancelled")}}), Group: get(0)},
				sleep(9),
			}})), 1),
		}}, "cancelled@1.0 ExceptionGroup@1.0", Completed},
		{"wait for the first", &Program{Workers: []*Entry{
			worker("x", sleep(1)), worker("y", sleep(2)),
			locals(worker("a", &Wait{Tasks: tasks("x", "y"), When: FirstCompleted, As: local(0)}, show("", 0)), 1),
			locals(worker("b", &Wait{Tasks: tasks("x", "y"), Within: at(1.5), As: local(0)}, logNow("b")), 1),
		}}, `{"done": ["<Task x>"], "pending": ["<Task y>"]} b@1.5`, Completed},
		{"as_completed in the order of their ends", &Program{Workers: []*Entry{
			worker("x", sleep(2)), worker("y", sleep(1)), worker("z", sleep(9)),
			locals(worker("a", catching("TimeoutError", &AsCompleted{Tasks: tasks("x", "y", "z"), Within: at(3), As: *local(0), Do: []Step{show("", 0)}})), 1),
		}}, "<Task y> <Task x> TimeoutError@3.0", Completed},
		{"shield: the inner task goes on", &Program{Workers: []*Entry{
			worker("x", sleep(3), logNow("x")),
			worker("a", catching("CancelledError", &Shield{What: named("x")})),
			worker("b", sleep(1), &Cancel{What: named("a")}),
		}}, "CancelledError@1.0 x@3.0", Completed},
		{"a future resolved by another task", &Program{Objects: []ObjectDef{{Name: "f", Kind: KindFuture}}, Workers: []*Entry{
			locals(worker("a", &Await{What: obj(0), As: local(0)}, show("", 0)), 1),
			worker("b", sleep(1), &Resolve{Future: obj(0), Value: val(Int(7))}, catching("InvalidStateError", &Resolve{Future: obj(0), Value: val(Int(8))})),
		}}, "InvalidStateError@1.0 7", Completed},
		{"a lock nobody releases is a deadlock", &Program{Objects: lockDef, Workers: []*Entry{
			worker("a", &Acquire{What: obj(0)}, &Acquire{What: obj(0)}),
		}}, "", Deadlock},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, r := run(t, tt.program, Options{})
			if got := strings.ReplaceAll(strings.TrimSpace(string(r.Output)), "\n", " "); got != tt.want || r.Ended != tt.ended {
				t.Errorf("%s, printed %q\nwant %s, %q; errors %v", r.Ended, got, tt.ended, tt.want, r.Errors)
			}
			if len(r.Errors) > 0 && !strings.Contains(tt.name, "shield") {
				t.Errorf("errors: %v", r.Errors[0].Err)
			}
		})
	}
}

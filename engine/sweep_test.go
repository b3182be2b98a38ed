package engine

import (
	"strconv"
	"testing"
)

// TestEndedTasksAreGivenBack: however many tasks a run creates one after the other, whatever they are called and however
// they end, it needs the lines of a few thousand.
func TestEndedTasksAreGivenBack(t *testing.T) {
	const n = 300_000
	many := map[string]bool{"awaited": true, "named by a count": true, "failed, caught": true}
	fails := func() *Entry { return entry(&Raise{Type: "ValueError", Message: lit("no")}) }
	numbered := func(l *Loop, dst []byte) []byte {
		return strconv.AppendInt(append(dst, "job-"...), l.Local(1).AsInt(), 10)
	}
	returns := func(v Eval) *Entry { return entry(&Return{Value: v}) }
	spawn := func(e *Entry) *Spawn { return &Spawn{Entry: e, As: local(0)} }
	await := &Await{What: get(0), As: local(2)}
	waits := entry(sleep(10))
	list := func(l *Loop) Value { return List([]Value{l.Local(0)}) }
	f := func() *Code { return body() }
	for name, steps := range map[string][]Step{
		"awaited":          {spawn(returns(val(Int(1)))), await},
		"named alike":      {spawn(&Entry{Name: "job", Code: f()}), await},
		"named by a count": {spawn(&Entry{NameText: numbered, Code: f()}), await},
		"with a context":   {spawn(&Entry{Code: f(), Context: []Assign{{To: Target{Ref: Ref{ContextVar, 0}}, Value: get(1)}}}), await},
		"in a list":        {&Spawn{Entry: &Entry{Code: f(), Count: count(3)}, As: local(0)}, &Wait{Tasks: get(0), As: local(2)}},
		"failed, caught":   {spawn(fails()), catching("ValueError", await)},
		"failed":           {&Spawn{Entry: fails()}, &Sleep{For: at(0)}},
		"cancelled":        {spawn(waits), &Cancel{What: get(0)}, catching("CancelledError", await)},
		"gathered":         {spawn(entry()), &Gather{Items: []GatherItem{{Task: get(0)}, {Entry: entry()}}, As: local(2)}},
		"each completed":   {spawn(entry()), &AsCompleted{Tasks: list, As: *local(2)}},
		"shielded":         {spawn(entry()), &Shield{What: get(0)}},
		"in a group":       {&Group{As: *local(2), Do: []Step{&Spawn{Entry: entry(), Group: get(2), As: local(0)}}}},
		"one holds the one before": {spawn(returns(nil)), await, &Set{Assigns: []Assign{{To: *local(3), Value: get(0)}}},
			spawn(&Entry{Code: &Code{Params: 1, Locals: []string{"x"}, Body: []Step{&Return{Value: get(0)}}}, Args: []Eval{get(3)}}), await},
		"a lock kept by one that ends": {spawn(entry(&Acquire{What: obj(0)}, &Release{What: obj(0)})), await},
	} {
		turns := int64(n / 10)
		if many[name] && !testing.Short() {
			turns = n
		}
		p := &Program{Recycle: true, Main: locals(entry(&Repeat{N: count(turns), As: local(1), Do: steps}), 4),
			Context: []VarDef{{"c", val(Int(0))}}, Objects: []ObjectDef{{Name: "m", Kind: KindLock}}}
		l, r := run(t, p, Options{})
		if r.Ended != Completed || int64(l.tasks.created) <= turns {
			t.Errorf("%s: it ended %v after %d tasks: %v", name, r.Ended, l.tasks.created, r.Errors)
		}
		if used := l.tasks.lines.n; used > 10_000 || int(l.tasks.colds.n) > 10_000 || len(l.names.given) > 10_000 || len(l.failures) > 10_000 {
			t.Errorf("%s: %d lines, %d cold records, %d names and %d failures for %d tasks", name, used, l.tasks.colds.n, len(l.names.given),
				len(l.failures), l.tasks.created)
		}
		if told := len(r.Errors) + r.MoreErrors; name == "failed" && (told != int(turns) || len(r.Errors) != maxReports) {
			t.Errorf("%d errors are told, %d counted", len(r.Errors), r.MoreErrors)
		} else if name != "failed" && told > 0 {
			t.Errorf("%s: %v", name, r.Errors)
		}
	}
}

// TestReportsAreTheFirst: of errors that nobody took those that are told are the first, those of tasks that are still
// held among them.
func TestReportsAreTheFirst(t *testing.T) {
	message := func(l *Loop, dst []byte) []byte { return strconv.AppendInt(dst, l.Local(0).AsInt(), 10) }
	fails := &Code{Params: 1, Locals: []string{"i"}, Body: []Step{&Raise{Type: "ValueError", Message: message}}}
	held := Assign{To: Target{Ref: Ref{SharedVar, 0}}, Value: get(1)}
	p := &Program{Recycle: true, Shared: []VarDef{{"held", val(List(nil))}}, Main: locals(entry(&Repeat{N: count(5000), As: local(0), Do: []Step{
		&Spawn{Entry: &Entry{Code: fails, Args: []Eval{get(0)}}, As: local(1)}, &Sleep{For: at(0)},
		&If{Branches: []Branch{{Cond: func(l *Loop) bool { return l.Local(0).AsInt()%7 == 0 }, Then: []Step{&Append{Assigns: []Assign{held}}}}}},
	}}), 2)}
	_, r := run(t, p, Options{})
	if len(r.Errors) != maxReports || r.MoreErrors != 4000 {
		t.Fatalf("%d are told, %d are counted", len(r.Errors), r.MoreErrors)
	}
	for i, e := range r.Errors {
		if e.Err.Message != strconv.Itoa(i) || e.Task != "Task-"+strconv.Itoa(i+2) {
			t.Fatalf("report %d is of %s: %v", i, e.Task, e.Err)
		}
	}
}

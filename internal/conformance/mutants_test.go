package conformance

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"runloop/engine"
)

// go test ./internal/conformance -run Mutants -timeout 1h -args -mutants
// With -record FILE in one run of TestConformance and -against FILE in these, CPython runs once.
var mutate = flag.Bool("mutants", false, "check that wrong loops are found, and print after how many scenarios")

// TestMutantsApply checks that every mutant still is an edit of the engine, the ones that are not run included.
func TestMutantsApply(t *testing.T) {
	for _, m := range slices.Concat(mutants, slices.Concat(slices.Collect(maps.Values(olderMutants))...)) {
		src, err := os.ReadFile(filepath.Join("..", "..", "engine", m.file))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(src), m.old); n != 1 {
			t.Errorf("%s: %s has this %d times:\n%s", m.name, m.file, n, m.old)
		}
	}
}

// mutant is a loop that is wrong in one place: old becomes new in a copy of the engine's file.
type mutant struct{ name, file, old, new string }

var mutants = []mutant{
	{"handles scheduled in an iteration run in it", "loop.go",
		"		for l.todo > 0 {\n			l.todo--", "		for l.ready.n > 0 {\n			l.todo = 0"},
	{"`stop` ends at once, in the middle of an iteration", "loop.go",
		"			if l.left <= 0 {", "			if l.stopping {\n				break\n			}\n			if l.left <= 0 {"},
	{"a timer that is due alone hides another of its instant", "timer.go",
		"	return h[0].when <= next\n", "	return h[0].when <= next+1\n"},
	{"a sleeper wakes in the iteration in which its timer is due", "loop.go",
		"			l.ready.push(handle{kind: handleWake, a: h.a})", "			l.wake(h.a)"},
	{"of timers of one instant the latest runs first", "timer.go", "t.key < u.key", "t.key > u.key"},
	{"heapq sifts equal timers up", "heapq.go", "if t.when >= h[parent].when {", "if t.when > h[parent].when {"},
	{"heapq prefers the left of two equal children", "heapq.go", "h[child].when >= h[right].when", "h[child].when > h[right].when"},
	{"cancelled timers move the clock", "timer.go",
		"	for q.len() > 0 && l.dropIfCancelled(q.earliest()) {", "	for false && l.dropIfCancelled(q.earliest()) {"},
	{"`sleep: 0` does not give up a turn", "exec.go",
		"	if !ahead {\n", "	if !ahead && false {\n"},
	{"`await` of an ended task gives up a turn", "exec.go",
		"	case l.stateOf(a).ended():\n		l.takeOutcome(in, a)\n		return toNext", "	case false:\n		return toNext"},
	{"waiters become ready in reverse", "task.go",
		"	for _, h := range callbacks {\n", "	for i := range callbacks {\n		h := callbacks[len(callbacks)-1-i]\n"},
	{"a task cancelled before its first step runs", "task.go",
		"	if err != nil && first {\n", "	if err != nil && first && false {\n"},
	{"a cancellation in a task's last step is lost", "task.go",
		"	if state == taskDone && t.flags&flagMustCancel != 0 {", "	if state == taskDone && t.flags&flagMustCancel != 0 && false {"},
	{"a cancellation is lost where the wait is over in the same iteration", "waiting.go",
		"	if t.flags&(flagFutureDone|flagFutureGone) != 0 {\n		return false", "	if t.flags&(flagFutureDone|flagFutureGone) != 0 {\n		return true"},
	{"a cancellation does not pass to the awaited task", "future.go",
		"(l *Loop, _ uint32, t *task, message *Error, depth int) bool {\n	return l.cancelAwaitable(awaitable(t.on), message, depth+1)",
		"(l *Loop, id uint32, t *task, message *Error, depth int) bool {\n	l.ready.push(handle{kind: handleThrow, a: id})\n	l.coldOf(id).err = l.newError(\"CancelledError\", \"\")\n	return true"},
	{"a cancelled gather cancels only its first task", "gather.go",
		"		if l.cancelAwaitable(l.gathers.at(g).children[i], message, depth) {", "		if i == 0 && l.cancelAwaitable(l.gathers.at(g).children[i], message, depth) {"},
	{"gather raises only once all its tasks have ended", "gather.go",
		"	case err != nil && !ga.returnExceptions:\n		l.resolveGather", "	case err != nil && !ga.returnExceptions && ga.pending == 0:\n		l.resolveGather"},
	{"tasks share the context of the one that made them", "context.go",
		"; c.refs > 1 && !c.shared {", "; c.refs > 1 && false {"},
	{"a task shares the context of another until it sets something", "context.go", "	c.shared = true\n", ""},
	{"who shares a context shares it with those who had a copy", "context.go",
		"		theirs = l.newContext(c.vals)\n		l.warm(of).ctx = theirs\n", "		c.refs++\n"},
	{"a copy of a context that is shared is shared, too", "context.go",
		"	if c.shared {\n		return l.newContext(c.vals)\n	}\n", ""},
	{"`reset` undoes the earliest set", "assign.go",
		"		for i := len(o.elems) - 2; i >= 0; i -= 2 {", "		for i := 0; i < len(o.elems); i += 2 {"},
	{"what is left is cancelled in reverse", "phases.go",
		"	for _, id := range left {\n		l.cancelTask(id, nil, 0)", "	for i := range left {\n		id := left[len(left)-1-i]\n		l.cancelTask(id, nil, 0)"},
	{"the loop closes at once when main has ended", "phases.go",
		"	l.res.Ended = outcome\n	l.cancelAll()", "	l.end(outcome)"},
	{"what is due at `clock.until` runs", "loop.go", "u > 0 && next >= u &&", "u > 0 && next > u &&"},
	{"a cancelled periodic callback goes on", "exec.go",
		"if id := l.callbacks.periodic[cb.index]; id != 0 {", "if id := l.callbacks.periodic[cb.index]; id != 0 && false {"},
	{"a callback runs in the context of `before`", "handle.go", "ctx: l.copyContext(l.ctx()), pos", "ctx: l.copyContext(l.contexts.base), pos"},
	{"nobody takes the errors of a gather's tasks", "gather.go",
		"	case ga.done || !ga.returnExceptions:\n		l.outcome(child)", "	case ga.done || !ga.returnExceptions:"},
	{"a lock is taken while others wait for it", "lock.go",
		"return !k.locked && !l.anyWaiting(&k.waiters)", "return !k.locked"},
	{"a semaphore wakes the latest waiter", "lock.go",
		"	if l.completeFirst(&s.waiters) {",
		"	var list waiters\n	for ids := s.waiters.list(); len(ids) > 0; ids = ids[:len(ids)-1] {\n		list.push(ids[len(ids)-1])\n	}\n	if l.completeFirst(&list) {"},
	{"an event wakes one waiter alone", "lock.go",
		"	l.completeAll(&e.waiters)\n",
		"	l.completeFirst(&e.waiters)\n"},
	{"a condition's waiter goes on without its lock", "lock.go",
		"	if !l.lockFree(k) {\n		k.waiters.push(l.curID)\n		l.suspend(pc, waitRelock, lockNumber(v))\n		return toWait\n	}",
		""},
	{"a barrier lets in who comes while it drains", "lock.go", "		return jumpIf(b.state != barrierDrains && b.state != barrierResets)\n", "		return toJump\n"},
	{"a put wakes nobody", "queue.go",
		"		l.wakeNextOf(&q.getters)\n", ""},
	{"who was let into a lock and cancelled lets nobody in", "lock.go",
		`case err.leaves() && !k.locked:`, `case err.leaves() && !k.locked && false:`},
	{"who was let into a semaphore and cancelled lets nobody in", "lock.go",
		"&& !gone:\n		s.value++\n", "&& !gone:\n"},
	{"a getter that was woken and cancelled wakes nobody", "queue.go",
		"			q.woken--\n		}\n		l.passOn(q)", "			q.woken--\n		}"},
	{"a putter that was woken and cancelled wakes nobody", "queue.go", "!q.full() && !gone {", "!q.full() && !gone && false {"},
	{"`notify` wakes all", "lock.go", "		n--\n", ""},
	{"who was notified and cancelled notifies the next", "lock.go",
		"	l.conditionOf(lockValue(t.on)).waiters.remove(l.curID)\n",
		"	c := l.conditionOf(lockValue(t.on))\n	c.waiters.remove(l.curID)\n	if w.err != nil && !w.gone {\n		l.completeFirst(&c.waiters)\n	}\n"},
	{"a cancellation is lost while a condition's lock is taken again", "lock.go",
		"		l.frame[in.a+1] = errorValue(w.err)\n", ""},
	{"`wait … until` looks once", "assemble.go",
		"	a.conditionWait(c)\n	a.emit(instr{op: opJump, c: top})\n	a.patch(end)", "	a.conditionWait(c)\n	a.patch(end)"},
	{"a lock let go wakes the first waiter that was not cancelled", "lock.go",
		"	if k.waiters.len() > 0 && !l.futureDone(k.waiters.first()) {\n		l.complete(k.waiters.first())\n	}",
		"	l.completeFirst(&k.waiters)"},
	{"who was let into a semaphore leaves what is free to nobody", "lock.go",
		"	for all && s.value > 0", "	for all && err != nil && s.value > 0"},
	{"who was let into a semaphore and cancelled leaves its place to nobody", "lock.go",
		"	for all && s.value > 0", "	for all && err == nil && s.value > 0"},
	{"who gives up the line of a semaphore leaves a place there", "lock.go",
		"	case err.leaves() && !gone:\n		s.value++", "	case err.leaves():\n		s.value++"},
	{"a semaphore is taken while others wait for it", "lock.go",
		"return s.value == 0 || l.anyWaiting(&s.waiters)", "return s.value == 0"},
	{"who was let into a readers–writer lock and cancelled keeps it", "rwlock.go",
		"		if !w.gone { // it had been handed over\n			k.drop(l.curID)\n		}\n", ""},
	{"who gives up the line of a readers–writer lock lets nobody in", "rwlock.go",
		"		l.wakeRW(k) // those behind", "		// those behind"},
	{"a reader passes a writer that waits", "rwlock.go",
		"k.fits(read) && l.firstPending(&k.waiters) == 0", "k.fits(read)"},
	{"what was given to who was cancelled is lost", "stock.go", "		s.takeBack(l, q)\n", ""},
	{"who gives up the line of a store or a container lets nobody in", "stock.go",
		"	q.state = requestFree\n	l.stirBy(q)\n	l.lookInto(q.kind, q.on)\n", "	q.state = requestFree\n	l.stirBy(q)\n"},
	{"an event that is cleared keeps those it has woken", "lock.go",
		"	l.events[t.on].waiters.remove(l.curID)\n",
		"	l.events[t.on].waiters.remove(l.curID)\n	if w.err == nil && !l.events[t.on].set {\n		return w.pc, nil\n	}\n"},
	{"a barrier that has let all go lets nobody in", "lock.go",
		"			b.state = barrierFills\n		}\n		l.notify(&b.cond, -1)", "			b.state = barrierFills\n		}"},
	{"`join` waits until the queue is empty", "queue.go",
		"	if q.unfinished == 0 {\n		return toNext\n	}\n	q.joiners", "	if q.items.n == 0 {\n		return toNext\n	}\n	q.joiners"},
	{"`task_done` wakes one `join` alone", "queue.go",
		"	if q.unfinished--; q.unfinished == 0 {\n		l.completeAll(", "	if q.unfinished--; q.unfinished == 0 {\n		l.completeFirst("},
	{"`shutdown` leaves the putters waiting", "queue.go", "[]*waiters{&q.getters, &q.putters}", "[]*waiters{&q.getters}"},
	{"`immediate` leaves the items unfinished", "queue.go",
		"		q.unfinished = max(0, q.unfinished-int64(q.items.n))\n", ""},
	{"a getter that somebody was quicker than keeps its place", "queue.go",
		"		queue.getters.push(l.curID)\n",
		"		if queue.getters.push(l.curID); again {\n			ids := queue.getters.list()\n" +
			"			queue.getters = waiters{roster: roster{ids: append(ids[len(ids)-1:], ids[:len(ids)-1]...)}}\n		}\n"},
	{"what a `get` leaves wakes nobody", "queue.go",
		"queue.woken == 0 {\n			l.passOn(queue)", "queue.woken == 0 && false {\n			l.passOn(queue)"},
	{"`as_completed` is timed after its last task has ended", "wait.go",
		"		if w.left == 0 {\n			l.disarmSet(id)\n		}\n", ""},
	{"`as_completed` gives the latest first", "wait.go",
		"		l.bind(in, w.completed.pop().value())",
		"		w.completed.n--\n		l.bind(in, w.completed.buf[(w.completed.head+w.completed.n)&(len(w.completed.buf)-1)].value())"},
	{"`first_exception` ends with a cancelled task too", "wait.go",
		"l.stateOf(a) == taskFailed {\n		l.outcome(a)", "l.stateOf(a) >= taskFailed {\n		l.outcome(a)"},
	{"`shield` passes a cancellation on", "wait.go",
		"type shieldWait struct{ ownFuture }\n", "type shieldWait struct{ ownFuture }\n\nfunc (shieldWait) cancel(l *Loop, id uint32, t *task, message *Error, depth int) bool {\n	return futureWait{}.cancel(l, id, t, message, depth)\n}\n"},
	{"nobody takes the error of what was shielded", "wait.go",
		"	if !l.rules[ruleShieldReports] {\n		l.outcome(a)\n", "	if !l.rules[ruleShieldReports] {\n"},
	{"a timeout inside one that is over raises TimeoutError", "timeout.go",
		"	case l.cur.cancel > s.cancelling ||", "	case"},
	{"a timeout that is over at once takes a turn more", "timeout.go", "	case t <= l.now:", "	case false:"},
	{"a group cancels its tasks in reverse", "group.go",
		"	for _, t := range l.groups.at(id).tasks.list() {",
		"	tasks := l.groups.at(id).tasks.list()\n	slices.Reverse(tasks)\n	for _, t := range tasks {"},
	{"a task's error does not interrupt its group's block", "group.go",
		"		l.groups.at(id).parentCancelRequested = true\n		l.cancelTask(g.parent, nil, 0)\n", ""},
	{"a KeyboardInterrupt ends its task alone", "task.go", "		if err.endsRun() {", "		if false {"},
	{"what is ready runs before a KeyboardInterrupt ends the run", "phases.go",
		"	l.stopping, l.quits, l.todo = true, true, 0\n", "	l.stopping, l.quits = true, true\n"},
	{"a group wraps a SystemExit", "group.go", "	if base != nil {", "	if base != nil && false {"},
	{"a cancelled gather gives the errors that it was asked for", "gather.go",
		"	case ga.pending == 0 && ga.cancelRequested:", "	case ga.pending == 0 && ga.cancelRequested && false:"},
	{"a task begins in the context of `before`", "task.go", "ctx: l.copyContext(l.ctx())}", "ctx: l.copyContext(l.contexts.base)}"},
	{"a time that is past is now for `call_at`", "exec.go",
		"		l.armScheduled(id, at)", "		l.armScheduled(id, max(at, l.now))"},
	{"a periodic callback begins each time in its first context", "handle.go",
		"	s.ctx = l.copyContext(l.ctx())\n	l.armScheduled", "	s.ctx = l.copyContext(l.contexts.base)\n	l.armScheduled"},
	{"a periodic callback that cancels itself goes on", "handle.go", "		s.periodic = false // a periodic", "		// a periodic"},
	{"`return` ends a periodic callback for good", "assemble.go",
		"		case n.period && e.kind == exitReturn:", "		case n.period && e.kind == exitReturn && false:"},
}

// olderMutants are wrong where a rule of newer versions does not hold, by the version that they are compared with: the last
// without it.
var olderMutants = map[string][]mutant{
	"3.12": {
		{"who was let into a semaphore leaves what is free to nobody, before 3.13", "lock.go",
			"		if s.value > 0 && !all {\n			l.wakeNext(s)\n		}\n", ""},
		{"who was let into a semaphore and cancelled leaves its place to nobody, before 3.13", "lock.go",
			"		if !all {\n			l.wakeNext(s)\n		}\n", ""},
	},
}

// TestMutants builds every wrong loop and compares it with what CPython does, until the first difference: with random
// scenarios and with those of testdata.
func TestMutants(t *testing.T) {
	if !*mutate {
		t.Skip("-args -mutants runs it")
	}
	const scenarios = 1000
	found := regexp.MustCompile(`differs after (\d+) scenarios|FAIL: Test(?:Goldens|Rules)|panic: test timed out|panic: runtime error`)
	dir := t.TempDir()
	for n := range interpreters {
		in := interpreters[len(interpreters)-1-n]
		list, recorded := olderMutants[in.version], filepath.Join(dir, in.version+".json")
		if n == 0 {
			list = mutants
			if *against != "" {
				recorded = *against
			}
		}
		for _, m := range list {
			t.Run(m.name, func(t *testing.T) {
				if _, err := os.Stat(recorded); err != nil {
					recordCPython(t, in, scenarios, recorded)
				}
				mustBeFound(t, dir, m, recorded, found, scenarios)
			})
		}
	}
}

// TestRuleMutants turns every rule of the versions off, one after the other, and compares the loop with CPython of the
// first version that has the rule: with random scenarios, and with the one that shows the rule.
func TestRuleMutants(t *testing.T) {
	if !*mutate {
		t.Skip("-args -mutants runs it")
	}
	const scenarios, line = 500, "		set[i] = p.Has(&Rules[i])\n"
	dir := t.TempDir()
	found := regexp.MustCompile(`differs after (\d+) scenarios|FAIL: TestRules`)
	for _, in := range interpreters {
		if in.npm == "" {
			continue
		}
		recorded := filepath.Join(dir, in.version+".json")
		for i := range engine.Rules {
			if rule := &engine.Rules[i]; rule.Since.String() == in.version {
				t.Run(rule.Name, func(t *testing.T) {
					if _, err := os.Stat(recorded); err != nil {
						recordCPython(t, in, scenarios, recorded)
					}
					m := mutant{rule.Name, "python.go", line, strings.Replace(line, ")\n", fmt.Sprintf(") && i != %d\n", i), 1)}
					mustBeFound(t, dir, m, recorded, found, scenarios)
				})
			}
		}
	}
}

// mustBeFound tests one wrong loop: what go test says must match found, whose group is after how many scenarios it differs.
func mustBeFound(t *testing.T, dir string, m mutant, recorded string, found *regexp.Regexp, scenarios int) {
	t.Helper()
	out := runMutant(t, dir, m, recorded)
	switch at := found.FindStringSubmatch(out); {
	case at == nil:
		t.Errorf("not found in %d scenarios:\n%s", scenarios, out)
	case at[1] != "":
		fmt.Printf("%4s  %s\n", at[1], m.name)
	default: // it is found by a scenario of testdata, hangs or crashes
		fmt.Printf("   -  %s: %s\n", m.name, at[0])
	}
}

// recordCPython writes to file what a CPython does with the first n scenarios.
func recordCPython(t *testing.T, in interpreter, n uint64, file string) {
	rec := &recording{}
	p := newPython(t, in)
	for seed := uint64(1); seed <= n; seed++ {
		_, s := Scenario(seed)
		for _, ties := range []string{"fifo", "heapq"} {
			d, _, err := compare(recorder{rec, p, seed}, s, ties, p.Version)
			if err != nil {
				t.Fatal(err)
			}
			if d != "" {
				t.Fatalf("seed %d, ties %s: the loop itself differs: %s", seed, ties, d)
			}
		}
	}
	if err := rec.write(file); err != nil {
		t.Fatal(err)
	}
}

// runMutant tests one wrong loop and gives what go test says.
func runMutant(t *testing.T, dir string, m mutant, recorded string) string {
	original, err := filepath.Abs(filepath.Join("..", "..", "engine", m.file))
	if err != nil {
		t.Fatal(err)
	}
	src, err := os.ReadFile(original)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(src), m.old); n != 1 {
		return fmt.Sprintf("%s has this %d times:\n%s", m.file, n, m.old)
	}
	wrong, overlay := filepath.Join(dir, m.file), filepath.Join(dir, "overlay.json")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{original: wrong}})
	if err == nil {
		err = os.WriteFile(wrong, []byte(strings.Replace(string(src), m.old, m.new, 1)), 0o600)
	}
	if err == nil {
		err = os.WriteFile(overlay, replace, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	// What fails to build is not found: the messages of these tests are looked for.
	out, _ := exec.Command("go", "test", "-vet=off", "-overlay", overlay, "-run", "TestConformance|TestGoldens|TestRules", "-timeout", "1m", ".", "-args",
		"-against", recorded).CombinedOutput()
	return string(out)
}

package conformance

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// go test ./conformance -run Mutants -timeout 1h -args -mutants
var mutate = flag.Bool("mutants", false, "check that wrong loops are found, and print after how many scenarios")

// mutants is loops that are wrong in one place each: old becomes new in a copy of the engine's file.
var mutants = []struct{ name, file, old, new string }{
	{"handles scheduled in an iteration run in it", "loop.go",
		"		for l.todo > 0 {\n			l.todo--", "		for l.ready.n > 0 {\n			l.todo = 0"},
	{"`stop` ends at once, in the middle of an iteration", "loop.go",
		"			if l.active || l.left <= 0 {", "			if l.stopping {\n				break\n			}\n			if l.active || l.left <= 0 {"},
	{"a sleeper wakes in the iteration in which its timer is due", "loop.go",
		"			l.ready.push(handle{kind: handleWake, a: h.a})", "			l.wake(h.a)"},
	{"of timers of one instant the latest runs first", "timer.go", "t.key < u.key", "t.key > u.key"},
	{"heapq sifts equal timers up", "heapq.go", "if t.when >= h[parent].when {", "if t.when > h[parent].when {"},
	{"heapq prefers the left of two equal children", "heapq.go", "h[child].when >= h[right].when", "h[child].when > h[right].when"},
	{"cancelled timers move the clock", "timer.go",
		"	for len(q.heap) > 0 && l.dropIfCancelled(q.heap[0]) {", "	for false && l.dropIfCancelled(q.heap[0]) {"},
	{"`sleep: 0` does not give up a turn", "exec.go",
		"	if !ahead {\n		l.ready.push(handle{kind: handleStep, a: l.curID})", "	if !ahead && false {\n		l.ready.push(handle{kind: handleStep, a: l.curID})"},
	{"`await` of an ended task gives up a turn", "exec.go",
		"	case l.stateOf(a).ended():\n		l.takeOutcome(in, a)\n		return false", "	case false:\n		return false"},
	{"waiters become ready in reverse", "task.go",
		"	for _, h := range callbacks {\n		l.ready.push(h)", "	for i := range callbacks {\n		h := callbacks[len(callbacks)-1-i]\n		l.ready.push(h)"},
	{"a task cancelled before its first step runs", "task.go",
		"	if err != nil && first {\n", "	if err != nil && first && false {\n"},
	{"a cancellation in a task's last step is lost", "task.go",
		"	if state == taskDone && t.flags&flagMustCancel != 0 {", "	if state == taskDone && t.flags&flagMustCancel != 0 && false {"},
	{"a cancellation is lost where the wait is over in the same iteration", "task.go",
		"	if t.flags&(flagFutureDone|flagFutureGone) != 0 {\n		return false", "	if t.flags&(flagFutureDone|flagFutureGone) != 0 {\n		return true"},
	{"a cancellation does not pass to the awaited task", "task.go",
		"		return l.cancelAwaitable(awaitable(t.on), message, depth+1)", "		l.ready.push(handle{kind: handleThrow, a: id})\n		l.coldOf(t).err = l.newError(\"CancelledError\", \"\")\n		return true"},
	{"a cancelled gather cancels only its first task", "gather.go",
		"		if l.cancelAwaitable(l.gathers[g].children[i], message, depth) {", "		if i == 0 && l.cancelAwaitable(l.gathers[g].children[i], message, depth) {"},
	{"gather raises only once all its tasks have ended", "gather.go",
		"	case err != nil && !ga.returnExceptions:\n		l.resolveGather", "	case err != nil && !ga.returnExceptions && ga.pending == 0:\n		l.resolveGather"},
	{"tasks share the context of the one that made them", "context.go",
		"	if l.contexts[id].refs > 1 {", "	if l.contexts[id].refs > 1 && false {"},
	{"`reset` undoes the earliest set", "assign.go",
		"		for i := len(o.elems) - 2; i >= 0; i -= 2 {", "		for i := 0; i < len(o.elems); i += 2 {"},
	{"what is left is cancelled in reverse", "loop.go",
		"	for _, id := range left {\n		l.cancelTask(id, nil, 0)", "	for i := range left {\n		id := left[len(left)-1-i]\n		l.cancelTask(id, nil, 0)"},
	{"the loop closes at once when main has ended", "loop.go",
		"	l.res.Ended = outcome\n	l.cancelAll()", "	l.end(outcome)"},
	{"what is due at `clock.until` runs", "loop.go", "u > 0 && next >= u &&", "u > 0 && next > u &&"},
	{"a cancelled periodic callback goes on", "exec.go",
		"if id := l.periodic[cb.index]; id != 0 {", "if id := l.periodic[cb.index]; id != 0 && false {"},
	{"a callback runs in the context of `before`", "handle.go", "ctx: l.copyContext(l.cur.ctx), pos", "ctx: l.copyContext(l.base), pos"},
	{"nobody takes the errors of a gather's tasks", "gather.go",
		"	case ga.done || !ga.returnExceptions:\n		l.outcome(child)", "	case ga.done || !ga.returnExceptions:"},
	{"a lock is taken while others wait for it", "lock.go",
		"return !k.locked && !l.anyWaiting(&k.waiters)", "return !k.locked"},
	{"a semaphore wakes the latest waiter", "lock.go",
		"	if l.completeFirst(&s.waiters) {",
		"	list := waiters{ids: slices.Clone(s.waiters.list())}\n	slices.Reverse(list.ids)\n	if l.completeFirst(&list) {"},
	{"an event wakes one waiter alone", "lock.go",
		"	l.completeAll(&e.waiters)\n",
		"	l.completeFirst(&e.waiters)\n"},
	{"a condition's waiter goes on without its lock", "lock.go",
		"	if !l.lockFree(k) {\n		k.waiters.push(l.curID)\n		l.suspend(pc, waitRelock, lockNumber(v))\n		return true\n	}",
		""},
	{"a barrier lets in who comes while it drains", "lock.go", "		return !b.draining\n", "		return true\n"},
	{"a put wakes nobody", "queue.go", "	q.unfinished++\n	l.wakeGetter(q, item)", "	q.unfinished++"},
}

// TestMutants builds every wrong loop and compares it with what CPython does, until the first difference.
func TestMutants(t *testing.T) {
	if !*mutate {
		t.Skip("-args -mutants runs it")
	}
	const scenarios = 500
	dir := t.TempDir()
	recorded := filepath.Join(dir, "cpython.json")
	rec := &recording{traces: map[string]Trace{}}
	p := newPython(t)
	for i := range uint64(scenarios) {
		_, s := Generate(1 + i)
		for _, ties := range []string{"fifo", "heapq"} {
			if _, err := (recorder{rec, p}).Run(s, ties); err != nil {
				t.Fatal(err)
			}
		}
	}
	data, err := json.Marshal(rec.traces)
	if err == nil {
		err = os.WriteFile(recorded, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`differs after (\d+) scenarios|panic: test timed out|panic: runtime error`)
	for i, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			out := runMutant(t, dir, i, recorded, scenarios)
			switch at := found.FindStringSubmatch(out); {
			case at == nil:
				t.Errorf("not found in %d scenarios:\n%s", scenarios, out)
			case at[1] != "":
				fmt.Printf("%4s  %s\n", at[1], m.name)
			default: // it hangs or crashes
				fmt.Printf("   -  %s: %s\n", m.name, at[0])
			}
		})
	}
}

// runMutant tests one wrong loop and gives what go test says.
func runMutant(t *testing.T, dir string, i int, recorded string, scenarios int) string {
	m := mutants[i]
	original, err := filepath.Abs(filepath.Join("..", "engine", m.file))
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
	wrong := filepath.Join(dir, fmt.Sprintf("%d-%s", i, m.file))
	overlay := filepath.Join(dir, fmt.Sprintf("%d.json", i))
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
	// What fails to build is not found: the message of TestConformance is looked for.
	out, _ := exec.Command("go", "test", "-vet=off", "-overlay", overlay, "-run", "TestConformance", "-timeout", "1m", ".", "-args",
		"-against", recorded, "-n", fmt.Sprint(scenarios)).CombinedOutput()
	return string(out)
}

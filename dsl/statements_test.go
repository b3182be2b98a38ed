package dsl

import (
	"strings"
	"testing"

	"runloop/dsl/source"
)

// statementHead declares what the statements below are about.
const statementHead = `runloop: 1
shared: { x: 1, xs: [1], name: a }
queues: { q: 3 }
events: [ev]
locks: [m]
conditions: [cond]
coroutines:
  fetch: { do: [return: 3] }
  f: { params: { n: { type: int, default: 1 } }, do: [return: "${n}"] }
callbacks: { tick: { do: [print: t] } }
main:
  - { spawn: fetch, as: t }
`

// TestStatements holds that a statement of another language that stands where a step should is one error, whose hint is the step
// with its names and values, and that mending the file writes this step.
func TestStatements(t *testing.T) {
	for _, c := range []struct{ text, step string }{
		{"to_thread(fetch)", "call: fetch"}, {"r = await asyncio.to_thread(f, 3)", "{ call: f, with: { n: 3 }, as: r }"},
		{"r = await loop.run_in_executor(None, fetch)", "{ call: fetch, as: r }"},
		{"wait_for(fetch(), 2)", "{ call: fetch, within: 2 }"}, {"await asyncio.wait_for(t, timeout=2)", "{ await: t, within: 2 }"},
		{"await asyncio.wait_for(ev.wait(), 2)", "{ wait: ev, within: 2 }"}, {"await asyncio.wait_for(q.get(), 2)", "{ get: q, within: 2 }"},
		{"gather(fetch(), f(2), t)", "gather: [{ call: fetch }, { call: f, with: { n: 2 } }, t]"},
		{"r = await asyncio.gather(fetch(), f(n=2))", "{ gather: [{ call: fetch }, { call: f, with: { n: 2 } }], as: r }"},
		{"await fetch()", "call: fetch"}, {"fetch()", "call: fetch"}, {"fetch", "call: fetch"}, {"r = await f(3)", "{ call: f, with: { n: 3 }, as: r }"},
		{"r = await t", "{ await: t, as: r }"}, {"await asyncio.sleep(1)", "sleep: 1"}, {"time.sleep(x * 2)", `sleep: "${x * 2}"`},
		{"let r = 3", "let: { r: 3 }"}, {"const r = x + 1", `let: { r: "${x + 1}" }`}, {"x = 3", "set: { x: 3 }"}, {"r = None", "let: { r: null }"},
		{`print f"hello {x}"`, `print: "hello ${x}"`}, {`print(f"{x:.2f} s")`, `print: "${format('%.2f', x)} s"`}, {`print("a", x)`, `print: "a ${x}"`},
		{`print("a", end="")`, `{ print: "a", end: "" }`}, {"print(x)", `print: "${x}"`}, {"print()", `print: ""`}, {"print hello", "print: hello"},
		{`console.log("a")`, `print: "a"`}, {"wait 1s", "sleep: 1s"}, {"sleep 1 second", "sleep: 1s"}, {"wait ev", "wait: ev"},
		{"x += 1", `add: { x: 1 }`}, {"x -= 2 + x", `set: { x: "${x - (2 + x)}" }`}, {"x++", `add: { x: 1 }`},
		{"xs[0] = 3", `set: { "xs[0]": 3 }`}, {"xs += [3]", "append: { xs: 3 }"}, {`name += "b"`, `set: { name: '${name + "b"}' }`},
		{"return x", `return: "${x}"`}, {"return 3", "return: 3"}, {`raise ValueError("bad")`, `{ raise: ValueError, message: "bad" }`},
		{`raise ValueError(f"bad {x}")`, `{ raise: ValueError, message: "bad ${x}" }`}, {"raise ValueError", "raise: ValueError"},
		{`throw new Error("bad")`, `{ raise: Exception, message: "bad" }`}, {`assert x == 1, "bad"`, `{ assert: x == 1, message: "bad" }`},
		{"q.put(1)", "{ put: q, value: 1 }"}, {"await q.put(x)", `{ put: q, value: "${x}" }`}, {"q.put_nowait(1)", "{ put: q, value: 1, nowait: true }"},
		{"put 1 into q", "{ put: q, value: 1 }"}, {"r = await q.get()", "{ get: q, as: r }"}, {"x = await q.get()", "{ get: q, as: x }"},
		{"get q as r", "{ get: q, as: r }"}, {"m.acquire()", "acquire: m"}, {"ev.set()", "signal: ev"}, {"cond.notify(2)", "{ notify: cond, count: 2 }"},
		{"t.cancel()", "cancel: t"}, {"r = asyncio.create_task(f(3), name=\"w\")", `{ spawn: f, with: { n: 3 }, name: "w", as: r }`},
		{"asyncio.create_task(f())", "spawn: f"}, {"spawn fetch as r", "{ spawn: fetch, as: r }"}, {"fut = loop.create_future()", "{ new: future, as: fut }"},
		{"loop.call_later(2, tick)", "{ call_later: tick, after: 2 }"}, {"loop.stop()", "stop"}, {"stop()", "stop"}, {"xs.append(3)", "append: { xs: 3 }"},
		{"task = asyncio.create_task(f())", ""},
		{"ts = [asyncio.create_task(f(i)) for i in range(3)]", `{ spawn: f, with: { n: "${index}" }, count: 3, as: ts }`},
		{"await asyncio.gather(*[f(i) for i in range(3)])", `gather: { for: i, in: "${range(3)}", call: f, with: { n: "${i}" } }`},
		{"r = str(random.uniform(1, 2))", `let: { r: "${string(uniform(1, 2))}" }`},
		{"a, b = 1, x", `let: { a: 1, b: "${x}" }`}, {"results = []", "let: { results: [] }"}, {"setTimeout(tick, 100)", "{ call_later: tick, after: 100ms }"},
		{"a, b = await asyncio.gather(fetch(), f())", ""}, {"loop = asyncio.get_event_loop()", ""}, {"yield x", ""}, {"done, pending = 3", ""}, {"del xs[0]", ""},
	} {
		t.Run(c.text, func(t *testing.T) {
			text := statementHead + "  - " + c.text + "\n"
			var errors []source.Diagnostic
			for _, d := range Check("f.yaml", []byte(text)) {
				if d.Severity == source.SeverityError {
					errors = append(errors, d)
				}
			}
			if len(errors) != 1 || c.step != "" && errors[0].Hint != "write `- "+c.step+"`" {
				t.Fatalf("%+v, want one error, with the hint %q", errors, c.step)
			}
			mended, n := MendAll("f.yaml", []byte(text))
			want := strings.Replace(text, "- "+c.text, "- "+c.step, 1)
			if c.step != "" && (n != 1 || string(mended) != want || Check("f.yaml", mended).HasErrors()) {
				t.Errorf("%d fixes make of it\n%s", n, mended)
			}
		})
	}
}

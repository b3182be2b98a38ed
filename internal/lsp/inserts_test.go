package lsp

import (
	"slices"
	"strings"
	"testing"
)

// TestInserts accepts what is offered at the cursor | and looks at the text that comes of it, with ^ where the cursor is then.
func TestInserts(t *testing.T) {
	const head = "runloop: 1\nshared: { count: 0, done: false }\nqueues: { jobs: 3 }\ncoroutines:\n  work:\n    params: { n: int }\n    do: [stop]\n"
	const workers = "workers:\n  work-1: { call: work, with: { n: 1 } }\n"
	tests := []struct{ before, text, label, want string }{
		{"", "|", "runloop", "runloop: ^"},
		{head, "m|", "main", "main:\n  - ^"},
		{head, "c|", "callbacks", "callbacks:\n  ^"},
		{head, "main:\n  - p|", "print", "main:\n  - print: ^"},
		{head, "main:\n  - |", "print", "main:\n  - print: ^"},
		{head, "main:\n  p|", "print", "main:\n  - print: ^"},
		{head, "main:\n  |", "print", "main:\n  - print: ^"},
		{head, "main:\n|", "after", "main:\nafter:\n  - ^"},
		{head, "main:\n  - stop\n  p|", "print", "main:\n  - stop\n  - print: ^"},
		{head, "main:\n- stop\n- s|", "sleep", "main:\n- stop\n- sleep: ^"},
		{head, "main:\n- repeat: 2\n  d|\n- stop", "do", "main:\n- repeat: 2\n  do:\n    - ^\n- stop"},
		{head, "main:\n  - s|", "stop", "main:\n  - stop^"},
		{head, "main:\n  - repeat: 3\n    d|", "do", "main:\n  - repeat: 3\n    do:\n      - ^"},
		{head, "main:\n  - repeat: 3\n    |\n    as: i", "do", "main:\n  - repeat: 3\n    do:\n      - ^\n    as: i"},
		{head, "main:\n  - repeat: 3\n    do:\n      - stop\n  - s|\n", "sleep", "main:\n  - repeat: 3\n    do:\n      - stop\n  - sleep: ^\n"},
		{head, "main:\n  - repeat: 3\n    do:\n      - sl|: 2", "sleep", "main:\n  - repeat: 3\n    do:\n      - sleep^: 2"},
		{head, "main:\n  - repeat: 3\n    do:\n      - try: [stop]\n        c|\n    as: i", "catch",
			"main:\n  - repeat: 3\n    do:\n      - try: [stop]\n        catch:\n          - ^\n    as: i"},
		{head, "main:\n  - try: [stop]\n    catch:\n      - e|", "error", "main:\n  - try: [stop]\n    catch:\n      - error: ^"},
		{head, "main:\n  - { r|", "repeat", "main:\n  - { repeat: ^"},
		{head, "main:\n  - { repeat: 3, d|", "do", "main:\n  - { repeat: 3, do: [^]"},
		{head, "main: [p|]", "print", "main: [{ print: ^ }]"},
		{head, "main: [s|]", "stop", "main: [stop^]"},
		{head, "main:\n  - call: w|", "work", "main:\n  - call: work^"},
		{head, "main:\n  - call: w|\n    with: { n: 1 }", "work", "main:\n  - call: work^\n    with: { n: 1 }"},
		{head, "main:\n  - { call: work, with: { | } }", "n", "main:\n  - { call: work, with: { n: ^ } }"},
		{head, "main:\n  - call: work\n    with:\n      |", "n", "main:\n  - call: work\n    with:\n      n: ^"},
		{head, "main:\n  - print: \"${c|", "count", "main:\n  - print: \"${count^"},
		{head, "main:\n  - print: \"${c|ou}\"", "count", "main:\n  - print: \"${count^}\""},
		{head, "main:\n  - print: \"a ${f(\\\"}\\\") + c|", "count", "main:\n  - print: \"a ${f(\\\"}\\\") + count^"},
		{head, "main:\n  - print: '${''it''''s'' + c|'", "count", "main:\n  - print: '${''it''''s'' + count^'"},
		{head, "main:\n  - print: \"${r|\"", "round", "main:\n  - print: \"${round(^)\""},
		{head, "main:\n  - print: \"${r|(2)}\"", "round", "main:\n  - print: \"${round^(2)}\""},
		{head, "main:\n  - print: \"${jobs.s|", "size", "main:\n  - print: \"${jobs.size^"},
		{head, "main:\n  - if: c|", "count", "main:\n  - if: count^"},
		{head, "main:\n  - if: loop.|", "time", "main:\n  - if: loop.time^"},
		{head, "main:\n  - repeat: |", "count", "main:\n  - repeat: ${count}^"},
		{head, "main:\n  - { repeat: c| }", "count", "main:\n  - { repeat: \"${count}\"^ }"},
		{head, "main:\n  - set: { d| }", "done", "main:\n  - set: { done: ^ }"},
		{head, "main:\n  - put: |", "jobs", "main:\n  - put: jobs^"},
		{head, "main:\n  - put: |\n    value: 1\n", "jobs", "main:\n  - put: jobs^\n    value: 1\n"},
		{head, "main:\n  - get: jobs\n    nowait: t|", "true", "main:\n  - get: jobs\n    nowait: true^"},
		{head, workers + "main:\n  - await: work-|", "work-1", workers + "main:\n  - await: work-1^"},
		{head, workers + "main:\n  - print: \"${tasks[\\\"wo|rk\\\"].name}\"", "work-1", workers + "main:\n  - print: \"${tasks[\\\"work-1^\\\"].name}\""},
		{"runloop: 1\n", "clock:\n  m|", "mode", "clock:\n  mode: ^"},
		{"runloop: 1\n", "clock: { mode: r| }", "real", "clock: { mode: real^ }"},
		{"runloop: 1\n", "coroutines:\n  a:\n    params: { x: i| }", "int", "coroutines:\n  a:\n    params: { x: int^ }"},
		{"runloop: 1\r\n", "m|", "main", "main:\r\n  - ^"},
		{"runloop: 1 # 🏃 漢字 e\u0301\n", "main: [{ print: \"🏃 ${n|}\" }]", "now", "main: [{ print: \"🏃 ${now^}\" }]"},
	}
	for _, test := range tests {
		at := strings.IndexByte(test.text, '|')
		c := begin(t)
		items := c.offers(test.before+test.text[:at]+test.text[at+1:], len(test.before)+at)
		i := slices.IndexFunc(items, func(i completionItem) bool { return i.Label == test.label })
		if i < 0 {
			t.Errorf("%q: %s is not offered, but %d others", test.text, test.label, len(items))
			continue
		}
		if got := strings.TrimPrefix(c.accept(items[i]), test.before); got != test.want {
			t.Errorf("%q with %s becomes\n%q, not\n%q", test.text, test.label, got, test.want)
		}
	}
}

// accept returns the text of the document with an item in it, and ^ where the cursor is then.
func (c *session) accept(item completionItem) string {
	d := c.s.documents[file]
	sp := d.span(item.Edit.Range, c.s.encoding)
	text := item.Edit.NewText
	if item.Format == 2 {
		text = strings.NewReplacer("$0", "^", `\$`, "$", `\}`, "}", `\\`, `\`).Replace(text)
	} else {
		text += "^"
	}
	return string(d.text[:sp.Start]) + text + string(d.text[sp.End:])
}

// TestOffersNothing looks at places, marked ◆, where nothing can be completed.
func TestOffersNothing(t *testing.T) {
	for _, text := range []string{
		"runloop: 1 # ◆", "# r◆", "runloop: 1\nmain:\n  - print: he◆llo", "runloop: 1\nmain:\n  - print: \"$${n◆\"",
		"runloop: 1\nmain:\n  - print: \"${1.◆}\"", "runloop: 1\nmain:\n  - print: \"${'n◆'}\"",
		"runloop: 1\nmain:\n  - print: |\n      te◆xt", "runloop: 1\nno_such:\n  k◆", "runloop: 1\nshared:\n  n◆",
	} {
		before, after, _ := strings.Cut(text, "◆")
		if items := begin(t).offers(before+after, len(before)); len(items) > 0 {
			t.Errorf("%q: %d are offered, first %q", text, len(items), items[0].Label)
		}
	}
}

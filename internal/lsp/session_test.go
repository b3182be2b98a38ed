package lsp

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// session is a client of a Server, for tests.
type session struct {
	t        testing.TB
	s        *Server
	id       int
	versions map[string]int64
	problems map[string][]diagnostic // what was published last
	logged   []string
}

// begin starts a session whose client counts in an encoding.
func begin(t testing.TB, encodings ...string) *session {
	t.Helper()
	return beginWith(t, Options{}, encodings...)
}

// beginWith is begin, with options of the server.
func beginWith(t testing.TB, o Options, encodings ...string) *session {
	t.Helper()
	return beginSession(t, o, map[string]any{}, encodings...)
}

// beginSession is beginWith, with more parameters of initialize.
func beginSession(t testing.TB, o Options, params map[string]any, encodings ...string) *session {
	t.Helper()
	c := &session{t: t, s: New(o), versions: map[string]int64{}, problems: map[string][]diagnostic{}}
	params["capabilities"] = map[string]any{
		"general":      map[string]any{"positionEncodings": encodings},
		"textDocument": map[string]any{"completion": map[string]any{"completionItem": map[string]any{"snippetSupport": true}}},
	}
	c.ask("initialize", params, nil)
	c.tell("initialized", map[string]any{})
	return c
}

// message is any message of the server.
type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  *replyError     `json:"error"`
}

// take reads messages of the server and returns the answer among them, if there is one.
func (c *session) take(messages [][]byte) (answer *message) {
	c.t.Helper()
	for _, data := range messages {
		var m message
		if err := json.Unmarshal(data, &m); err != nil {
			c.t.Fatalf("the server sends %q: %v", data, err)
		}
		switch m.Method {
		case "":
			answer = &m
		case "textDocument/publishDiagnostics":
			var p publishParams
			c.read(m.Params, &p)
			c.problems[p.URI] = p.Diagnostics
		case "window/logMessage":
			var p logParams
			c.read(m.Params, &p)
			c.logged = append(c.logged, p.Message)
		default:
			c.t.Fatalf("the server sends %s", m.Method)
		}
	}
	return answer
}

func (c *session) read(data json.RawMessage, into any) {
	c.t.Helper()
	if err := json.Unmarshal(data, into); err != nil {
		c.t.Fatalf("%s: %v", data, err)
	}
}

// try sends a request and returns its answer.
func (c *session) try(method string, params any) *message {
	c.t.Helper()
	c.id++
	data, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": c.id, "method": method, "params": params})
	if err != nil {
		c.t.Fatal(err)
	}
	m := c.take(c.s.Handle(data))
	if m == nil || string(m.ID) != fmt.Sprint(c.id) {
		c.t.Fatalf("%s: the answer is %v", method, m)
	}
	return m
}

// ask sends a request, which must succeed, and reads its result.
func (c *session) ask(method string, params, result any) {
	c.t.Helper()
	m := c.try(method, params)
	if m.Error != nil {
		c.t.Fatalf("%s: %v", method, m.Error)
	}
	if result != nil {
		c.read(m.Result, result)
	}
}

// tell sends a notification.
func (c *session) tell(method string, params any) {
	c.t.Helper()
	data, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "method": method, "params": params})
	if err != nil {
		c.t.Fatal(err)
	}
	if m := c.take(c.s.Handle(data)); m != nil {
		c.t.Fatalf("%s is answered: %v", method, m)
	}
}

// open opens a document.
func (c *session) open(uri, text string) {
	c.t.Helper()
	c.versions[uri] = 1
	c.tell("textDocument/didOpen", map[string]any{"textDocument": map[string]any{
		"uri": uri, "languageId": "yaml", "version": 1, "text": text}})
}

// change changes a document.
func (c *session) change(uri string, changes ...contentChange) {
	c.t.Helper()
	c.versions[uri]++
	c.tell("textDocument/didChange", map[string]any{
		"textDocument": map[string]any{"uri": uri, "version": c.versions[uri]}, "contentChanges": changes})
}

// checked returns the diagnostics of a document as it is now.
func (c *session) checked(uri string) []diagnostic {
	c.t.Helper()
	c.take(c.s.Idle())
	return c.problems[uri]
}

// corpus returns the texts of the bundled scenarios and of the test files of the language, by name.
func corpus(t testing.TB) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, pattern := range []string{"../../scenarios/*.yaml", "../../dsl/testdata/*/*.yaml"} {
		names, err := filepath.Glob(pattern)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(names), err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(data), "\ninclude:") { // what it includes is not where documents are
				files[name] = string(data)
			}
		}
	}
	return files
}

// bundled returns the texts of the bundled scenarios, by name.
func bundled(t testing.TB) map[string]string {
	t.Helper()
	files := map[string]string{}
	for name, text := range corpus(t) {
		if filepath.Dir(name) == filepath.Clean("../../scenarios") {
			files[name] = text
		}
	}
	return files
}

package dsl

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestLanguageServer drives yaml-language-server with the schema, as an editor does: it completes, explains and
// checks. It needs Node.js and the server, which the project does not install, so it is run by hand:
//
//	npm install --prefix /tmp/yaml-language-server yaml-language-server@1.25.0
//	YAML_LANGUAGE_SERVER=/tmp/yaml-language-server/node_modules/yaml-language-server/bin/yaml-language-server \
//		go test ./dsl -run TestLanguageServer
//
// The answers of the server are in testdata/languageserver.txt. -update rewrites them.
func TestLanguageServer(t *testing.T) {
	server := os.Getenv("YAML_LANGUAGE_SERVER")
	if server == "" {
		t.Skip("YAML_LANGUAGE_SERVER is not set")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "runloop.schema.json"), Schema(), 0o666); err != nil {
		t.Fatal(err)
	}
	s := startServer(t, server, dir)
	var transcript strings.Builder
	for _, tc := range []struct{ ask, text string }{ // | marks the cursor
		{"completion", "ru|\n"},
		{"completion", "runloop: 1\nmain:\n  - |\n"},
		{"completion", "runloop: 1\nmain:\n  - spawn: worker\n    |\n"},
		{"completion", "runloop: 1\nclock:\n  mode: |\n"},
		{"completion", "runloop: 1\nties: |\n"},
		{"completion", "runloop: 1\nexpect:\n  e|\n"},
		{"hover", "runloop: 1\nmain:\n  - sl|eep: 1s\n"},
		{"hover", "runloop: 1\nmain:\n  - spawn: worker\n    da|emon: true\n"},
		{"hover", "runloop: 1\nexp|ect: { at: 1s }\n"},
		{"hover", "runloop: 1\nexpect: { a|t: 1s }\n"},
		{"diagnostics", "runloop: 1\nmain:\n  - print: a\n    edn: b\n"},
		{"diagnostics", "runloop: 1\nmain:\n  - prnt: a\n"},
		{"diagnostics", "runloop: 1\nmain:\n  - sleep: 1 fortnight\n"},
		{"diagnostics", "runloop: 1\nmain:\n  - print: a\n  - stop\n"},
	} {
		fmt.Fprintf(&transcript, "== %s\n%s--\n%s\n", tc.ask, tc.text, strings.ReplaceAll(s.ask(tc.ask, tc.text), dir, "DIR"))
	}
	const golden = "testdata/languageserver.txt"
	if *updateDocs {
		if err := os.WriteFile(golden, []byte(transcript.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(golden); err != nil || string(want) != transcript.String() {
		t.Errorf("error %v; it says:\n%s", err, transcript.String())
	}
}

// languageServer is a language server at the other end of two pipes.
type languageServer struct {
	t           *testing.T
	dir         string
	in          io.Writer
	out         *bufio.Reader
	id, file    int
	diagnostics map[string][]string // by URI
}

// message is a message of the protocol, either way.
type message struct {
	ID     *json.RawMessage `json:"id,omitempty"`
	Method string           `json:"method,omitempty"`
	Params json.RawMessage  `json:"params,omitempty"`
	Result json.RawMessage  `json:"result,omitempty"`
	Error  json.RawMessage  `json:"error,omitempty"`
}

func startServer(t *testing.T, server, dir string) *languageServer {
	cmd := exec.CommandContext(t.Context(), "node", server, "--stdio")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watchdog := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() { watchdog.Stop(); _ = cmd.Process.Kill(); _ = cmd.Wait() })
	s := &languageServer{t: t, dir: dir, in: in, out: bufio.NewReader(out), diagnostics: map[string][]string{}}
	s.request("initialize", map[string]any{
		"processId": os.Getpid(), "rootUri": "file://" + dir,
		"capabilities": map[string]any{"textDocument": map[string]any{
			"hover":      map[string]any{"contentFormat": []string{"markdown"}},
			"completion": map[string]any{"completionItem": map[string]any{"documentationFormat": []string{"markdown"}}},
		}},
	})
	s.send(map[string]any{"method": "initialized", "params": map[string]any{}})
	s.send(map[string]any{"method": "workspace/didChangeConfiguration", "params": map[string]any{"settings": map[string]any{
		"yaml": map[string]any{"hover": true, "completion": true, "validate": true, "schemaStore": map[string]any{"enable": false}},
	}}})
	return s
}

func (s *languageServer) send(m map[string]any) {
	m["jsonrpc"] = "2.0"
	data, err := json.Marshal(m)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(s.in, "Content-Length: %d\r\n\r\n%s", len(data), data); err != nil {
		s.t.Fatal(err)
	}
}

// receive reads one message. It keeps diagnostics and answers the server's requests.
func (s *languageServer) receive() message {
	header, err := textproto.NewReader(s.out).ReadMIMEHeader()
	if err != nil {
		s.t.Fatal("the server has gone: ", err)
	}
	n, _ := strconv.Atoi(header.Get("Content-Length"))
	data := make([]byte, n)
	if _, err := io.ReadFull(s.out, data); err != nil {
		s.t.Fatal(err)
	}
	var m message
	if err := json.Unmarshal(data, &m); err != nil {
		s.t.Fatal(err)
	}
	switch {
	case m.Method != "" && m.ID != nil:
		s.send(map[string]any{"id": m.ID, "result": nil})
	case m.Method == "textDocument/publishDiagnostics":
		var p struct {
			URI         string
			Diagnostics []struct {
				Message string
				Range   struct{ Start struct{ Line, Character int } }
			}
		}
		if err := json.Unmarshal(m.Params, &p); err != nil {
			s.t.Fatal(err)
		}
		list := []string{}
		for _, d := range p.Diagnostics {
			list = append(list, fmt.Sprintf("%d:%d: %s", d.Range.Start.Line+1, d.Range.Start.Character+1, d.Message))
		}
		s.diagnostics[p.URI] = list
	}
	return m
}

// request asks the server and waits for its answer.
func (s *languageServer) request(method string, params any) json.RawMessage {
	s.id++
	s.send(map[string]any{"id": s.id, "method": method, "params": params})
	for {
		m := s.receive()
		if m.Method == "" && m.ID != nil && string(*m.ID) == strconv.Itoa(s.id) {
			if m.Error != nil {
				s.t.Fatalf("%s: %s", method, m.Error)
			}
			return m.Result
		}
	}
}

// ask opens a new file with the cursor at | and returns the server's answer.
func (s *languageServer) ask(what, text string) string {
	s.file++
	uri := fmt.Sprintf("file://%s/%d.yaml", s.dir, s.file)
	text = "# yaml-language-server: $schema=./runloop.schema.json\n" + text
	before, after, _ := strings.Cut(text, "|")
	s.send(map[string]any{"method": "textDocument/didOpen", "params": map[string]any{"textDocument": map[string]any{
		"uri": uri, "languageId": "yaml", "version": 1, "text": before + after,
	}}})
	at := map[string]any{
		"textDocument": map[string]any{"uri": uri},
		"position": map[string]any{
			"line": strings.Count(before, "\n"), "character": len(before) - strings.LastIndex(before, "\n") - 1,
		},
	}
	switch what {
	case "completion":
		var list struct{ Items []struct{ Label string } }
		if err := json.Unmarshal(s.request("textDocument/completion", at), &list); err != nil {
			s.t.Fatal(err)
		}
		var labels []string
		for _, item := range list.Items {
			labels = append(labels, item.Label)
		}
		slices.Sort(labels)
		return strings.Join(slices.Compact(labels), "\n") + "\n"
	case "hover":
		var hover struct{ Contents struct{ Value string } }
		if err := json.Unmarshal(s.request("textDocument/hover", at), &hover); err != nil {
			s.t.Fatal(err)
		}
		return strings.TrimSpace(hover.Contents.Value) + "\n"
	}
	for s.diagnostics[uri] == nil {
		s.receive()
	}
	return strings.Join(append(s.diagnostics[uri], ""), "\n")
}

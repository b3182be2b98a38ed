package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
)

// frame is a message with its header.
func frame(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }

const (
	initializeMessage = `{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}`
	openMessage       = `{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":"file:///a.yaml","languageId":"yaml","version":1,"text":"runloop: 1\nmain: [slep: 1]\n"}}}`
	shutdownMessage   = `{"jsonrpc":"2.0","id":2,"method":"shutdown"}`
	exitMessage       = `{"jsonrpc":"2.0","method":"exit"}`
)

// TestLSP runs sessions over the streams of the command: a good one, and clients that die, lie or send rubbish.
func TestLSP(t *testing.T) {
	long := strings.Repeat("x", maxMessage+1)
	tests := []struct {
		name, in string
		code     int
		out, err []string // parts of what is written
	}{
		{"whole", frame(initializeMessage) + frame(openMessage) + frame(shutdownMessage) + frame(exitMessage), 0,
			[]string{`"id":1,"result":{"capabilities"`, `"id":2,"result":null`}, nil},
		{"other fields", "Content-Type: application/vscode-jsonrpc; charset=utf-8\ncontent-length: " +
			strings.TrimPrefix(strings.ReplaceAll(frame(initializeMessage), "\r", ""), "Content-Length: ") + frame(exitMessage), 1,
			[]string{`"id":1,"result"`}, nil},
		{"rubbish in a frame", frame("rubbish") + frame(initializeMessage) + frame(shutdownMessage) + frame(exitMessage), 0,
			[]string{"-32700", `"id":1,"result"`}, nil},
		{"dies", frame(initializeMessage), 1, []string{`"id":1,"result"`}, []string{"went away"}},
		{"dies in a message", frame(initializeMessage) + frame(openMessage)[:100], 2, []string{`"id":1`}, []string{"ends after"}},
		{"dies in a header", "Content-Le", 2, nil, []string{"in its middle"}},
		{"rubbish", "GET / HTTP/1.1\r\n\r\n", 2, nil, []string{`"GET / HTTP/1.1"`}},
		{"no end", strings.Repeat("x", 100_000), 2, nil, []string{"does not end"}},
		{"no length", "Content-Length: -3\r\n\r\n", 2, nil, []string{`"-3" is no length`}},
		{"wrong length", "Content-Length: 99999999999\r\n\r\n{}", 2, nil, []string{"ends after 2"}},
		{"too long", frame(long) + frame(initializeMessage) + frame(shutdownMessage) + frame(exitMessage), 0,
			[]string{"-32600", "at most 67108864 are read", `"id":1,"result"`}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			s := machine()
			s.In, s.Out, s.Err = strings.NewReader(test.in), &out, &errs
			if code := run([]string{"lsp"}, s); code != test.code {
				t.Errorf("the exit code is %d, not %d: %s", code, test.code, errs.String())
			}
			for _, want := range test.out {
				if !strings.Contains(out.String(), want) {
					t.Errorf("standard output lacks %s: %s", want, out.String())
				}
			}
			for _, want := range test.err {
				if !strings.Contains(errs.String(), want) {
					t.Errorf("standard error lacks %s: %s", want, errs.String())
				}
			}
			if test.err == nil && test.code == 0 && errs.Len() > 0 {
				t.Errorf("standard error is %s", errs.String())
			}
		})
	}
}

// TestLSPWaits checks that diagnostics come while the client says nothing more, and that a file that is too large is refused as
// validate refuses it.
func TestLSPWaits(t *testing.T) {
	huge := strings.Replace(openMessage, "a.yaml", "b.yaml", 1)
	huge = strings.Replace(huge, `"runloop: 1`, `"runloop: 1\n#`+strings.Repeat("x", 9<<20), 1)
	for _, test := range []struct{ message, want string }{{openMessage, "RL01"}, {huge, "RL0001"}} {
		in, client := io.Pipe()
		server, out := io.Pipe()
		ended := make(chan int)
		go func() {
			s := machine()
			s.In, s.Out, s.Err = in, out, io.Discard
			code := run([]string{"lsp"}, s)
			out.Close()
			ended <- code
		}()
		go io.WriteString(client, frame(initializeMessage)+frame(test.message))
		buffer, all := make([]byte, 1<<16), ""
		for !strings.Contains(all, test.want) {
			n, err := server.Read(buffer)
			if all += string(buffer[:n]); err != nil {
				t.Fatalf("%v after %s", err, all)
			}
		}
		client.Close()
		if code := <-ended; code != 1 {
			t.Errorf("after a client that went away the exit code is %d", code)
		}
	}
}

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"runloop/dsl"
	"runloop/internal/lsp"
)

// maxMessage bounds the bytes of one message of an editor. A longer one is skipped, and the editor is told.
const maxMessage = 64 << 20

func newLSP(io streams) *cobra.Command {
	return &cobra.Command{
		Use:   "lsp",
		Short: "Serve editors: diagnostics, completion, navigation",
		Long: `lsp is a language server: an editor starts it and talks to it on standard input and
output, by the Language Server Protocol 3.17. It says while you type what validate
says of the file, and completes verbs, keys, values and names. It looks at files
with a line that begins with "runloop:", and at those whose language the editor
calls runloop.

Exit codes: 0 the editor ended the session, 1 the editor went away without that,
2 its messages cannot be read.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error { return serveEditor(io) },
	}
}

// incoming is one message of an editor, or why there is none.
type incoming struct {
	body []byte
	err  error
}

// errTooLong is the error of a message that was skipped.
var errTooLong = errors.New("the message is too long")

// serveEditor answers the messages of an editor until it ends the session or goes away.
func serveEditor(io streams) error {
	info, _ := debug.ReadBuildInfo()
	debug.SetGCPercent(400) // a check leaves much behind, of little that stays
	server := lsp.New(lsp.Options{Version: strings.TrimPrefix(versionText(info), "runloop "), Folder: editedFolder,
		Workspace: func(folder string) fs.FS { return os.DirFS(filepath.FromSlash(folder)) }})
	messages, done := make(chan incoming, 16), make(chan struct{})
	defer close(done)
	go readMessages(bufio.NewReaderSize(io.In, 1<<16), messages, done)
	for {
		var m incoming
		select {
		case m = <-messages:
		default: // the editor waits: now there is time to check what has changed
			if err := writeMessages(io.Out, server.Idle()); err != nil {
				return err
			}
			m = <-messages
		}
		switch {
		case errors.Is(m.err, errTooLong):
			if err := writeMessages(io.Out, server.Refuse(m.err.Error())); err != nil {
				return err
			}
			continue
		case m.err != nil:
			return editorGone(m.err)
		}
		if err := writeMessages(io.Out, server.Handle(m.body)); err != nil {
			return err
		}
		if code, ended := server.Exited(); ended {
			if code != 0 {
				return &exitError{code: code}
			}
			return nil
		}
	}
}

// editedFolder returns where a file that is being edited finds what it includes: below its own folder.
func editedFolder(file string) dsl.Folder {
	in, err := dsl.FolderOf(filepath.FromSlash(file), "")
	if err != nil {
		return dsl.Folder{}
	}
	in.Root = "" // messages name files relative to it
	return in
}

// editorGone returns the error for messages that cannot be read any more.
func editorGone(err error) error {
	if errors.Is(err, io.EOF) {
		return &exitError{exitFailed, errors.New("lsp: the editor went away without ending the session")}
	}
	return &exitError{exitUsage, fmt.Errorf("lsp: %w", err)}
}

// readMessages sends the messages of r until one cannot be read.
func readMessages(r *bufio.Reader, messages chan<- incoming, done <-chan struct{}) {
	for {
		body, err := readMessage(r)
		select {
		case messages <- incoming{body, err}:
		case <-done:
			return
		}
		if err != nil && !errors.Is(err, errTooLong) {
			return
		}
	}
}

// readMessage reads one message: header lines, of which Content-Length tells how many bytes follow the empty line.
func readMessage(r *bufio.Reader) ([]byte, error) {
	length := -1
	for {
		line, err := r.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return nil, errors.New("standard input is no session of an editor: a line of a header does not end")
		case err != nil && (len(line) > 0 || length >= 0):
			return nil, fmt.Errorf("a header ends in its middle: %w", io.ErrUnexpectedEOF)
		case err != nil:
			return nil, err
		}
		name, value, isField := strings.Cut(string(bytes.TrimSpace(line)), ":")
		switch {
		case strings.EqualFold(name, "Content-Length"):
			length, err = strconv.Atoi(strings.TrimSpace(value))
			if err != nil || length < 0 {
				return nil, fmt.Errorf("standard input is no session of an editor: %q is no length", strings.TrimSpace(value))
			}
		case isField:
		case name != "":
			return nil, fmt.Errorf("standard input is no session of an editor: a header begins with %q, not with Content-Length: N",
				name[:min(len(name), 40)])
		case length >= 0:
			return readBody(r, length)
		}
	}
}

// readBody reads the bytes of a message. It takes memory as they come, so a wrong length costs nothing.
func readBody(r io.Reader, length int) ([]byte, error) {
	if length > maxMessage {
		if n, err := io.CopyN(io.Discard, r, int64(length)); err != nil {
			return nil, fmt.Errorf("a message of %d bytes ends after %d: %w", length, n, io.ErrUnexpectedEOF)
		}
		return nil, fmt.Errorf("%w: it has %d bytes, at most %d are read", errTooLong, length, maxMessage)
	}
	var body bytes.Buffer
	if n, err := io.CopyN(&body, r, int64(length)); err != nil {
		return nil, fmt.Errorf("a message of %d bytes ends after %d: %w", length, n, io.ErrUnexpectedEOF)
	}
	return body.Bytes(), nil
}

// writeMessages sends messages, each with its header.
func writeMessages(w io.Writer, messages [][]byte) error {
	for _, m := range messages {
		if _, err := fmt.Fprintf(w, "Content-Length: %d\r\n\r\n%s", len(m), m); err != nil {
			return err
		}
	}
	return nil
}

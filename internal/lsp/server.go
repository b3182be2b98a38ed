// Package lsp is a language server for scenarios without input and output: a Server takes the messages of a client and
// returns those for it. cmd/runloop puts it on standard input and output; tests and browsers call it directly.
//
// Meaning comes from package dsl: diagnostics are exactly those of validate, names and types are those of its check. While
// a text cannot be parsed, the latest one that could stands in for it, and the layout of the lines says where the cursor is.
package lsp

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"runloop/dsl"
)

// Options are what the surroundings of a server know. The zero value works.
type Options struct {
	Version string // of the program, for clients
	// Pages is the beginning of the addresses of the pages about codes, which a code in lower case completes. Empty: the
	// addresses are runloop:RL0107, whose text the server gives by workspace/textDocumentContent.
	Pages string
	// Folder returns where the scenario in a file, whose path has slashes, finds what it includes. Nil: nowhere.
	Folder func(file string) dsl.Folder
	// Workspace returns the files below a folder that the client has open, by its path. Nil: only open documents are known.
	Workspace func(folder string) fs.FS
}

// Server is one session with a client. It is for one goroutine.
type Server struct {
	options   Options
	state     state
	documents map[string]*document
	roots     []string // the paths of the folders that the client has open
	encoding  encoding
	snippets  bool            // the client lets people fill in places
	refreshes bool            // the client asks for lenses again when it is told to
	asked     int             // how many requests the client got
	stale     map[string]bool // documents whose diagnostics are to be published
	out       [][]byte        // messages for the client

	requests, notices map[string]handler
}

// state is how far a session is.
type state uint8

const (
	starting state = iota // before initialize
	serving
	stopping // after shutdown
	exited   // after exit
	broken   // after an exit without shutdown
)

// New starts a session.
func New(o Options) *Server {
	return &Server{options: o, documents: map[string]*document{}, stale: map[string]bool{},
		requests: newRequests(), notices: newNotices()}
}

// Exited reports whether the client has ended the session, and the exit code of a server then.
func (s *Server) Exited() (code int, ended bool) {
	if s.state == broken {
		return 1, true
	}
	return 0, s.state == exited
}

// handler answers a request, or takes a notification. Its error may be a *replyError.
type handler func(s *Server, params json.RawMessage) (any, error)

// newRequests makes the table of what a client can ask, by method.
func newRequests() map[string]handler {
	return map[string]handler{
		"initialize":                        withParams((*Server).initialize),
		"shutdown":                          (*Server).shutdown,
		"textDocument/codeAction":           withParams((*Server).actions),
		"textDocument/codeLens":             withParams((*Server).lenses),
		"workspace/executeCommand":          withParams((*Server).execute),
		"textDocument/completion":           withParams((*Server).completion),
		"textDocument/definition":           withParams((*Server).definition),
		"textDocument/documentHighlight":    withParams((*Server).highlights),
		"textDocument/documentSymbol":       withParams((*Server).symbols),
		"textDocument/foldingRange":         withParams((*Server).folding),
		"textDocument/formatting":           withParams((*Server).formatting),
		"textDocument/rangeFormatting":      withParams((*Server).formatting),
		"textDocument/hover":                withParams((*Server).hover),
		"textDocument/prepareRename":        withParams((*Server).prepareRename),
		"textDocument/references":           withParams((*Server).references),
		"textDocument/rename":               withParams((*Server).rename),
		"textDocument/selectionRange":       withParams((*Server).selections),
		"textDocument/inlayHint":            withParams((*Server).hints),
		"textDocument/semanticTokens/full":  withParams((*Server).tokens),
		"textDocument/semanticTokens/range": withParams((*Server).tokens),
		"textDocument/signatureHelp":        withParams((*Server).signatureHelp),
		"workspace/symbol":                  withParams((*Server).workspaceSymbols),
		"workspace/textDocumentContent":     withParams((*Server).pageContent),
	}
}

// newNotices makes the table of what a client can tell, by method.
func newNotices() map[string]handler {
	return map[string]handler{
		"textDocument/didOpen":   withParams((*Server).didOpen),
		"textDocument/didChange": withParams((*Server).didChange),
		"textDocument/didClose":  withParams((*Server).didClose),
		"textDocument/didSave":   withParams((*Server).didChangeFiles),

		"workspace/didChangeWatchedFiles": withParams((*Server).didChangeFiles),
	}
}

// withParams reads the parameters of a method.
func withParams[P any](handle func(s *Server, p P) (any, error)) handler {
	return func(s *Server, raw json.RawMessage) (any, error) {
		var params P
		if err := json.Unmarshal(raw, &params); err != nil {
			return nil, &replyError{codeInvalidParams, "the parameters cannot be read: " + err.Error()}
		}
		return handle(s, params)
	}
}

// Handle takes one message of the client, without its header, and returns those for it, in order. Diagnostics are not
// among them: Idle returns those.
func (s *Server) Handle(message []byte) [][]byte {
	s.out = nil
	var r request
	if err := json.Unmarshal(message, &r); err != nil {
		s.fail(nil, &replyError{codeParse, "the message is no JSON-RPC: " + err.Error()})
		return s.out
	}
	isRequest := len(r.ID) > 0 && !bytes.Equal(r.ID, []byte("null"))
	switch {
	case r.Method == "exit":
		if s.state == stopping {
			s.state = exited
		} else {
			s.state = broken
		}
	case r.Method == "": // an answer: the server asks nothing
	case isRequest:
		result, err := s.request(r)
		if err != nil {
			s.fail(r.ID, err)
		} else {
			s.send(response{"2.0", r.ID, result})
		}
	case s.state == serving && s.notices[r.Method] != nil:
		if _, err := s.guard(s.notices[r.Method], r); err != nil {
			s.log(err.Error())
		}
	}
	return s.out
}

// Refuse returns what the client is told of a message that could not be taken.
func (s *Server) Refuse(why string) [][]byte {
	s.out = nil
	s.fail(nil, &replyError{codeInvalidRequest, why})
	return s.out
}

// request answers a request.
func (s *Server) request(r request) (any, error) {
	handle := s.requests[r.Method]
	switch {
	case s.state == starting && r.Method != "initialize":
		return nil, &replyError{codeNotInitialized, "`initialize` comes first, not `" + r.Method + "`"}
	case s.state == stopping:
		return nil, &replyError{codeInvalidRequest, "after `shutdown` only `exit` may come, not `" + r.Method + "`"}
	case r.Method == "initialize" && s.state == serving:
		return nil, &replyError{codeInvalidRequest, "`initialize` came before"}
	case handle == nil:
		return nil, &replyError{codeNoMethod, "there is no method `" + r.Method + "`"}
	}
	return s.guard(handle, r)
}

// guard calls a handler. A panic is a defect of ours, of which the client is told; the session goes on.
func (s *Server) guard(handle handler, r request) (result any, err error) {
	defer func() {
		if p := recover(); p != nil {
			result, err = nil, &replyError{codeDefect, fmt.Sprintf(
				"this is a defect of runloop, please report it with the scenario: %s: %v", r.Method, p)}
		}
	}()
	return handle(s, r.Params)
}

// send adds a message for the client.
func (s *Server) send(message any) {
	data, err := json.Marshal(message)
	if err != nil { // only if a result of ours cannot be written as JSON
		panic(err)
	}
	s.out = append(s.out, data)
}

func (s *Server) fail(id json.RawMessage, err error) {
	reply, ok := err.(*replyError)
	if !ok {
		reply = &replyError{codeRequestFailed, err.Error()}
	}
	s.send(failure{"2.0", id, reply})
}

func (s *Server) notify(method string, params any) { s.send(notification{"2.0", method, params}) }

// log tells people of an error that no request waits for.
func (s *Server) log(message string) {
	const kindError = 1
	s.notify("window/logMessage", logParams{kindError, message})
}

// Idle returns the diagnostics of documents that have changed since. It is called when no message is waiting: so of many
// changes in a row only the last text is checked.
func (s *Server) Idle() [][]byte {
	s.out = nil
	for _, uri := range slices.Sorted(maps.Keys(s.stale)) {
		if _, err := s.guard(func(s *Server, _ json.RawMessage) (any, error) {
			s.publish(uri)
			return nil, nil
		}, request{Method: "textDocument/publishDiagnostics"}); err != nil {
			s.log(err.Error())
		}
	}
	clear(s.stale)
	return s.out
}

func (s *Server) initialize(p initializeParams) (any, error) {
	s.state = serving
	s.snippets = p.Capabilities.TextDocument.Completion.CompletionItem.SnippetSupport
	s.refreshes = p.Capabilities.Workspace.CodeLens.RefreshSupport
	s.roots = p.folders()
	if s.options.Workspace == nil {
		s.roots = nil
	}
	for _, word := range p.Capabilities.General.PositionEncodings { // in the order of the client's liking
		if i := slices.Index(encodingWords[:], word); i >= 0 {
			s.encoding = encoding(i)
			break
		}
	}
	return map[string]any{
		"capabilities": s.capabilities(),
		"serverInfo":   map[string]string{"name": "runloop", "version": s.options.Version},
	}, nil
}

func (s *Server) shutdown(json.RawMessage) (any, error) {
	s.state = stopping
	return nil, nil
}

// capabilities says what the server can do.
func (s *Server) capabilities() map[string]any {
	const incremental = 2
	return map[string]any{
		"positionEncoding":   encodingWords[s.encoding],
		"textDocumentSync":   map[string]any{"openClose": true, "change": incremental},
		"codeActionProvider": map[string]any{"codeActionKinds": []string{quickFix, fixAll}},
		"codeLensProvider":   map[string]any{}, "executeCommandProvider": map[string]any{"commands": []string{commandRun, commandSee, commandExplore}},
		"documentFormattingProvider": true, "documentRangeFormattingProvider": true,
		"definitionProvider": true, "documentHighlightProvider": true, "documentSymbolProvider": true, "foldingRangeProvider": true,
		"hoverProvider": true, "referencesProvider": true, "renameProvider": map[string]any{"prepareProvider": true},
		"inlayHintProvider": true, "signatureHelpProvider": map[string]any{"triggerCharacters": []string{"(", ","}},
		"semanticTokensProvider": map[string]any{"full": true, "range": true,
			"legend": map[string]any{"tokenTypes": tokenTypes, "tokenModifiers": tokenModifiers}},
		"selectionRangeProvider": true, "workspaceSymbolProvider": true,
		"completionProvider": map[string]any{"triggerCharacters": []string{".", "{", "[", "\"", "'", " "}},
		"workspace":          map[string]any{"textDocumentContent": map[string]any{"schemes": []string{pageScheme}}},
	}
}

// document finds an open document.
func (s *Server) document(uri string) (*document, error) {
	if d := s.documents[uri]; d != nil {
		return d, nil
	}
	return nil, &replyError{codeInvalidParams, fmt.Sprintf("%q is not open", uri)}
}

func (s *Server) didOpen(p openParams) (any, error) {
	t := p.TextDocument
	d := &document{uri: t.URI, language: t.LanguageID, version: t.Version, folder: s.folder(pathOf(t.URI), nil)}
	d.setText([]byte(t.Text))
	s.documents[t.URI] = d
	s.stale[t.URI] = true
	s.included(d)
	return nil, nil
}

func (s *Server) didChange(p changeParams) (any, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	if v := p.TextDocument.Version; v != nil {
		if *v <= d.version {
			return nil, &replyError{codeInvalidParams, fmt.Sprintf(
				"%q: version %d comes after version %d, so its changes are left out; open the document again", d.uri, *v, d.version)}
		}
		d.version = *v
	}
	for _, c := range p.ContentChanges {
		d.change(c, s.encoding)
	}
	s.stale[d.uri] = true
	s.included(d)
	return nil, nil
}

func (s *Server) didClose(p documentParams) (any, error) {
	if _, err := s.document(p.TextDocument.URI); err != nil {
		return nil, err
	}
	delete(s.documents, p.TextDocument.URI)
	s.stale[p.TextDocument.URI] = true
	s.included(nil)
	return nil, nil
}

// pageScheme is that of the addresses of pages, where Options.Pages names no other.
const pageScheme = "runloop"

// page returns the address of the page about a code.
func (s *Server) page(code string) string {
	if s.options.Pages == "" {
		return pageScheme + ":" + code
	}
	return s.options.Pages + strings.ToLower(code)
}

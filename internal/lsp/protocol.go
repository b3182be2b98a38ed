package lsp

import "encoding/json"

// What goes over the wire: the parts of the Language Server Protocol 3.17 that the server uses, under its names.
type (
	request struct {
		Version string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`     // a number or a text; absent: a notification
		Method  string          `json:"method"` // empty: it answers a request of ours
		Params  json.RawMessage `json:"params"`
	}
	response struct {
		Version string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Result  any             `json:"result"`
	}
	failure struct {
		Version string          `json:"jsonrpc"`
		ID      json.RawMessage `json:"id"`
		Error   *replyError     `json:"error"`
	}
	replyError struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	}
	notification struct {
		Version string `json:"jsonrpc"`
		Method  string `json:"method"`
		Params  any    `json:"params"`
	}
)

// The codes of errors.
const (
	codeParse          = -32700
	codeInvalidRequest = -32600
	codeNoMethod       = -32601
	codeInvalidParams  = -32602
	codeDefect         = -32603
	codeNotInitialized = -32002
	codeRequestFailed  = -32803
)

// Error is the message.
func (e *replyError) Error() string { return e.Message }

type (
	position struct {
		Line      int64 `json:"line"`
		Character int64 `json:"character"`
	}
	textRange struct {
		Start position `json:"start"`
		End   position `json:"end"`
	}
	location struct {
		URI   string    `json:"uri"`
		Range textRange `json:"range"`
	}
	textEdit struct {
		Range   textRange `json:"range"`
		NewText string    `json:"newText"`
	}
	workspaceEdit struct {
		Changes map[string][]textEdit `json:"changes"`
	}
	markup struct {
		Kind  string `json:"kind"`
		Value string `json:"value"`
	}
	command struct {
		Title     string `json:"title"`
		Command   string `json:"command"`
		Arguments []any  `json:"arguments,omitempty"`
	}
	identifier struct {
		URI     string `json:"uri"`
		Version *int64 `json:"version,omitempty"`
	}
	// positionParams are those of most requests.
	positionParams struct {
		TextDocument identifier `json:"textDocument"`
		Position     position   `json:"position"`
	}
	documentParams struct {
		TextDocument identifier `json:"textDocument"`
	}
)

type (
	initializeParams struct {
		RootURI          string `json:"rootUri"`
		WorkspaceFolders []struct {
			URI string `json:"uri"`
		} `json:"workspaceFolders"`
		Capabilities struct {
			General struct {
				PositionEncodings []string `json:"positionEncodings"`
			} `json:"general"`
			Workspace struct {
				CodeLens struct {
					RefreshSupport bool `json:"refreshSupport"`
				} `json:"codeLens"`
			} `json:"workspace"`
			TextDocument struct {
				Completion struct {
					CompletionItem struct {
						SnippetSupport bool `json:"snippetSupport"`
					} `json:"completionItem"`
				} `json:"completion"`
			} `json:"textDocument"`
		} `json:"capabilities"`
	}
	openParams struct {
		TextDocument struct {
			URI        string `json:"uri"`
			LanguageID string `json:"languageId"`
			Version    int64  `json:"version"`
			Text       string `json:"text"`
		} `json:"textDocument"`
	}
	changeParams struct {
		TextDocument   identifier      `json:"textDocument"`
		ContentChanges []contentChange `json:"contentChanges"`
	}
	contentChange struct {
		Range *textRange `json:"range"` // nil: the whole text
		Text  string     `json:"text"`
	}
	publishParams struct {
		URI         string       `json:"uri"`
		Version     *int64       `json:"version,omitempty"`
		Diagnostics []diagnostic `json:"diagnostics"`
	}
	diagnostic struct {
		Range    textRange        `json:"range"`
		Severity int              `json:"severity"`
		Code     string           `json:"code"`
		About    *codeDescription `json:"codeDescription,omitempty"`
		Source   string           `json:"source"`
		Message  string           `json:"message"`
		Tags     []int            `json:"tags,omitempty"`
		Related  []related        `json:"relatedInformation,omitempty"`
	}
	codeDescription struct {
		Href string `json:"href"`
	}
	related struct {
		Location location `json:"location"`
		Message  string   `json:"message"`
	}
	logParams struct {
		Type    int    `json:"type"`
		Message string `json:"message"`
	}
)

// folders returns the paths of the folders that the client has open.
func (p *initializeParams) folders() []string {
	list := []string{p.RootURI}
	if len(p.WorkspaceFolders) > 0 {
		list = nil
		for _, f := range p.WorkspaceFolders {
			list = append(list, f.URI)
		}
	}
	var paths []string
	for _, uri := range list {
		if file := pathOf(uri); file != "" {
			paths = append(paths, file)
		}
	}
	return paths
}

package lsp

import (
	"strings"

	"runloop/dsl"
	"runloop/dsl/check"
	"runloop/dsl/source"
)

// publish tells the client what is wrong with a document: what validate says of the same text. Of a document that is
// closed, or no scenario, nothing is wrong.
func (s *Server) publish(uri string) {
	d := s.documents[uri]
	if d == nil {
		s.notify("textDocument/publishDiagnostics", publishParams{URI: uri, Diagnostics: []diagnostic{}})
		return
	}
	list := []diagnostic{}
	if d.isScenario() {
		for _, diag := range d.analyze().Diagnostics {
			list = append(list, s.diagnostic(d, diag))
		}
	}
	version := d.version
	s.notify("textDocument/publishDiagnostics", publishParams{URI: uri, Version: &version, Diagnostics: list})
}

// The severities and tags of the protocol.
const (
	protocolError   = 1
	protocolWarning = 2
	tagUnnecessary  = 1
)

// diagnostic puts a problem into the words of the protocol. Its hint follows the message.
func (s *Server) diagnostic(d *document, p source.Diagnostic) diagnostic {
	out := diagnostic{Range: s.rangeOf(d, p.Span), Severity: protocolError, Code: p.Code, Source: "runloop", Message: p.Message,
		About: &codeDescription{s.page(p.Code)}}
	if p.Severity == source.SeverityWarning {
		out.Severity = protocolWarning
	}
	if p.Hint != "" {
		out.Message += "\nhint: " + p.Hint
	}
	if p.Note != "" {
		out.Related = []related{{location{d.uri, s.rangeOf(d, p.NoteSpan)}, p.Note}}
	}
	if p.Code == check.CodeUnreachable {
		out.Tags = []int{tagUnnecessary}
	}
	return out
}

func (s *Server) rangeOf(d *document, sp source.Span) textRange { return d.rangeOf(sp, s.encoding) }

// contentParams ask for the text of an address of ours.
type contentParams struct {
	URI string `json:"uri"`
}

// pageContent returns the page about a code.
func (s *Server) pageContent(p contentParams) (any, error) {
	_, name, _ := strings.Cut(p.URI, ":")
	code, ok := dsl.CodeNamed(strings.Trim(name, "/"))
	if !ok {
		return nil, &replyError{codeInvalidParams, "there is no page `" + p.URI + "`"}
	}
	return map[string]string{"text": code.Page(1)}, nil
}

package lsp

import (
	"strings"

	"runloop/dsl/syntax"
)

type (
	signatureHelp struct {
		Signatures      []signature `json:"signatures"`
		ActiveSignature int         `json:"activeSignature"`
		ActiveParameter int         `json:"activeParameter"`
	}
	signature struct {
		Label      string      `json:"label"`
		Doc        *markup     `json:"documentation,omitempty"`
		Parameters []parameter `json:"parameters"`
	}
	parameter struct {
		Label string `json:"label"`
	}
)

// signatureHelp shows the function whose arguments are being typed, with the argument that it is at.
func (s *Server) signatureHelp(p positionParams) (any, error) {
	d, offset, err := s.at(p)
	if err != nil {
		return nil, err
	}
	c, ok := cursorAt(d.text, offset)
	if !ok || c.leaf == nil || c.slot.kind != valueSlot {
		return nil, nil
	}
	text, ok := c.expressionText()
	if !ok {
		return nil, nil
	}
	f := &completer{cursor: c, d: d}
	calls := readTyping(text).calls
	for i := len(calls) - 1; i >= 0; i-- {
		if label, doc := f.signature(calls[i].name); label != "" {
			return newSignature(label, doc, calls[i].args), nil
		}
	}
	return nil, nil
}

// expressionText returns the expression that is being typed, up to the cursor. ok is false where no expression stands.
func (c *cursor) expressionText() (text string, ok bool) {
	switch c.slot.key.Kind {
	case syntax.ConditionKey, syntax.ConditionsKey, syntax.ExpressionKey:
		return c.written(), true
	}
	if c.slot.key.Literal {
		return "", false
	}
	return inTemplate(c.written())
}

// signature returns the signature and the documentation of a function of the scenario or of the language.
func (f *completer) signature(name string) (label, doc string) {
	for _, v := range f.known() {
		for _, d := range v.File.Functions {
			if fn := v.Info.Functions[name]; fn != nil && d.Name.Text == name {
				return fn.Signature(), syntax.ConstText(d.Description)
			}
		}
	}
	if b := builtinNamed(name); b != nil {
		return b.Signature, b.Doc
	}
	return "", ""
}

// newSignature shows a signature such as "round(x number, n? int) number" while an argument of that number is typed.
func newSignature(label, doc string, at int) signatureHelp {
	_, rest, _ := strings.Cut(label, "(")
	list, _, _ := strings.Cut(rest, ")")
	s := signature{Label: label, Parameters: []parameter{}}
	for _, p := range strings.Split(list, ", ") {
		if p != "" {
			s.Parameters = append(s.Parameters, parameter{p})
		}
	}
	if doc != "" {
		s.Doc = &markup{"markdown", doc}
	}
	if n := len(s.Parameters); at >= n && n > 0 && strings.HasPrefix(s.Parameters[n-1].Label, "...") {
		at = n - 1 // it takes any number of them
	}
	return signatureHelp{Signatures: []signature{s}, ActiveParameter: at}
}

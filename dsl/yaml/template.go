package yaml

import (
	"strings"

	"runloop/dsl/source"
)

// TemplatePart is a piece of a text: literal text, or with Expr not empty an expression.
type TemplatePart struct {
	Lit      string // literal text, `$${` already written as `${`
	Expr     string // the source of the expression, without `${` and `}`
	From, To int    // the bytes of the text that Lit was written as, or that are Expr
}

// TemplateError says what is wrong with a text's `${…}`.
type TemplateError struct {
	From, To int // the bytes of the text that are wrong
	Message  string
	Hint     string
}

// Error is the message.
func (e *TemplateError) Error() string { return e.Message }

// SplitTemplate splits a text at its `${ expression }`; `$${` stands for `${`. Literal parts are never empty, and
// neighbours are never both literal: the empty text has no parts.
func SplitTemplate(text string) ([]TemplatePart, *TemplateError) {
	var parts []TemplatePart
	var lit strings.Builder
	litFrom := 0
	flush := func(to int) {
		if lit.Len() > 0 {
			parts = append(parts, TemplatePart{Lit: lit.String(), From: litFrom, To: to})
			lit.Reset()
		}
	}
	for i := 0; i < len(text); {
		switch {
		case strings.HasPrefix(text[i:], "$${"):
			lit.WriteString("${")
			i += 3
		case strings.HasPrefix(text[i:], "${"):
			end, err := expressionEnd(text, i+2)
			if err != nil {
				return nil, err
			}
			flush(i)
			parts = append(parts, TemplatePart{Expr: text[i+2 : end], From: i + 2, To: end})
			i = end + 1
			litFrom = i
		default:
			n := max(strings.IndexByte(text[i+1:], '$'), -1) + 1
			if n == 0 {
				n = len(text) - i
			}
			lit.WriteString(text[i : i+n])
			i += n
		}
	}
	flush(len(text))
	return parts, nil
}

// expressionEnd is the offset of the `}` that closes the `${` whose expression begins at from, 0 if there is none.
func expressionEnd(text string, from int) (int, *TemplateError) {
	depth, quoteAt := 0, -1
	for i := from; i < len(text); i++ {
		switch c := text[i]; c {
		case '\'', '"', '`':
			n := source.QuotedLen(text[i:])
			if n == 0 {
				quoteAt, i = i, len(text)
				break
			}
			i += n - 1
		case '{':
			depth++
		case '}':
			if depth > 0 {
				depth--
				break
			}
			if strings.TrimSpace(text[from:i]) == "" {
				return i, &TemplateError{
					From: from - 2, To: i + 1,
					Message: "`${}` holds no expression",
					Hint:    "write a name or an expression between the braces; `$${` writes `${` itself",
				}
			}
			return i, nil
		}
	}
	if quoteAt >= 0 {
		return 0, &TemplateError{
			From: quoteAt, To: quoteAt + 1,
			Message: "the quote " + text[quoteAt:quoteAt+1] + " in `${…}` is never closed",
			Hint:    "close it before the `}`",
		}
	}
	return 0, &TemplateError{
		From: from - 2, To: from,
		Message: "`${` is never closed: its `}` is missing",
		Hint:    "close the expression with `}`; `$${` writes `${` itself",
	}
}

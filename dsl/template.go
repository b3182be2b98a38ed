package dsl

import "strings"

// templatePart is a piece of a text: literal text, or with Expr not empty an expression.
type templatePart struct {
	Lit      string // literal text, `$${` already written as `${`
	Expr     string // the source of the expression, without `${` and `}`
	From, To int    // the bytes of the text that Lit was written as, or that are Expr
}

// templateError says what is wrong with a text's `${…}`.
type templateError struct {
	From, To int // the bytes of the text that are wrong
	Message  string
	Hint     string
}

// Error is the message.
func (e *templateError) Error() string { return e.Message }

// splitTemplate splits a text at its `${ expression }`; `$${` stands for `${`. Literal parts are never empty, and
// neighbours are never both literal: the empty text has no parts.
func splitTemplate(text string) ([]templatePart, *templateError) {
	var parts []templatePart
	var lit strings.Builder
	litFrom := 0
	flush := func(to int) {
		if lit.Len() > 0 {
			parts = append(parts, templatePart{Lit: lit.String(), From: litFrom, To: to})
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
			parts = append(parts, templatePart{Expr: text[i+2 : end], From: i + 2, To: end})
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
func expressionEnd(text string, from int) (int, *templateError) {
	depth, quoteAt := 0, -1
	for i := from; i < len(text); i++ {
		switch c := text[i]; c {
		case '\'', '"', '`':
			n := quotedLen(text[i:])
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
				return i, &templateError{
					From: from - 2, To: i + 1,
					Message: "`${}` holds no expression",
					Hint:    "write a name or an expression between the braces; `$${` writes `${` itself",
				}
			}
			return i, nil
		}
	}
	if quoteAt >= 0 {
		return 0, &templateError{
			From: quoteAt, To: quoteAt + 1,
			Message: "the quote " + text[quoteAt:quoteAt+1] + " in `${…}` is never closed",
			Hint:    "close it before the `}`",
		}
	}
	return 0, &templateError{
		From: from - 2, To: from,
		Message: "`${` is never closed: its `}` is missing",
		Hint:    "close the expression with `}`; `$${` writes `${` itself",
	}
}

// quotedLen is the length of the quoted text that s begins with, quotes included; 0 if it is not closed. A backslash
// escapes in '…' and "…", not in `…`.
func quotedLen(s string) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == s[0]:
			return i + 1
		case s[i] == '\\' && s[0] != '`':
			i++
		}
	}
	return 0
}

// Package docs holds the documentation, for `runloop docs`.
package docs

import _ "embed"

// Language is the reference of the language, in Markdown.
//
//go:embed language.md
var Language string

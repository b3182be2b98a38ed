package suite

import (
	"bytes"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"sync"

	"runloop/dsl"
)

// version is the key that every scenario has.
const version = "runloop"

// ownKeys is the other keys that tell a scenario: a file with one of them has lost its line `runloop: 1`.
var ownKeys = []string{"main", "workers", "coroutines", "callbacks"}

// IsScenario reports whether a YAML file is a scenario or was meant to be one, which is then an error: among the keys of its
// top level is `runloop`, or nearly so, or one of a scenario's own.
func IsScenario(data []byte) bool {
	compiled.once.Do(func() { compiled.line, compiled.flow = regexp.MustCompile(lineKey), regexp.MustCompile(flowKey) })
	text := plainText(data)
	if strings.HasPrefix(firstLine(text), "{") {
		return hasKey(flowKeys(text))
	}
	return hasKey(blockKeys(text))
}

// LeftOut says how many files of folders are no scenarios.
func LeftOut(n int) string {
	if n == 1 {
		return "1 file without a line that begins with \"runloop:\" was left out"
	}
	return fmt.Sprintf("%d files without a line that begins with \"runloop:\" were left out", n)
}

// plainText is a file's text with line feeds alone, and without what editors put before it or, as UTF-16, into it.
func plainText(data []byte) string {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		data = bytes.ReplaceAll(data[2:], []byte{0}, nil)
	}
	text := strings.TrimPrefix(string(data), "\uFEFF")
	return strings.ReplaceAll(text, "\r", "\n")
}

// firstLine is the first line that has a key, with its indentation.
func firstLine(text string) string {
	for line := range strings.Lines(text) {
		if content := strings.TrimSpace(line); content != "" && !strings.ContainsAny(content[:1], "#%-") {
			return line
		}
	}
	return ""
}

func hasKey(keys iter.Seq[string]) bool {
	for key := range keys {
		folded := strings.Map(joined, strings.ToLower(key))
		if slices.Contains(ownKeys, key) || folded == version || dsl.Suggest(folded, []string{version}) != "" {
			return true
		}
	}
	return false
}

// joined drops what a key may have between its words.
func joined(c rune) rune {
	if strings.ContainsRune("-_ ", c) {
		return -1
	}
	return c
}

// lineKey is a key that a line begins with; `runloop` needs no colon.
const lineKey = `^[ \t]*(?:\? *)?["']?(?:(?i:(runloop))\b|([A-Za-z][\w -]*?)["']?[ \t]*:(?:\s|$))`

// compiled is the patterns, once they are needed.
var compiled struct {
	once       sync.Once
	line, flow *regexp.Regexp
}

// blockKeys is the keys of the lines that are no deeper than the first.
func blockKeys(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		depth := indentation(firstLine(text))
		for line := range strings.Lines(text) {
			if indentation(line) > depth {
				continue
			}
			if m := compiled.line.FindStringSubmatch(line); m != nil && !yield(m[1]+m[2]) {
				return
			}
		}
	}
}

func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

// flowKey is a key in brackets, after what comes before it; or else what may hide one: a text in quotes, a bracket.
const flowKey = `[{,]\s*["']?([A-Za-z][\w -]*?)["']?\s*:|"[^"]*"|'[^']*'|[{}\[\]]`

// flowKeys is the keys of the outermost braces.
func flowKeys(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		depth := 0
		for _, m := range compiled.flow.FindAllStringSubmatch(text, -1) {
			switch m[0][0] {
			case '{', '[':
				depth++
			case '}', ']':
				depth--
			}
			if m[1] != "" && depth == 1 && !yield(m[1]) {
				return
			}
		}
	}
}

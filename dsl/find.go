package dsl

import (
	"bytes"
	"iter"
	"regexp"
	"slices"
	"strings"
	"sync"

	"runloop/dsl/source"
)

// version is the key that every scenario must have.
const version = "runloop"

// ownKeys lists other keys by which a scenario is recognised. A file with one of them has lost its line `runloop: 1`.
var ownKeys = []string{"main", "workers", "coroutines", "callbacks"}

// IsScenario reports whether a YAML file is a scenario or was meant to be one, which loading then reports as an error.
// Such a file has at its top level the key `runloop`, a similar one, or one of ownKeys.
func IsScenario(data []byte) bool { return hasKey(topKeys(data)) }

// hasVersion reports whether a file has the key `runloop` at its top level.
func hasVersion(data []byte) bool {
	for key := range topKeys(data) {
		if key == version {
			return true
		}
	}
	return false
}

// topKeys yields the keys at the top level of a YAML file, as far as they can be seen without reading it as YAML.
func topKeys(data []byte) iter.Seq[string] {
	compiled.once.Do(func() { compiled.line, compiled.flow = regexp.MustCompile(lineKey), regexp.MustCompile(flowKey) })
	text := plainText(data)
	if strings.HasPrefix(firstLine(text), "{") {
		return flowKeys(text)
	}
	return blockKeys(text)
}

// plainText returns a file's text with line feeds as line breaks, without a byte order mark, and without the zero
// bytes of UTF-16.
func plainText(data []byte) string {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		data = bytes.ReplaceAll(data[2:], []byte{0}, nil)
	}
	text := strings.TrimPrefix(string(data), "\uFEFF")
	return strings.ReplaceAll(text, "\r", "\n")
}

// firstLine returns the first line that can hold a key, with its indentation.
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
		if slices.Contains(ownKeys, key) || folded == version || source.Suggest(folded, []string{version}) != "" {
			return true
		}
	}
	return false
}

// joined drops characters that may separate the words of a key.
func joined(c rune) rune {
	if strings.ContainsRune("-_ ", c) {
		return -1
	}
	return c
}

// lineKey matches a key at the beginning of a line. `runloop` needs no colon.
const lineKey = `^[ \t]*(?:\? *)?["']?(?:(?i:(runloop))\b|([A-Za-z][\w -]*?)["']?[ \t]*:(?:\s|$))`

// compiled holds the patterns once they are needed.
var compiled struct {
	once       sync.Once
	line, flow *regexp.Regexp
}

// blockKeys yields the keys of the lines that are not indented deeper than the first.
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

// flowKey matches a key in braces with the character before it, or a quoted text or a bracket, which may hide keys.
const flowKey = `[{,]\s*["']?([A-Za-z][\w -]*?)["']?\s*:|"[^"]*"|'[^']*'|[{}\[\]]`

// flowKeys yields the keys of the outermost braces.
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

package python

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"runloop/dsl/source"
	"runloop/engine"
)

// preludeText is Python that exported programs may need. It is a list of sections: a line `#: name needs…` begins a
// section and names the sections and modules that it needs. A line that ends with `#? name` is kept only if that
// section is used; one with `#? since 3.13` or `#? before 3.13` only for those versions of Python.
//
//go:embed prelude.py
var preludeText string

// section is a piece of the prelude.
type section struct {
	name  string
	needs []string
	lines []string
}

var sections = sync.OnceValue(func() []section { return parseSections(preludeText) })

func parseSections(text string) []section {
	var list []section
	for line := range strings.Lines(text) {
		if head, ok := strings.CutPrefix(line, "#: "); ok {
			words := strings.Fields(head)
			list = append(list, section{name: words[0], needs: words[1:]})
			continue
		}
		s := &list[len(list)-1]
		s.lines = append(s.lines, line)
	}
	return list
}

func isSection(name string) bool {
	return slices.ContainsFunc(sections(), func(s section) bool { return s.name == name })
}

// sectionWith returns the section that defines a function, or "" if none does.
func sectionWith(function string) string {
	for _, s := range sections() {
		for _, line := range s.lines {
			if strings.HasPrefix(line, "def "+function+"(") {
				return s.name
			}
		}
	}
	return ""
}

// prelude returns the used sections, with those they need, and the modules to import.
func prelude(uses map[string]bool, version engine.Python) (code string, modules []string) {
	addNeeds(uses)
	for name := range uses {
		if !isSection(name) {
			modules = append(modules, name)
		}
	}
	slices.Sort(modules)
	var b strings.Builder
	for _, s := range sections() {
		if uses[s.name] {
			b.WriteString(s.code(uses, version))
		}
	}
	return b.String(), modules
}

// addNeeds adds to uses what those sections need, and so on.
func addNeeds(uses map[string]bool) {
	for again := true; again; {
		again = false
		for _, s := range sections() {
			for _, need := range s.needs {
				if uses[s.name] && !uses[need] {
					uses[need], again = true, true
				}
			}
		}
	}
}

func (s section) code(uses map[string]bool, version engine.Python) string {
	var b strings.Builder
	for _, line := range s.lines {
		if code, flag, marked := strings.Cut(line, "  #? "); marked {
			if !kept(strings.Fields(flag), uses, version) {
				continue
			}
			line = code + "\n"
		}
		b.WriteString(line)
	}
	return b.String()
}

// kept reports whether a line with a flag is a part of the program.
func kept(flag []string, uses map[string]bool, version engine.Python) bool {
	if len(flag) == 1 {
		return uses[flag[0]]
	}
	first, _ := engine.ParsePython(flag[1])
	return (flag[0] == "since") == (version <= first) // newer ones come first
}

var defined = source.NewPattern(`(?m)^(?:(?:async )?def|class) (\w+)|^(\w+) =`)

// reservedNames returns the names that names of a scenario must not clash with: Python's, the prelude's and the
// exporter's.
func reservedNames() map[string]bool {
	names := map[string]bool{}
	for _, m := range defined.Regexp().FindAllStringSubmatch(preludeText, -1) {
		names[m[1]+m[2]] = true
	}
	for _, word := range slices.Concat(strings.Fields(pythonNames), engine.ErrorTypes()) {
		names[word] = !slices.Contains(ownErrors, word)
	}
	return names
}

// pythonNames lists Python's keywords, the built-in names and modules that programs use, and names of the exporter.
const pythonNames = `False None True and as assert async await break class continue def del elif else except finally for
from global if import in is lambda nonlocal not or pass raise return try while with match case
abs all any bool callable dict enumerate filter float getattr hasattr id int isinstance iter len list map max min next
object open print range repr reversed round set sorted str sum super tuple type vars zip
StopIteration StopAsyncIteration
asyncio base64 contextvars datetime decimal fractions functools heapq itertools json math os re selectors statistics sys time
loop pool UNTIL LIMIT WATCHED STARTED CLOCK_START SEED main before after start error index it nth acc args steps`

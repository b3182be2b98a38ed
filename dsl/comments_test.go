package dsl

import (
	"strings"
	"testing"

	"runloop/dsl/check"
	"runloop/dsl/yaml"
)

// comments holds comments as people write them after a value.
var comments = []string{
	"# plain", "#", "# it's fine", "# don't say \"no\"", "# 'n' is \"m\"", "# `${n}` is shown", "# ${…} keeps its type", "# n == 2: yes",
	"# TODO(me): later", "## loud ##", "# 50 %, $5, {n}", "# rock 'n' roll", "# \u00fcber",
}

// TestPlainComments checks that no comment after a line of a correct scenario is taken for a part of its text.
func TestPlainComments(t *testing.T) {
	files := corpus(t)
	for _, name := range check.SortedNames(files) {
		if _, err := Load(name, files[name]); err != nil || strings.Contains(string(files[name]), "|") {
			continue
		}
		for _, comment := range comments {
			lines := strings.Split(string(files[name]), "\n")
			for i, line := range lines {
				if line != "" && !strings.Contains(line, "#") && !strings.HasSuffix(line, ":") {
					lines[i] = line + " " + comment
				}
			}
			for _, d := range Check(name, []byte(strings.Join(lines, "\n"))) {
				if d.Code == yaml.CodeHash || d.Code == yaml.CodeIndicator {
					t.Fatalf("%s with %q: %s", name, comment, d.Message)
				}
			}
		}
	}
}

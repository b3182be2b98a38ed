package dsl

import (
	"embed"
	"io/fs"
	"slices"
	"strings"

	"runloop/dsl/source"
)

// codeFiles holds the examples of the pages. A test checks that CODE.yaml gives exactly the diagnostic CODE, and
// CODE.fixed.yaml none.
//
//go:embed testdata/codes/*.yaml testdata/codes/lib/*.yaml
var codeFiles embed.FS

// exampleFolder returns where the examples find the files that they include.
func exampleFolder() Folder {
	files, _ := fs.Sub(codeFiles, "testdata/codes") // the path is valid
	return Folder{FS: files}
}

// CodeNamed returns the code of that name, in upper or lower case. ok is false if there is none.
func CodeNamed(name string) (c Code, ok bool) {
	name = strings.ToUpper(name)
	i, ok := slices.BinarySearchFunc(Codes, name, func(c Code, name string) int { return strings.Compare(c.Code, name) })
	if !ok {
		return Code{}, false
	}
	return Codes[i], true
}

// examples returns a scenario that has the problem, and one without it. Both are empty for a code whose examples would
// be too large to read.
func (c Code) examples() (wrong, right string) {
	read := func(name string) string {
		data, err := codeFiles.ReadFile("testdata/codes/" + name)
		if err != nil {
			return ""
		}
		return string(data)
	}
	return read(c.Code + ".yaml"), read(c.Code + ".fixed.yaml")
}

// Page explains a code in Markdown, under a heading of the level: what it means, why, a scenario that has the problem
// with its diagnostic, and one without it.
func (c Code) Page(level int) string {
	var b strings.Builder
	b.WriteString(strings.Repeat("#", level) + " " + c.Code + ": " + c.Meaning + "\n\n")
	if c.Severity == source.SeverityWarning {
		b.WriteString("A warning. ")
	}
	b.WriteString(c.Help + "\n")
	wrong, right := c.examples()
	if wrong == "" {
		return b.String()
	}
	src, diags := exampleFolder().Check("scenario.yaml", []byte(wrong))
	var found strings.Builder
	for _, d := range diags {
		found.WriteString(src.Format(d))
	}
	// Fences with `yml` differ from those of the scenarios that the documentation tests run.
	b.WriteString("\nWrong:\n\n```yml\n" + visible(wrong) + "```\n")
	for i := 1; i < src.Parts(); i++ {
		included, _, _ := src.Part(i)
		b.WriteString("\nwith `" + included.Name() + "`:\n\n```yml\n" + string(included.Bytes()) + "```\n")
	}
	b.WriteString("\n```text\n" + found.String() + "```\n")
	b.WriteString("\nRight:\n\n```yml\n" + right + "```\n")
	return b.String()
}

// visible returns text with every invisible character made visible.
func visible(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = source.Printable(line)
	}
	return strings.Join(lines, "\n")
}

// codesDoc returns the pages of all codes as one Markdown document.
func codesDoc() string {
	var b strings.Builder
	b.WriteString(codesIntro)
	for _, c := range Codes {
		b.WriteString("\n" + c.Page(2))
	}
	return b.String()
}

const codesIntro = `# Diagnostics

What ` + "`runloop validate`" + ` can find, by code. Codes are stable: a code keeps its meaning, and is never given
to another problem. ` + "`runloop explain RL0107`" + ` prints one of these pages.

- ` + "`RL00xx`" + `: the file and its YAML. ` + "`RL01xx`" + `: its structure. ` + "`RL02xx`" + `: expressions.
- ` + "`RL03xx`" + `: names and control flow. ` + "`RL04xx`" + `: types and values.
- ` + "`RL05xx`" + `: warnings about what runs, but most likely not as it was meant.

A comment ` + "`# runloop: ignore RL0504`" + ` hides the warnings of that code on its line, or on the next
line where the comment stands alone; several codes are separated by spaces. Errors cannot be hidden so: a file
with one does not run. ` + "`--disable RL0504`" + ` leaves a code out of one report, of whatever severity. ` + "`runloop validate --fix`" + ` mends what has one answer.

This file is made from the table in ` + "`dsl/codes.go`" + ` and the files in ` + "`dsl/testdata/codes`" + `.
`

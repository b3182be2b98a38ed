package dsl

import (
	"flag"
	"math/rand/v2"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	jsonschema "github.com/santhosh-tekuri/jsonschema/v6"

	"runloop/dsl/check"
	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// go test ./dsl -run FuzzLines -timeout 0 -args -lines 1000000 -first 1 -slow 500ms
var (
	linesCount = flag.Uint64("lines", 500, "how many files FuzzLines changes line by line")
	linesFirst = flag.Uint64("first", 1, "the seed of the first of them")
	linesSlow  = flag.Duration("slow", 0, "how long each may take at most; 0: any time")
)

// FuzzLines changes scenarios line by line, as a tired person with an editor would, and puts parts of one into
// another. Each result is checked, run twice, exported and mended, and must not panic. Those that run must satisfy the
// schema.
func FuzzLines(f *testing.F) {
	m := newMixer(f)
	schema := compileSchema(f)
	for i := range *linesCount {
		f.Add(*linesFirst + i)
	}
	f.Fuzz(func(t *testing.T, seed uint64) {
		src := m.file(seed)
		defer func() {
			if p := recover(); p != nil {
				t.Errorf("panic: %v\n%s", p, debug.Stack()) // the other files go on
			}
			if t.Failed() {
				t.Logf("the file of seed %d:\n%s", seed, src)
			}
		}()
		if *linesSlow == 0 {
			allStages(t, src, schema)
		} else if d := quickest(func() { allStages(t, src, schema) }); d > *linesSlow {
			t.Errorf("it takes %v", d)
		}
	})
}

// quickest returns how long f takes. If that is too long, it tries again and returns the shortest time, because the
// machine may be busy.
func quickest(f func()) (d time.Duration) {
	for i := 0; i < 5 && (i == 0 || d > *linesSlow); i++ {
		start := time.Now()
		f()
		if took := time.Since(start); i == 0 || took < d {
			d = took
		}
	}
	return d
}

// allStages does everything with a file that can be done with one.
func allStages(t *testing.T, src []byte, schema *jsonschema.Schema) {
	t.Helper()
	diags := Check("fuzz.yaml", src)
	if mended, n := MendAll("fuzz.yaml", src); n > 0 {
		if !isBetter(mended, src) {
			t.Errorf("%d fixes make nothing better:\n%s", n, mended)
		}
		runTwice(t, mended)
	}
	if diags.HasErrors() {
		return
	}
	runTwice(t, src)
	s, err := Load("fuzz.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	for _, virtual := range []bool{false, true} {
		_, _ = s.Python(PythonOptions{Virtual: virtual}) // an error only says that something has no counterpart
	}
	if err := schema.Validate(instance(rootOf(src))); err != nil {
		t.Errorf("it runs, but the schema says %v", err)
	}
}

func rootOf(src []byte) *yaml.Node {
	root, _ := yaml.Parse(source.NewSource("fuzz.yaml", src), &source.Diagnostics{})
	return root
}

// mixer makes new files from parts of the corpus.
type mixer struct {
	files  [][]string // each as its lines
	tokens [][]string // of each
	*rand.Rand
}

func newMixer(f *testing.F) *mixer {
	all := corpus(f, "testdata/codes/*.yaml")
	m := &mixer{}
	for _, name := range check.SortedNames(all) {
		text := string(all[name])
		if !token.MatchString(text) {
			continue
		}
		m.files = append(m.files, strings.Split(text, "\n"))
		m.tokens = append(m.tokens, token.FindAllString(text, -1))
	}
	return m
}

// token is a word, a number, a text in quotes, an operator or a mark.
var token = regexp.MustCompile(`[\pL_][\pL\d_]*|[\d.]+[a-z]*|"[^"\n]*"|'[^'\n]*'|\$\{|[&|=.<>!]{2}|[^\s\pL\d]`)

// file returns the file of a seed.
func (m mixer) file(seed uint64) []byte {
	m.Rand = rand.New(rand.NewPCG(seed, 0))
	lines := slices.Clone(pick(&m, m.files))
	for range 1 + m.IntN(3) {
		if len(lines) > 0 {
			lines = pick(&m, changes)(&m, lines, m.IntN(len(lines)))
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

func pick[T any](m *mixer, list []T) T { return list[m.IntN(len(list))] }

// changes holds the ways to change the lines of a file at line i.
var changes = []func(m *mixer, lines []string, i int) []string{
	deleteLine, deleteBlock, doubleLine, doubleBlock, swapLines, swapLines, indentLine, indentBlock,
	replaceToken, replaceToken, replaceToken, deleteToken, spliceBlock, spliceBlock, spliceBlock,
}

func deleteLine(_ *mixer, lines []string, i int) []string { return slices.Delete(lines, i, i+1) }

func deleteBlock(_ *mixer, lines []string, i int) []string {
	return slices.Delete(lines, i, blockEnd(lines, i))
}

func doubleLine(_ *mixer, lines []string, i int) []string { return slices.Insert(lines, i, lines[i]) }

func doubleBlock(_ *mixer, lines []string, i int) []string {
	return slices.Insert(lines, i, slices.Clone(lines[i:blockEnd(lines, i)])...)
}

// swapLines swaps a line with the next or with any other one.
func swapLines(m *mixer, lines []string, i int) []string {
	j := min(i+1, len(lines)-1)
	if m.IntN(2) == 0 {
		j = m.IntN(len(lines))
	}
	lines[i], lines[j] = lines[j], lines[i]
	return lines
}

func indentLine(m *mixer, lines []string, i int) []string {
	lines[i] = indented(lines[i], m.IntN(9)-4)
	return lines
}

func indentBlock(m *mixer, lines []string, i int) []string {
	by := m.IntN(9) - 4
	for j := range lines[i:blockEnd(lines, i)] {
		lines[i+j] = indented(lines[i+j], by)
	}
	return lines
}

// replaceToken puts a token of any file in the place of one in the line.
func replaceToken(m *mixer, lines []string, i int) []string {
	return changeToken(m, lines, i, pick(m, pick(m, m.tokens)))
}

func deleteToken(m *mixer, lines []string, i int) []string { return changeToken(m, lines, i, "") }

func changeToken(m *mixer, lines []string, i int, with string) []string {
	if at := token.FindAllStringIndex(lines[i], -1); len(at) > 0 {
		where := pick(m, at)
		lines[i] = lines[i][:where[0]] + with + lines[i][where[1]:]
	}
	return lines
}

// spliceBlock inserts a block of any file before the line, with the line's indentation. Half the time it replaces the
// line's own block.
func spliceBlock(m *mixer, lines []string, i int) []string {
	donor := pick(m, m.files)
	from := m.IntN(len(donor))
	block := slices.Clone(donor[from:blockEnd(donor, from)])
	by := depth(lines[i]) - depth(block[0])
	for j := range block {
		block[j] = indented(block[j], by)
	}
	if m.IntN(2) == 0 {
		lines = deleteBlock(m, lines, i)
	}
	return slices.Insert(lines, i, block...)
}

// blockEnd returns the line after line i and the deeper ones below it.
func blockEnd(lines []string, i int) int {
	end := i + 1
	for end < len(lines) && (depth(lines[end]) > depth(lines[i]) || strings.TrimSpace(lines[end]) == "") {
		end++
	}
	return end
}

// depth returns how many spaces a line begins with.
func depth(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// indented returns a line with by more spaces at its beginning.
func indented(line string, by int) string {
	return strings.Repeat(" ", max(depth(line)+by, 0)) + strings.TrimLeft(line, " ")
}

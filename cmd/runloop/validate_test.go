package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// hundredLines returns a scenario of a hundred lines.
func hundredLines() []byte {
	var b strings.Builder
	b.WriteString("runloop: 1\nshared: { total: 0 }\ncoroutines:\n")
	for i := range 9 {
		fmt.Fprintf(&b, `  c%d:
    params: { name: string, delay: number }
    do:
      - let: { x: "${delay * 2}" }
      - repeat: 3
        as: i
        do:
          - print: "${name}: ${i} of ${x}"
          - sleep: ${delay}
      - set: { total: "${total + 1}" }
`, i)
	}
	b.WriteString("workers:\n")
	for i := range 7 {
		fmt.Fprintf(&b, "  w%d: { call: c%d, with: { name: a, delay: %d } }\n", i, i, i+1)
	}
	b.WriteString("main:\n  - call: c7\n    with: { name: a, delay: 1 }\n  - call: c8\n    with: { name: a, delay: 1 }\n")
	return []byte(b.String())
}

// scenarioFiles writes n files of a hundred lines.
func scenarioFiles(t testing.TB, n int) string {
	dir := t.TempDir()
	for i := range n {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%04d.yaml", i)), hundredLines(), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// BenchmarkValidate1000Files validates 1,000 files of 100 lines. It should take less than one second on two cores.
func BenchmarkValidate1000Files(b *testing.B) {
	dir := scenarioFiles(b, 1000)
	for b.Loop() {
		if code, out, _ := inProcess(nil, "validate", dir); code != exitOK {
			b.Fatal(out)
		}
	}
}

func BenchmarkValidateFile(b *testing.B) {
	file := filepath.Join(scenarioFiles(b, 1), "0000.yaml")
	for b.Loop() {
		if code, out, _ := inProcess(nil, "validate", file); code != exitOK {
			b.Fatal(out)
		}
	}
}

// BenchmarkValidateProcess starts a process for one file. It should take less than 20 ms.
func BenchmarkValidateProcess(b *testing.B) {
	file := filepath.Join(scenarioFiles(b, 1), "0000.yaml")
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		cmd := exec.Command(exe, "validate", file)
		cmd.Args[0] = "runloop" // testscript.Main runs the command by this name
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
	}
}

// TestFixKeepsMode: the mended file keeps its mode, and a file that cannot be replaced stays unchanged.
func TestFixKeepsMode(t *testing.T) {
	const wrong = "runloop: 1\nmain: [ { sleep: 5 seconds } ]\n"
	dir := t.TempDir()
	file := filepath.Join(dir, "a.yaml")
	if err := os.WriteFile(file, []byte(wrong), 0o640); err != nil {
		t.Fatal(err)
	}
	if code, out, stderr := inProcess(nil, "validate", "--fix", file); code != exitOK {
		t.Fatalf("exit code %d\n%s%s", code, out, stderr)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if os.Getuid() == 0 {
		return // root can write to every folder
	}
	if err := os.WriteFile(file, []byte(wrong), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700)
	code, _, stderr := inProcess(nil, "validate", "--fix", file)
	data, _ := os.ReadFile(file)
	if code != exitUsage || string(data) != wrong || !strings.Contains(stderr, "cannot write") {
		t.Errorf("exit code %d, %s\n%s", code, stderr, data)
	}
}

func TestPatternRegexp(t *testing.T) {
	for _, tc := range []struct {
		pattern   string
		yes, nope []string
	}{
		{"*.yaml", []string{"a.yaml", ".yaml"}, []string{"a.yml", "d/a.yaml", "ayaml"}},
		{"d/**/*.yaml", []string{"d/a.yaml", "d/e/f/a.yaml"}, []string{"a.yaml", "de/a.yaml"}},
		{"**/a.yaml", []string{"a.yaml", "d/e/a.yaml"}, []string{"ba.yaml"}},
		{"d/**", []string{"d/a", "d/e/a"}, []string{"da"}},
		{"a?[0-9].y[!x]ml", []string{"ab1.yaml"}, []string{"a1.yaml", "ab1.yxml", "a/1.yaml"}},
		{"a[.yaml", []string{"a[.yaml"}, []string{"a.yaml"}},
		{"a[]b", []string{"a[]b"}, nil},
		{`[\d]x`, []string{`\x`, "dx"}, []string{"1x"}},
	} {
		re := regexp.MustCompile(patternRegexp(tc.pattern))
		for _, s := range tc.yes {
			if !re.MatchString(s) {
				t.Errorf("%s does not match %s", tc.pattern, s)
			}
		}
		for _, s := range tc.nope {
			if re.MatchString(s) {
				t.Errorf("%s matches %s", tc.pattern, s)
			}
		}
	}
}

package scenariotest_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"runloop/scenariotest"
)

// TestBundled also serves as the example: a test of a folder of scenarios is one line.
func TestBundled(t *testing.T) { scenariotest.Run(t, "../scenarios") }

// TestFolder runs the folder that the environment names. The tests below run it in a separate process.
func TestFolder(t *testing.T) {
	dir := os.Getenv("SCENARIOS")
	if dir == "" {
		t.Skip("it is for the other tests")
	}
	scenariotest.Run(t, dir)
}

// inFolder runs TestFolder over some files.
func inFolder(t *testing.T, files map[string]string, args ...string) (dir, output string, ok bool) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, append([]string{"-test.run=^TestFolder$", "-test.v"}, args...)...)
	cmd.Env = append(os.Environ(), "SCENARIOS="+dir)
	out, err := cmd.CombinedOutput()
	return dir, string(out), err == nil
}

func TestRun(t *testing.T) {
	const prints = "runloop: 1\nmain: [ { print: a } ]\n"
	for _, tc := range []struct {
		name  string
		files map[string]string
		args  []string
		ok    bool
		want  []string
	}{
		{"passes", map[string]string{"a.yaml": prints, "deep/b.yml": prints, "c.yaml": "x: 1"}, nil, true,
			[]string{"--- PASS: TestFolder/a ", "--- PASS: TestFolder/deep/b "}},
		{"fails", map[string]string{"a.yaml": prints + "expect: { that: now == 1 }\n"}, nil, false,
			[]string{"--- FAIL: TestFolder/a ", "a.yaml:3:17: failed: `now == 1` does not hold: now is 0.0"}},
		{"another output", map[string]string{"a.yaml": prints, "a.out": "b\n"}, nil, false, []string{"-b", "+a"}},
		{"broken", map[string]string{"a.yaml": "runloop: 1\nmian: []\n"}, nil, false, []string{"did you mean `main`?"}},
		{"empty", map[string]string{"c.yaml": "x: 1"}, nil, false, []string{"there is no scenario in it"}},
		{"update", map[string]string{"a.yaml": prints, "a.out": "b\n"}, []string{"-runloop.update"}, true, []string{"updated "}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir, output, ok := inFolder(t, tc.files, tc.args...)
			if ok != tc.ok {
				t.Errorf("passed: %v", ok)
			}
			for _, want := range tc.want {
				if !strings.Contains(output, want) {
					t.Errorf("want %q", want)
				}
			}
			if data, _ := os.ReadFile(filepath.Join(dir, "a.out")); tc.name == "update" && string(data) != "a\n" {
				t.Errorf("a.out is %q", data)
			}
			if t.Failed() {
				t.Log(output)
			}
		})
	}
}

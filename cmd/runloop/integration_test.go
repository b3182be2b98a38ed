package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// shellStep is a step of action.yml that runs a script.
type shellStep struct {
	name, script string
	env          map[string]string // variable to input
}

var (
	stepName  = regexp.MustCompile(`^ *- name: (.*)$`)
	stepInput = regexp.MustCompile(`^ *([A-Z]+): \$\{\{ inputs\.([a-z]+) \}\}$`)
	inputKey  = regexp.MustCompile(`(?m)^  ([a-z]+):\n    description:.*\n    default: (.*)$`)
)

// shellSteps reads the steps of action.yml that have scripts.
func shellSteps(text string) []shellStep {
	var steps []shellStep
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		line := lines[i]
		if m := stepName.FindStringSubmatch(line); m != nil {
			steps = append(steps, shellStep{name: m[1], env: map[string]string{}})
		}
		if len(steps) == 0 {
			continue
		}
		step := &steps[len(steps)-1]
		if m := stepInput.FindStringSubmatch(line); m != nil {
			step.env[m[1]] = m[2]
		}
		if margin, ok := strings.CutSuffix(line, "run: |"); ok {
			for i++; i < len(lines) && strings.HasPrefix(lines[i], margin+"  "); i++ {
				step.script += lines[i] + "\n"
			}
			i--
		}
	}
	return steps
}

// actionRun runs the shell steps of action.yml in a folder, as GitHub does, until one fails.
func actionRun(t *testing.T, dir, temp string, inputs map[string]string) (failed, out string) {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]string{}
	for _, m := range inputKey.FindAllStringSubmatch(string(text), -1) {
		given[m[1]] = strings.Trim(m[2], `"`)
	}
	for name, value := range inputs {
		if _, ok := given[name]; !ok {
			t.Fatalf("action.yml has no input %s", name)
		}
		given[name] = value
	}
	steps := shellSteps(string(text))
	if len(steps) != 3 {
		t.Fatalf("action.yml has %d steps with scripts", len(steps))
	}
	for _, step := range steps {
		if step.name == "SARIF" && given["sarif"] == "" {
			continue
		}
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.script)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GITHUB_ACTIONS=true", "GITHUB_ACTION_PATH="+root, "RUNNER_TEMP="+temp)
		for name, input := range step.env {
			cmd.Env = append(cmd.Env, name+"="+given[input])
		}
		text, err := cmd.CombinedOutput()
		out += string(text)
		if err != nil {
			return step.name, out
		}
	}
	return "", out
}

// TestAction runs the steps that action.yml runs on GitHub.
func TestAction(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it takes bash")
	}
	dir, temp := t.TempDir(), t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("good one.yaml", "runloop: 1\nmain: [ { print: hello } ]\n")
	write("other.yaml", "on: push\n")
	if failed, out := actionRun(t, dir, temp, nil); failed != "" || !strings.Contains(out, "1 file: 0 errors") {
		t.Errorf("%s failed:\n%s", failed, out)
	}
	write("bad.yaml", "runloop: 1\nmain: [ { sleep: 5 seconds } ]\n")
	sarif := filepath.Join(temp, "out.sarif")
	failed, out := actionRun(t, dir, temp, map[string]string{"sarif": sarif})
	if failed != "Validate" || !strings.Contains(out, "::error file=bad.yaml,line=2,") {
		t.Errorf("%q failed:\n%s", failed, out)
	}
	if data, err := os.ReadFile(sarif); err != nil || !strings.Contains(string(data), `"ruleId": "RL0111"`) {
		t.Errorf("SARIF: %v\n%s", err, data)
	}
	failed, out = actionRun(t, dir, temp,
		map[string]string{"paths": "good one.yaml\n*d.yaml", "flags": "--disable=RL0111\n\n--color=never"})
	if failed != "" || !strings.Contains(out, "2 files: 0 errors") {
		t.Errorf("%q failed:\n%s", failed, out)
	}
	if failed, out = actionRun(t, dir, temp, map[string]string{"paths": "none*.yaml", "sarif": sarif}); failed != "SARIF" {
		t.Errorf("%q failed:\n%s", failed, out)
	}
}

// TestPreCommitHooks runs the entries of the hooks as pre-commit does, with the names of files appended.
func TestPreCommitHooks(t *testing.T) {
	text, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	entries := regexp.MustCompile(`(?m)^  entry: runloop (.*)$`).FindAllStringSubmatch(string(text), -1)
	if len(entries) != 3 {
		t.Fatalf("there are %d entries", len(entries))
	}
	dir := t.TempDir()
	bad, other := filepath.Join(dir, "bad.yaml"), filepath.Join(dir, "other.yaml")
	files := map[string]string{bad: "runloop: 1\nmain: [ { sleep: 5 seconds } ]\n", other: "on: push\n"}
	for file, text := range files {
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{
		"1 file: 1 error, 0 warnings\n", "", "1 file: 0 errors, 0 warnings; fixed 1 problem in 1 file\n",
	} {
		args := append(strings.Fields(entries[i][1]), bad, other)
		code, out, stderr := inProcess(nil, args...)
		if stderr != want || (code == exitOK) != (i > 0) {
			t.Errorf("%s: exit code %d\n%s%s", args, code, out, stderr)
		}
	}
}

// TestReadmeSetUps checks what the README says about shells, editors and CI. Its lines for Neovim are run by
// .ci/check-editors.
func TestReadmeSetUps(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(text), "\n## In your shell, editor and CI\n")
	part, _, _ := strings.Cut(after, "\n## ")
	blocks := map[string][]string{}
	for _, m := range regexp.MustCompile("(?ms)^```(\\w+)\n(.*?)^```$").FindAllStringSubmatch(part, -1) {
		blocks[m[1]] = append(blocks[m[1]], m[2])
		if n := strings.Count(m[2], "\n"); n != 3 {
			t.Errorf("a set-up has %d lines:\n%s", n, m[2])
		}
	}
	if len(blocks["sh"]) != 1 || len(blocks["lua"]) != 1 || len(blocks["json"]) != 1 || len(blocks["yml"]) != 2 {
		t.Fatalf("the set-ups are %v", blocks)
	}

	for line := range strings.Lines(blocks["sh"][0]) {
		command, _, _ := strings.Cut(line, " >")
		args := strings.Fields(command)[1:]
		code, out, stderr := inProcess(nil, args...)
		if code != exitOK || !strings.Contains(out, "__complete") {
			t.Errorf("%s: exit code %d\n%s", command, code, stderr)
		}
		shell, err := exec.LookPath(args[1])
		if err != nil {
			continue // this machine lacks that shell
		}
		check := exec.Command(shell, "-n")
		check.Stdin = strings.NewReader(out)
		if message, err := check.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", command, err, message)
		}
	}

	var settings map[string]map[string]string
	if err := json.Unmarshal([]byte(blocks["json"][0]), &settings); err != nil {
		t.Fatal(err)
	}
	for schema := range settings["yaml.schemas"] {
		if _, err := os.Stat(filepath.Join("../..", schema)); err != nil {
			t.Error(err)
		}
	}

	action, err := os.ReadFile("../../action.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(\w+): `).FindAllStringSubmatch(between(blocks["yml"][0], "with: {", "}"), -1) {
		if !strings.Contains(string(action), "\n  "+m[1]+":\n") {
			t.Errorf("the action has no input %s", m[1])
		}
	}
	hooks, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`id: ([\w-]+)`).FindAllStringSubmatch(blocks["yml"][1], -1) {
		if !strings.Contains(string(hooks), "- id: "+m[1]+"\n") {
			t.Errorf("there is no hook %s", m[1])
		}
	}
}

// between returns what stands between two marks.
func between(text, begin, end string) string {
	_, text, _ = strings.Cut(text, begin)
	text, _, _ = strings.Cut(text, end)
	return text
}

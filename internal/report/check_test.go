package report_test

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"runloop/internal/report"
)

// checks returns one of everything: a file without problems, a problem with all fields, one with only a message, and a
// file that cannot be read.
func checks() []report.Check {
	return []report.Check{
		{File: "good.yaml"},
		{File: "a b/ü,1.yaml", Problems: []report.Problem{
			{Code: "RL0002", Message: "the file is empty", Text: "text 1\n"},
			{Code: "RL0111", Place: report.Region{Line: 3, Col: 12, EndLine: 3, EndCol: 21}, Message: "100% \"wrong\" <&>",
				Hint: "did you mean `5s`?", Note: "first here", Other: report.Region{Line: 2, Col: 1, EndLine: 2, EndCol: 1},
				Fix:  &report.Edit{Region: report.Region{Line: 3, Col: 12, EndLine: 3, EndCol: 21}, New: "5s"},
				Text: "text 2\n"},
			{Code: "RL0504", Warning: true, Place: report.Region{Line: 4, Col: 1, EndLine: 6, EndCol: 2}, Message: "unused",
				Text: "text 3\n"},
		}},
		{File: "warned.yaml", Problems: []report.Problem{{Code: "RL0504", Warning: true, Message: "unused", Text: "text 4\n",
			Place: report.Region{Line: 1, Col: 1, EndLine: 1, EndCol: 1}}}},
		{File: "/none.yaml", Unread: "no such file or directory"},
	}
}

var checkRules = []report.Rule{
	{Code: "RL0002", Meaning: "an empty file", Help: "Write something.", Page: "## RL0002\n"},
	{Code: "RL0111", Meaning: "no duration", Help: "Write one.", Page: "## RL0111\n"},
	{Code: "RL0504", Meaning: "an unused name", Help: "Use it.", Page: "## RL0504\n", Warning: true},
}

func TestChecksGitHub(t *testing.T) {
	want := `::error file=a b/ü%2C1.yaml,title=RL0002::the file is empty
::error file=a b/ü%2C1.yaml,line=3,endLine=3,col=12,endColumn=20,title=RL0111::100%25 "wrong" <&>%0Ahint: did you mean ` + "`5s`" + `?%0Anote: line 2: first here
::warning file=a b/ü%2C1.yaml,line=4,endLine=6,title=RL0504::unused
::warning file=warned.yaml,line=1,endLine=1,col=1,endColumn=1,title=RL0504::unused
::error file=/none.yaml::cannot read it: no such file or directory
`
	if got := string(report.ChecksGitHub(checks())); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestChecksJSON(t *testing.T) {
	data, err := report.ChecksJSON(checks(), []string{"b.yaml"})
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		Files, Errors, Warnings, Unreadable int
		LeftOut                             []string `json:"left_out"`
		Problems                            []map[string]any
	}
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(all.Files, all.Errors, all.Warnings, all.Unreadable, len(all.Problems), all.LeftOut); got != "3 2 2 1 5 [b.yaml]" {
		t.Errorf("counts are %s", got)
	}
	want := map[string]any{"file": "a b/ü,1.yaml", "line": 3.0, "col": 12.0, "end_line": 3.0, "end_col": 21.0,
		"code": "RL0111", "severity": "error", "message": "100% \"wrong\" <&>", "hint": "did you mean `5s`?",
		"note": map[string]any{"line": 2.0, "col": 1.0, "message": "first here"},
		"fix":  map[string]any{"line": 3.0, "col": 12.0, "end_line": 3.0, "end_col": 21.0, "new": "5s"}}
	if got := all.Problems[1]; !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%v\nwant\n%v", got, want)
	}
	lines, err := report.ChecksJSONL(checks())
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(lines)), "\n") {
		var got map[string]any
		if err := json.Unmarshal([]byte(line), &got); err != nil || !reflect.DeepEqual(got, all.Problems[i]) {
			t.Errorf("line %d is %s: %v", i+1, line, err)
		}
	}
	if empty, _ := report.ChecksJSON(nil, nil); !strings.Contains(string(empty), `"problems": []`) || !strings.Contains(string(empty), `"left_out": []`) {
		t.Errorf("nothing checked is %s", empty)
	}
}

func TestChecksJUnit(t *testing.T) {
	type testcase struct {
		Name    string `xml:"name,attr"`
		Failure []struct {
			Message string `xml:"message,attr"`
			Text    string `xml:",chardata"`
		} `xml:"failure"`
		Error []struct{} `xml:"error"`
		Out   string     `xml:"system-out"`
	}
	for _, tc := range []struct {
		strict bool
		want   string
	}{
		{false, "4 1 1: good.yaml ok; " +
			"a b/ü,1.yaml failed \"RL0002: the file is empty (and 1 more)\" text 1 text 2 out text 3; " +
			"warned.yaml ok out text 4; /none.yaml error"},
		{true, "4 2 1: good.yaml ok; a b/ü,1.yaml failed \"RL0002: the file is empty (and 2 more)\" text 1 text 2 text 3; " +
			"warned.yaml failed \"line 1: RL0504: unused\" text 4; /none.yaml error"},
	} {
		data, err := report.ChecksJUnit(checks(), tc.strict)
		if err != nil {
			t.Fatal(err)
		}
		var suites struct {
			Tests    int `xml:"tests,attr"`
			Failures int `xml:"failures,attr"`
			Errors   int `xml:"errors,attr"`
			Suites   []struct {
				Cases []testcase `xml:"testcase"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal(data, &suites); err != nil {
			t.Fatal(err)
		}
		var said []string
		for _, c := range suites.Suites[0].Cases {
			text := c.Name
			switch {
			case len(c.Error) > 0:
				text += " error"
			case len(c.Failure) > 0:
				f := c.Failure[0]
				text += fmt.Sprintf(" failed %q %s", f.Message, strings.Join(strings.Fields(f.Text), " "))
			default:
				text += " ok"
			}
			if c.Out != "" {
				text += " out " + strings.TrimSpace(c.Out)
			}
			said = append(said, text)
		}
		got := fmt.Sprintf("%d %d %d: %s", suites.Tests, suites.Failures, suites.Errors, strings.Join(said, "; "))
		if got != tc.want {
			t.Errorf("got\n%s\nwant\n%s", got, tc.want)
		}
	}
}

// TestChecksSARIF checks the log against the schema published by OASIS, and for what readers need besides.
func TestChecksSARIF(t *testing.T) {
	text, err := os.ReadFile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	data, err := report.ChecksSARIF(checks(), checkRules, "1.2.3")
	if err != nil {
		t.Fatal(err)
	}
	var log any
	if err := json.Unmarshal(data, &log); err != nil {
		t.Fatal(err)
	}
	for _, problem := range (schemaCheck{schema}).value(schema, log, "log") {
		t.Error(problem)
	}
	// Make sure that the check itself can fail.
	broken := strings.NewReplacer(`"startLine": 3`, `"startLine": 0`, `"level": "error"`, `"level": "bad"`,
		`"ruleId"`, `"rule"`)
	var wrong any
	if err := json.Unmarshal([]byte(broken.Replace(string(data))), &wrong); err != nil {
		t.Fatal(err)
	}
	if found := (schemaCheck{schema}).value(schema, wrong, "log"); len(found) < 3 {
		t.Errorf("a broken log has only these problems: %q", found)
	}
	var uris []string
	for _, m := range regexp.MustCompile(`"uri": "([^"]*)"`).FindAllStringSubmatch(string(data), -1) {
		if !slices.Contains(uris, m[1]) {
			uris = append(uris, m[1])
		}
	}
	if got := strings.Join(uris, " "); got != "file:///none.yaml a%20b/%C3%BC,1.yaml warned.yaml" {
		t.Errorf("the files are %s", got)
	}
}

// schemaCheck validates the part of JSON Schema draft 4 that SARIF's schema uses, except formats.
type schemaCheck struct{ root map[string]any }

// value returns what is wrong with a value.
func (c schemaCheck) value(schema map[string]any, v any, at string) []string {
	if ref, ok := schema["$ref"].(string); ok {
		name := strings.TrimPrefix(ref, "#/definitions/")
		return c.value(c.root["definitions"].(map[string]any)[name].(map[string]any), v, at)
	}
	var found []string
	fail := func(format string, args ...any) { found = append(found, at+": "+fmt.Sprintf(format, args...)) }
	if !hasType(schema["type"], v) {
		fail("%v is not of type %v", v, schema["type"])
		return found
	}
	if enum, ok := schema["enum"].([]any); ok && !contains(enum, v) {
		fail("%v is none of %v", v, enum)
	}
	if n, ok := v.(float64); ok {
		if least, ok := schema["minimum"].(float64); ok && n < least {
			fail("%v is below %v", n, least)
		}
		if most, ok := schema["maximum"].(float64); ok && n > most {
			fail("%v is above %v", n, most)
		}
	}
	if s, ok := v.(string); ok {
		if pattern, ok := schema["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(s) {
			fail("%q does not match %v", s, pattern)
		}
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		if list, ok := schema[key].([]any); ok && !c.any(list, v, at) {
			fail("none of %s holds for %v", key, v)
		}
	}
	switch v := v.(type) {
	case map[string]any:
		found = append(found, c.object(schema, v, at)...)
	case []any:
		if least, ok := schema["minItems"].(float64); ok && len(v) < int(least) {
			fail("it has %d items, at least %v are needed", len(v), least)
		}
		for i, item := range v {
			if items, ok := schema["items"].(map[string]any); ok {
				found = append(found, c.value(items, item, fmt.Sprintf("%s[%d]", at, i))...)
			}
			if schema["uniqueItems"] == true && contains(v[:i], item) {
				fail("item %d stands twice", i)
			}
		}
	}
	return found
}

func (c schemaCheck) any(list []any, v any, at string) bool {
	for _, s := range list {
		if len(c.value(s.(map[string]any), v, at)) == 0 {
			return true
		}
	}
	return false
}

func (c schemaCheck) object(schema, v map[string]any, at string) []string {
	var found []string
	required, _ := schema["required"].([]any)
	for _, name := range required {
		if _, ok := v[name.(string)]; !ok {
			found = append(found, fmt.Sprintf("%s: it has no %v", at, name))
		}
	}
	known, _ := schema["properties"].(map[string]any)
	for name, member := range v {
		if s, ok := known[name].(map[string]any); ok {
			found = append(found, c.value(s, member, at+"."+name)...)
		} else if schema["additionalProperties"] == false {
			found = append(found, at+": there is no "+name)
		}
	}
	return found
}

func contains(list []any, v any) bool {
	for _, x := range list {
		if reflect.DeepEqual(x, v) {
			return true
		}
	}
	return false
}

func hasType(types, v any) bool {
	switch types := types.(type) {
	case []any:
		for _, t := range types {
			if hasType(t, v) {
				return true
			}
		}
		return false
	case string:
		switch v := v.(type) {
		case nil:
			return types == "null"
		case string:
			return types == "string"
		case bool:
			return types == "boolean"
		case float64:
			return types == "number" || types == "integer" && v == float64(int64(v))
		case []any:
			return types == "array"
		case map[string]any:
			return types == "object"
		}
	}
	return types == nil
}

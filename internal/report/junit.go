package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// JUnit XML. Each file is a test case. Checks have no times, so that the report does not depend on the machine.
type (
	junitSuites struct {
		XMLName  xml.Name   `xml:"testsuites"`
		Name     string     `xml:"name,attr"`
		Tests    int        `xml:"tests,attr"`
		Failures int        `xml:"failures,attr"`
		Errors   int        `xml:"errors,attr"`
		Time     string     `xml:"time,attr,omitempty"`
		Suite    junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Errors   int         `xml:"errors,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Time     string      `xml:"time,attr,omitempty"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name      string        `xml:"name,attr"`
		ClassName string        `xml:"classname,attr"`
		File      string        `xml:"file,attr"`
		Time      string        `xml:"time,attr,omitempty"`
		Skipped   *struct{}     `xml:"skipped"` // the test was not run
		Error     *junitProblem `xml:"error"`   // the file could not be read or run
		Failure   *junitProblem `xml:"failure"` // the file has errors, or the test failed
		Out       *junitText    `xml:"system-out"`
	}
	junitProblem struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
	junitText struct {
		Text string `xml:",chardata"`
	}
)

// ChecksJUnit returns checks as JUnit XML. Each file is a test that fails if the file has errors or, if strict is set,
// warnings. Otherwise warnings are the output of the test.
func ChecksJUnit(checks []Check, strict bool) ([]byte, error) {
	const name = "runloop validate"
	s := junitSuite{Name: name, Tests: len(checks)}
	for _, c := range checks {
		x := junitCase{Name: c.File, ClassName: name, File: c.File}
		switch failed, passed := c.split(strict); {
		case c.Unread != "":
			s.Errors++
			x.Error = &junitProblem{Message: c.Unread, Type: "unreadable"}
		case c.Defect != "":
			s.Errors++
			first, _, _ := strings.Cut(c.Defect, "\n")
			x.Error = &junitProblem{Message: first, Type: Broken.String(), Text: c.Defect}
		case len(failed) > 0:
			s.Failures++
			x.Failure = &junitProblem{Message: summary(failed), Type: failed[0].Code, Text: texts(failed)}
			fallthrough
		default:
			if len(passed) > 0 {
				x.Out = &junitText{Text: texts(passed)}
			}
		}
		s.Cases = append(s.Cases, x)
	}
	return s.encode()
}

// encode returns a suite as a complete file.
func (s *junitSuite) encode() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	enc := xml.NewEncoder(&b)
	enc.Indent("", "  ")
	err := enc.Encode(junitSuites{
		Name: s.Name, Tests: s.Tests, Failures: s.Failures, Errors: s.Errors, Time: s.Time, Suite: *s,
	})
	b.WriteByte('\n')
	return b.Bytes(), err
}

// split separates the problems that make a check fail from the others.
func (c *Check) split(strict bool) (failed, passed []Problem) {
	for _, p := range c.Problems {
		if p.Warning && !strict {
			passed = append(passed, p)
		} else {
			failed = append(failed, p)
		}
	}
	return failed, passed
}

// summary returns the first of some problems, and how many there are.
func summary(list []Problem) string {
	p := list[0]
	text := fmt.Sprintf("%s: %s", p.Code, p.Message)
	if p.Place.Line > 0 {
		of := ""
		if p.File != "" {
			of = " of " + p.File
		}
		text = fmt.Sprintf("line %d%s: %s", p.Place.Line, of, text)
	}
	if n := len(list) - 1; n > 0 {
		text += fmt.Sprintf(" (and %d more)", n)
	}
	return text
}

func texts(list []Problem) string {
	var b strings.Builder
	for _, p := range list {
		b.WriteString(p.Text)
	}
	return b.String()
}

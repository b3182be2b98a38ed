package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
)

// JUnit XML: a file is a test case. Checks have no times, so that they do not depend on the machine.
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
		Skipped   *struct{}     `xml:"skipped"` // it was not run
		Error     *junitProblem `xml:"error"`   // it could not be read, or not be run
		Failure   *junitProblem `xml:"failure"` // it has errors, or has failed
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

// ChecksJUnit is checks as JUnit XML: a file is a test, which fails where it has errors; strict: or warnings, which
// otherwise are its output.
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

// encode is a suite as a whole file.
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

// summary is the first of some problems, and how many there are.
func summary(list []Problem) string {
	p := list[0]
	text := fmt.Sprintf("%s: %s", p.Code, p.Message)
	if p.Place.Line > 0 {
		text = fmt.Sprintf("line %d: %s", p.Place.Line, text)
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

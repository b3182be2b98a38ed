package report

import (
	"bytes"
	"cmp"
	"encoding/json"
)

// Check is the result of checking one file, for the formats that programs read. The command prints the text format
// itself.
type Check struct {
	File     string
	Unread   string // why the file could not be read; empty if it was
	Refused  string // why it is not run with what the flags give; empty if it is
	Defect   string // the defect of runloop that ended the check; empty if none did
	Problems []Problem
}

// Problem is one diagnostic of a file.
type Problem struct {
	Code    string
	Warning bool   // else an error
	File    string // in which Place is; empty: the one that was checked
	Place   Region
	Marked  string // the text of the file at Place; may be empty
	Message string
	Hint    string // how to mend it; may be empty
	Note    string // about a second place; may be empty
	Other   Region // the second place
	// OtherFile is the file in which Other is; empty: the one that was checked.
	OtherFile string
	Fix       *Edit  // nil if no repair is certain
	Text      string // the whole diagnostic as text, with its line of the file
}

// Region is a part of a file. Lines and columns count from 1, columns in characters, and EndCol is just after the last
// character. The zero Region is the whole file.
type Region struct{ Line, Col, EndLine, EndCol int }

// Edit replaces a region by a text.
type Edit struct {
	Region
	New string
}

// Rule describes a code.
type Rule struct {
	Code    string
	Meaning string // in a few words
	Help    string // in sentences
	Page    string // all of it, in Markdown
	Warning bool   // else an error
}

// unchecked says why the file could not be checked, or returns "" if it was.
func (c *Check) unchecked() string {
	if c.Unread != "" {
		return "cannot read it: " + c.Unread
	}
	if c.Refused != "" {
		return c.Refused
	}
	return c.Defect
}

func (p *Problem) severity() string {
	if p.Warning {
		return "warning"
	}
	return "error"
}

// advice returns the message with the hint.
func (p *Problem) advice() string {
	if p.Hint == "" {
		return p.Message
	}
	return p.Message + "; " + p.Hint
}

// The JSON of a check. Places are 0 if a problem is about the whole file; absent values are null.
type (
	problemJSON struct {
		File     string    `json:"file"`
		Line     int       `json:"line"`
		Col      int       `json:"col"`
		EndLine  int       `json:"end_line"`
		EndCol   int       `json:"end_col"` // just after the last character
		Code     string    `json:"code"`    // empty if the file could not be read
		Severity string    `json:"severity"`
		Message  string    `json:"message"`
		Hint     *string   `json:"hint"`
		Note     *noteJSON `json:"note"`
		Fix      *fixJSON  `json:"fix"`
	}
	noteJSON struct {
		File    string `json:"file,omitempty"` // where it is another one than the problem's
		Line    int    `json:"line"`
		Col     int    `json:"col"`
		Message string `json:"message"`
	}
	fixJSON struct {
		Line    int    `json:"line"`
		Col     int    `json:"col"`
		EndLine int    `json:"end_line"`
		EndCol  int    `json:"end_col"`
		New     string `json:"new"`
	}
	checksJSON struct {
		Files      int           `json:"files"`
		Errors     int           `json:"errors"`
		Warnings   int           `json:"warnings"`
		Unreadable int           `json:"unreadable"`
		Broken     int           `json:"broken"`   // files whose check a defect of runloop ended
		LeftOut    []string      `json:"left_out"` // files without a line that begins with "runloop:"
		Problems   []problemJSON `json:"problems"`
	}
)

func problemsJSON(checks []Check) checksJSON {
	all := checksJSON{LeftOut: []string{}, Problems: []problemJSON{}}
	for _, c := range checks {
		if text := c.unchecked(); text != "" {
			all.Problems = append(all.Problems, problemJSON{File: c.File, Severity: "error", Message: text})
		}
		switch {
		case c.Unread != "":
			all.Unreadable++
			continue
		case c.Defect != "":
			all.Broken++
			continue
		}
		all.Files++
		for i := range c.Problems {
			p := &c.Problems[i]
			if p.Warning {
				all.Warnings++
			} else {
				all.Errors++
			}
			all.Problems = append(all.Problems, p.json(c.File))
		}
	}
	return all
}

func (p *Problem) json(file string) problemJSON {
	x := problemJSON{File: cmp.Or(p.File, file), Line: p.Place.Line, Col: p.Place.Col, EndLine: p.Place.EndLine, EndCol: p.Place.EndCol,
		Code: p.Code, Severity: p.severity(), Message: p.Message}
	if p.Hint != "" {
		x.Hint = &p.Hint
	}
	if p.Note != "" {
		x.Note = &noteJSON{File: p.noteFile(file), Line: p.Other.Line, Col: p.Other.Col, Message: p.Note}
	}
	if f := p.Fix; f != nil {
		x.Fix = &fixJSON{Line: f.Line, Col: f.Col, EndLine: f.EndLine, EndCol: f.EndCol, New: f.New}
	}
	return x
}

// noteFile returns the file of the second place in a check of a file, or "" if it is that of the first.
func (p *Problem) noteFile(checked string) string {
	if p.OtherFile == p.File {
		return ""
	}
	return cmp.Or(p.OtherFile, checked)
}

// ChecksJSON returns checks as one JSON object, with a line break at its end. leftOut names the files that were not checked because
// they are no scenarios.
func ChecksJSON(checks []Check, leftOut []string) ([]byte, error) {
	all := problemsJSON(checks)
	all.LeftOut = append(all.LeftOut, leftOut...)
	return Encode(all, "  ")
}

// ChecksJSONL returns the problems of checks as JSON objects, one per line.
func ChecksJSONL(checks []Check) ([]byte, error) {
	var all []byte
	for _, p := range problemsJSON(checks).Problems {
		line, err := Encode(p, "")
		if err != nil {
			return nil, err
		}
		all = append(all, line...)
	}
	return all, nil
}

// Encode returns a value as JSON, with a line break at its end. With an indent it has a line for each value.
func Encode(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	err := enc.Encode(v)
	return b.Bytes(), err
}

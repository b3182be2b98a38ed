package report

import (
	"cmp"
	"net/url"
	"path/filepath"
	"strings"
)

// The parts of SARIF 2.1.0 that we write. The names are the standard's.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Invocations []sarifInvocation `json:"invocations"`
		ColumnKind  string            `json:"columnKind"`
		Results     []sarifResult     `json:"results"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	// The program and its rules have no web address, so informationUri and helpUri are left out, and the rules contain
	// their pages.
	sarifDriver struct {
		Name            string      `json:"name"`
		Version         string      `json:"version"`
		FullDescription sarifText   `json:"fullDescription"`
		Rules           []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID               string    `json:"id"`
		ShortDescription sarifText `json:"shortDescription"`
		FullDescription  sarifText `json:"fullDescription"`
		Help             sarifText `json:"help"`
		Configuration    struct {
			Level string `json:"level"`
		} `json:"defaultConfiguration"`
	}
	sarifText struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown,omitempty"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
	}
	sarifResult struct {
		RuleID    string          `json:"ruleId"`
		RuleIndex int             `json:"ruleIndex"`
		Level     string          `json:"level"`
		Message   sarifText       `json:"message"`
		Locations []sarifLocation `json:"locations"`
		Related   []sarifLocation `json:"relatedLocations,omitempty"`
		Fixes     []sarifFix      `json:"fixes,omitempty"`
	}
	sarifLocation struct {
		ID       int           `json:"id,omitempty"`
		Message  *sarifText    `json:"message,omitempty"`
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn"`
		EndLine     int `json:"endLine"`
		EndColumn   int `json:"endColumn"` // just after the last character

		Snippet *sarifSnippet `json:"snippet,omitempty"`
	}
	sarifSnippet struct {
		Text string `json:"text"`
	}
	sarifFix struct {
		Description sarifText     `json:"description"`
		Changes     []sarifChange `json:"artifactChanges"`
	}
	sarifChange struct {
		Artifact     sarifArtifact      `json:"artifactLocation"`
		Replacements []sarifReplacement `json:"replacements"`
	}
	sarifReplacement struct {
		Deleted  sarifRegion `json:"deletedRegion"`
		Inserted struct {
			Text string `json:"text"`
		} `json:"insertedContent"`
	}
)

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// ChecksSARIF returns checks as SARIF 2.1.0, which code scanning accepts. rules are all rules in the order of their
// codes. version is the program's version and begins with a number.
func ChecksSARIF(checks []Check, rules []Rule, version string) ([]byte, error) {
	run := sarifRun{ColumnKind: "unicodeCodePoints", Results: []sarifResult{},
		Invocations: []sarifInvocation{{Successful: true}}}
	run.Tool.Driver = sarifDriver{Name: "runloop", Version: version,
		FullDescription: sarifText{Text: "Checks scenarios of concurrent behaviour without running them."}}
	index := map[string]int{}
	for i, r := range rules {
		index[r.Code] = i
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, r.sarif())
	}
	for _, c := range checks {
		artifact := sarifArtifact{URI: fileURI(c.File)}
		if text := c.unchecked(); text != "" {
			inv := &run.Invocations[0]
			inv.Successful = false
			inv.Notifications = append(inv.Notifications, sarifNotification{Level: "error",
				Message:   sarifText{Text: text},
				Locations: []sarifLocation{{Physical: sarifPhysical{Artifact: artifact}}}})
		}
		for i := range c.Problems {
			x := c.Problems[i].sarif(c.File)
			x.RuleIndex = index[x.RuleID]
			run.Results = append(run.Results, x)
		}
	}
	return Encode(sarifLog{Schema: sarifSchema, Version: "2.1.0", Runs: []sarifRun{run}}, "  ")
}

func (r *Rule) sarif() sarifRule {
	x := sarifRule{ID: r.Code, ShortDescription: sarifText{Text: sentence(r.Meaning)},
		FullDescription: sarifText{Text: r.Help}, Help: sarifText{Text: r.Help, Markdown: r.Page}}
	x.Configuration.Level = "error"
	if r.Warning {
		x.Configuration.Level = "warning"
	}
	return x
}

func (p *Problem) sarif(checked string) sarifResult {
	file := sarifArtifact{URI: fileURI(cmp.Or(p.File, checked))}
	x := sarifResult{RuleID: p.Code, Level: p.severity(), Message: sarifText{Text: sentence(p.advice())},
		Locations: []sarifLocation{{Physical: sarifPhysical{Artifact: file, Region: p.Place.sarif()}}}}
	if p.Marked != "" {
		x.Locations[0].Physical.Region.Snippet = &sarifSnippet{Text: p.Marked}
	}
	if p.Note != "" {
		x.Related = []sarifLocation{{ID: 1, Message: &sarifText{Text: sentence(p.Note)},
			Physical: sarifPhysical{Artifact: sarifArtifact{URI: fileURI(cmp.Or(p.OtherFile, checked))}, Region: p.Other.sarif()}}}
	}
	if p.Fix != nil {
		r := sarifReplacement{Deleted: *p.Fix.sarif()}
		r.Inserted.Text = p.Fix.New
		x.Fixes = []sarifFix{{Description: sarifText{Text: "Write \"" + p.Fix.New + "\"."},
			Changes: []sarifChange{{Artifact: file, Replacements: []sarifReplacement{r}}}}}
	}
	return x
}

// sarif returns the region for SARIF. The whole file becomes its beginning.
func (r Region) sarif() *sarifRegion {
	if r.Line == 0 {
		return &sarifRegion{StartLine: 1, StartColumn: 1, EndLine: 1, EndColumn: 1}
	}
	return &sarifRegion{StartLine: r.Line, StartColumn: r.Col, EndLine: r.EndLine, EndColumn: r.EndCol}
}

// sentence returns text with a full stop, unless it already ends like a sentence.
func sentence(text string) string {
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// fileURI returns a file's name as a URI, which is relative if the name is.
func fileURI(name string) string {
	path := filepath.ToSlash(name)
	if filepath.IsAbs(name) {
		if !strings.HasPrefix(path, "/") {
			path = "/" + path // C:/…
		}
		return (&url.URL{Scheme: "file", Path: path}).String()
	}
	return (&url.URL{Path: path}).String()
}

// Package page makes the report of a run: one HTML file that needs nothing else, in which the run can be followed turn by
// turn, forwards and back, with the source, the ladder, the timeline, the output and the variables side by side.
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the parts of the page
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"strings"

	"runloop/internal/trace"
)

var (
	//go:embed page.html
	frame string
	//go:embed page.css
	style string
	//go:embed page.js
	script string
	//go:embed index.html
	indexFrame string
)

// MaxTurns is how many turns a page shows at most.
const MaxTurns = 20000

// Options says what a page shows beside the run.
type Options struct {
	From, To int    // the turns of trace.Run.Turns that it shows; To 0: up to the last
	Last     bool   // of too many turns the last ones are shown, not the first
	Setup    string // how the run is set up, as flags; empty: as the file says
	Problems string // what went wrong, in lines
	Failed   bool   // the run was a test, and failed
	Lines    []int  // where in the file the expectations stand that were not met
	Graph    []byte // SVG of who waits for whom at the end; nil: it is not shown
	GraphAlt string // the same in words
}

// Report is the page about a run.
func Report(r *trace.Run, o Options) ([]byte, error) {
	d := gather(r, o)
	var b bytes.Buffer
	enc := json.NewEncoder(&b) // escapes <, > and &: no text can end the element that it stands in
	if err := enc.Encode(d); err != nil {
		return nil, fmt.Errorf("the page about %s: %w", r.File, err)
	}
	return fill(frame, "{{title}}", html.EscapeString(d.Name+" – a run"), "{{graph}}", graph(o), "{{data}}",
		strings.TrimSpace(b.String())), nil
}

// graph is the section with the picture of who waits for whom: an image, which brings its own style and can do nothing.
func graph(o Options) string {
	if len(o.Graph) == 0 {
		return ""
	}
	return `<section id="waits"><h2 id="h-waits">Who waits for whom at the end</h2>` + "\n" +
		`<div class="scroll" tabindex="0" role="region" aria-labelledby="h-waits"><img alt="` + html.EscapeString(lines(o.GraphAlt)) +
		`" src="data:image/svg+xml;base64,` + base64.StdEncoding.EncodeToString(o.Graph) + `"></div></section>` + "\n"
}

// fill puts style, script, the policy that allows only those two, and the other parts into a frame.
func fill(frame string, parts ...string) []byte {
	policy := "default-src 'none'; style-src " + hash(style) + "; script-src " + hash(script) +
		"; img-src data:; base-uri 'none'; form-action 'none'"
	parts = append(parts, "{{policy}}", policy, "{{style}}", style, "{{script}}", script)
	return []byte(strings.NewReplacer(parts...).Replace(frame))
}

func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

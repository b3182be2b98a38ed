package page_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"runloop/internal/page"
	"runloop/internal/trace"
	"runloop/internal/trace/tracetest"
	"runloop/scenarios"
)

func report(t testing.TB, r *trace.Run, o page.Options) []byte {
	t.Helper()
	p, err := page.Report(r, o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// shown is the part of a page's data that the tests read.
type shown struct {
	Name    string
	LeftOut string
	Steps   []struct {
		N, W, B, L int
		C          string
		D          [][2]any
		Y          []string
	}
	Lanes []struct {
		N string
		S [][]any
	}
	Vars []struct {
		N string
		S [][]any
	}
	Output [][2]any
}

var script = regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`)

func dataOf(t testing.TB, p []byte) shown {
	t.Helper()
	var d shown
	if err := json.Unmarshal(script.FindSubmatch(p)[1], &d); err != nil {
		t.Fatal(err)
	}
	return d
}

// TestBundled: of every bundled scenario the page is the same each time, every line of the output is in it, and a turn is made
// ready before it comes.
func TestBundled(t *testing.T) {
	for _, name := range scenarios.Names() {
		p := report(t, tracetest.Bundled(t, name), page.Options{})
		if !bytes.Equal(p, report(t, tracetest.Bundled(t, name), page.Options{})) {
			t.Errorf("%s: two pages differ", name)
		}
		d := dataOf(t, p)
		out, _ := scenarios.Output(name)
		if want := bytes.Count(out, []byte("\n")); len(d.Output) != want {
			t.Errorf("%s: %d lines of output, not %d", name, len(d.Output), want)
		}
		for i, s := range d.Steps {
			if s.B > 2*i {
				t.Errorf("%s: step %d is made ready at mark %d", name, i, s.B)
			}
		}
		for _, l := range d.Lanes {
			last := 0.0
			for _, s := range l.S {
				if s[1].(float64) < last || s[2].(float64) <= s[1].(float64) {
					t.Errorf("%s: lane %s has the span %v after mark %v", name, l.N, s, last)
				}
				last = s[2].(float64)
			}
		}
	}
}

// TestSteps: what the page says about a turn.
func TestSteps(t *testing.T) {
	d := dataOf(t, report(t, tracetest.Bundled(t, "event-loop"), page.Options{}))
	for _, s := range d.Steps {
		if s.N != 11 {
			continue
		}
		text := s.C
		for _, x := range s.D {
			text += "; " + x[1].(string)
		}
		if want := "Task-1 goes on; prints “[09:33] Task-1: Completed Iteration: 2”; prints “[09:33] Task-1: Waiting for 3.0 seconds...”; " +
			"sleeps until 9 s"; text != want {
			t.Errorf("turn 11 is\n%s\nnot\n%s", text, want)
		}
		if len(s.Y) == 0 {
			t.Error("turn 11 has no reason")
		}
	}
}

// TestOverwritten: an assignment from what was read before somebody else assigned it is marked, others are not.
func TestOverwritten(t *testing.T) {
	d := dataOf(t, report(t, tracetest.Bundled(t, "lost-update"), page.Options{}))
	over := 0
	for _, v := range d.Vars {
		for _, c := range v.S {
			if c[2] == "over" {
				over++
			}
		}
	}
	if over != 1 {
		t.Errorf("%d assignments are marked, not 1", over)
	}
}

// TestPolicy: a page's policy allows its own style and script, and nothing from outside; text of it is never markup.
func TestPolicy(t *testing.T) {
	for name, p := range map[string][]byte{"report": report(t, tracetest.Bundled(t, "shield"), page.Options{}), "index": page.Index(nil),
		"measured": page.Measured("m", []page.Part{{Heading: "h", Picture: []byte("<svg/>"), Text: "t"}})} {
		policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindSubmatch(p)
		if policy == nil || !bytes.HasPrefix(policy[1], []byte("default-src 'none'; ")) {
			t.Fatalf("%s: no policy that forbids everything", name)
		}
		for _, part := range regexp.MustCompile(`(?s)<(?:style|script)>(.*?)</(?:style|script)>`).FindAllSubmatch(p, -1) {
			sum := sha256.Sum256(part[1])
			if hash := "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !bytes.Contains(policy[1], []byte(hash)) {
				t.Errorf("%s: the policy %s lacks %s", name, policy[1], hash)
			}
		}
		if at := regexp.MustCompile(`(?:src|href)="(?:https?:)?//|url\(|@import`).Find(p); at != nil {
			t.Errorf("%s: it refers to something outside: %s", name, at)
		}
	}
	js, err := os.ReadFile("page.js")
	if err != nil {
		t.Fatal(err)
	}
	if at := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|Function\(|Math\.random|Date`).Find(js); at != nil {
		t.Errorf("page.js uses %s", at)
	}
	if n := bytes.Count(js, []byte("\n")); n > 400 {
		t.Errorf("page.js has %d lines: more than 400", n)
	}
}

// TestHostile: texts of a scenario cannot leave the element that they stand in, are cut off, and hide nothing.
func TestHostile(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	text := "runloop: 1\nname: '</script><script>alert(1)</script>'\nmain:\n" +
		"  - spawn: { call: w }\n    name: ']]></title><!--'\n  - print: \"</script>\\u202e\\u0007 " + long + "\"\n" +
		"coroutines: { w: { do: [ { sleep: 1s } ] } }\n"
	p := report(t, tracetest.Load(t, "<b>&\".yaml", []byte(text)), page.Options{Problems: "</script>\n<!--"})
	if n := bytes.Count(p, []byte("</script")); n != 2 {
		t.Errorf("%d scripts end", n)
	}
	if bytes.Contains(p, []byte("<!--")) || bytes.Contains(p, []byte("alert(1)</")) || len(p) > 100_000 {
		t.Errorf("a page of %d bytes has markup of the scenario's", len(p))
	}
	d := dataOf(t, p)
	if line := d.Output[0][1].(string); !strings.HasPrefix(line, "</script>⟨U+202E⟩⟨U+0007⟩ xxx") || !strings.HasSuffix(line, "more characters)") {
		t.Errorf("the output is %.100s", line)
	}
}

// TestLong: of a run that is too long a part is shown, and the page says which.
func TestLong(t *testing.T) {
	text := "runloop: 1\nshared: { n: 0 }\nmain:\n  - repeat: 30000\n    do:\n      - set: { n: \"${n + 1}\" }\n      - sleep: 1s\n"
	r := tracetest.Load(t, "long.yaml", []byte(text))
	first := dataOf(t, report(t, r, page.Options{}))
	if !strings.HasPrefix(first.LeftOut, "Shown are 20000 of ") || len(first.Steps) > page.MaxTurns {
		t.Errorf("%d steps: %s", len(first.Steps), first.LeftOut)
	}
	last := dataOf(t, report(t, r, page.Options{Last: true}))
	if end := last.Steps[len(last.Steps)-1]; !strings.HasPrefix(end.C, "the run has ended") {
		t.Errorf("the last step is %s", end.C)
	}
	from, to := r.Between(5e9, 6e9)
	part := dataOf(t, report(t, r, page.Options{From: from, To: to}))
	if len(part.Steps) != 4 || part.LeftOut == "" {
		t.Errorf("from 5 s to 6 s there are %d steps", len(part.Steps))
	}
}

// TestIndex: what failed is first, with a link; names are text.
func TestIndex(t *testing.T) {
	p := string(page.Index([]page.Test{
		{Name: "good.yaml", Verdict: "passed"},
		{Name: "<script>.yaml", Verdict: "failed", Ended: "completed at 1 s", Text: "a <b>\n-x\n+y\n", Page: "a.html"},
		{Name: "wrong.yaml", Verdict: "broken", Text: "wrong.yaml:1:1: no"},
	}))
	for _, want := range []string{"1 failed, 1 broken, 1 passed", `<a href="a.html"><bdi>&lt;script&gt;.yaml</bdi></a>`, "a &lt;b&gt;\n-x\n+y", "wrong.yaml:1:1: no", "<bdi>good.yaml</bdi> passed"} {
		if !strings.Contains(p, want) {
			t.Errorf("the index lacks %q", want)
		}
	}
}

// TestMeasured: pictures of statistics are images, texts are text, and parts with nothing in them are left out.
func TestMeasured(t *testing.T) {
	p := string(page.Measured("<b> {{parts}}", []page.Part{
		{Heading: "<i>", Picture: []byte("<svg/>"), Alt: "a \"b\" <script>", Text: "</pre><script>\nx  y\n"},
		{Heading: "nothing"},
		{Heading: "words", Text: "1 & 2"},
	}))
	for _, want := range []string{
		"<title>&lt;b&gt; {{parts}}</title>", "<h2>&lt;i&gt;</h2>", `<img alt="a &#34;b&#34; &lt;script&gt;" src="data:image/svg+xml;base64,PHN2Zy8+">`,
		"&lt;/pre&gt;&lt;script&gt;\nx  y</pre>", "<h2>words</h2>", ">1 &amp; 2</pre>",
	} {
		if !strings.Contains(p, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(p, "nothing") || strings.Contains(p, "<script>") {
		t.Error("a part with nothing in it is shown, or text is markup")
	}
}

// BenchmarkReport makes the page of a run of about 20,000 turns.
func BenchmarkReport(b *testing.B) {
	r := tracetest.Load(b, "long.yaml", []byte("runloop: 1\nmain:\n  - repeat: 10000\n    do:\n      - print: hello\n      - sleep: 1s\n"))
	for b.Loop() {
		report(b, r, page.Options{})
	}
}

// TestGraph: the picture of a deadlock is an image of the page; its words are text.
func TestGraph(t *testing.T) {
	r := tracetest.Bundled(t, "shield")
	p := report(t, r, page.Options{Graph: []byte("<svg/>"), GraphAlt: "a \"waits\" <script>"})
	want := `<img alt="a &#34;waits&#34; &lt;script&gt;" src="data:image/svg+xml;base64,PHN2Zy8+">`
	if !bytes.Contains(p, []byte(want)) {
		t.Errorf("the page has no %s", want)
	}
	if p := report(t, r, page.Options{}); bytes.Contains(p, []byte("<img")) || bytes.Contains(p, []byte("{{")) {
		t.Error("a page without a deadlock has a picture")
	}
}

package picture

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode"
)

// wellFormed fails the test if a picture is no well-formed XML, or refers to anything outside it.
func wellFormed(t *testing.T, name string, picture []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(picture))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		e, ok := token.(xml.StartElement)
		if ok && (e.Name.Local == "script" || e.Name.Local == "foreignObject" || e.Name.Local == "image") {
			t.Errorf("%s: has <%s>", name, e.Name.Local)
		}
		for _, a := range e.Attr {
			if id := a.Value; a.Name.Local == "id" && id != "t" && id != "d" && id != "a" && id != "e" {
				t.Errorf("%s: has id %q", name, id)
			}
			if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
				t.Errorf("%s: has %s=%q", name, a.Name.Local, a.Value)
			}
		}
	}
}

// hostile is names that try to break out.
var hostile = []string{
	"<script>alert(1)</script>", "]]>", `"><g onload="x"`, "&amp;&lt;", "a\x00b\x1b[31mred", "\u202eevil\u2066", "名前が長い任務です", "🧵👩‍👩‍👧",
	"e\u0301", "\xff\xfe", "\ufffe\uffff", strings.Repeat("x", 10_000), strings.Repeat("長", 10_000), "line\nbreak\ttab\r", "",
}

func TestHostile(t *testing.T) {
	s := newSVG(1000)
	for i, name := range hostile {
		s.begin(name)
		s.label(plain, 10, float64(20*i+20), 100, atStart, name)
		s.turned(bold, 300, float64(20*i+20), 60, name)
		s.taskBox(500, float64(20*i+20), 24, 18, name)
		s.end()
	}
	picture := s.bytes(page{Title: hostile[0] + hostile[1], Desc: clean(strings.Join(hostile[:11], " ")), Height: 400})
	wellFormed(t, "hostile", picture)
	for _, r := range string(picture) {
		if r != '\n' && (r < ' ' || unicode.Is(unicode.Cf, r) && r != 0x200d) {
			t.Errorf("%q is in the picture", r)
		}
	}
	if len(picture) > 60_000 {
		t.Errorf("%d bytes", len(picture))
	}
}

// TestClip: what is clipped fits, and is clipped only where it does not fit.
func TestClip(t *testing.T) {
	for _, f := range []font{plain, bold, heading, small, tiny, mono, inBox} {
		for _, text := range hostile {
			text = clean(text)
			for _, most := range []float64{20, 60, 200} {
				got, cut := f.clip(text, most)
				if w := f.width(got); w > most || cut != (f.width(text) > most) {
					t.Errorf("%q clipped to %q, %v wide, cut %v", text, got, w, cut)
				}
			}
			for _, most := range []int{3, 10} {
				if got := clipCells(text, most, "…"); textCells(got) > most {
					t.Errorf("%q clipped to %q", text, got)
				}
			}
		}
	}
	for _, text := range []string{"Task-1: sleep ends", "Task-1 goes on"} {
		if got, cut := chip.clip(text, 104); cut {
			t.Errorf("%q is clipped to %q", text, got)
		}
	}
}

// TestTheme: one file serves light and dark screens, or is fixed to one.
func TestTheme(t *testing.T) {
	both, dark, light := Style(""), Style("dark"), Style("light")
	if !strings.Contains(both, "#ffffff") || !strings.Contains(both, "prefers-color-scheme:dark") || !strings.Contains(both, "#0d1117") {
		t.Error("the style is not both")
	}
	if strings.Contains(dark, "--bg:#ffffff") || strings.Contains(dark, "@media") || strings.Contains(light, "@media") {
		t.Error("a theme is not fixed")
	}
}

// TestLegend: only what was drawn is explained, in lines that fit.
func TestLegend(t *testing.T) {
	s := newSVG(400)
	for _, l := range legends {
		l.draw(s, 20, 20)
	}
	if h := s.legend(10, 40, 380); h < 60 {
		t.Errorf("the legend of all marks is %v high", h)
	}
	few := newSVG(400)
	few.diamond(10, 10)
	few.legend(10, 40, 380)
	if text := string(few.body); strings.Contains(text, "callback") || !strings.Contains(text, "the loop itself") {
		t.Errorf("the legend of a diamond is %s", text)
	}
	for m, drawn := range s.drawn {
		if !drawn {
			t.Errorf("mark %d does not say that it is drawn", m)
		}
	}
}

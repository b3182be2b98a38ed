package picture

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// Faults is what is wrong in the layout of a picture, for tests: no well-formed XML, text over text, anything outside.
func Faults(picture []byte) []string {
	var c checker
	d := xml.NewDecoder(bytes.NewReader(picture))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return []string{err.Error()}
		}
		c.see(token)
	}
	c.overlaps()
	return c.faults
}

// checker reads a picture.
type checker struct {
	width, height float64
	open          []string // the elements
	text          textBox
	texts         []textBox
	faults        []string
}

type textBox struct {
	area
	x, y   float64
	anchor string
	font   font
	text   string
	turned bool
}

func (c *checker) see(token xml.Token) {
	switch e := token.(type) {
	case xml.StartElement:
		c.open = append(c.open, e.Name.Local)
		c.begin(e)
	case xml.EndElement:
		c.open = c.open[:len(c.open)-1]
		if e.Name.Local == "text" {
			c.measure()
		}
	case xml.CharData:
		if n := len(c.open); n > 0 && c.open[n-1] == "text" {
			c.text.text += string(e)
		}
	}
}

func (c *checker) begin(e xml.StartElement) {
	value := func(name string) string {
		for _, a := range e.Attr {
			if a.Name.Local == name {
				return a.Value
			}
		}
		return ""
	}
	number := func(name string) float64 {
		x, _ := strconv.ParseFloat(value(name), 64)
		return x
	}
	switch e.Name.Local {
	case "svg":
		c.width, c.height = number("width"), number("height")
	case "rect":
		c.inside("rect", area{x1: number("x"), y1: number("y"), x2: number("x") + number("width"), y2: number("y") + number("height")})
	case "circle":
		r := number("r")
		c.inside("circle", area{x1: number("cx") - r, y1: number("cy") - r, x2: number("cx") + r, y2: number("cy") + r})
	case "text":
		c.text = textBox{x: number("x"), y: number("y"), anchor: value("text-anchor"), font: fontOf(value("class")), turned: value("transform") != ""}
	}
}

// fontOf is the font with that class.
func fontOf(class string) font {
	for _, f := range []font{plain, bold, heading, instant, small, tiny, note, alarm, chip, mono, stale, inBox, waiting, overBar} {
		if f.class == class {
			return f
		}
	}
	return plain
}

// measure finds where a text is, once it has been read.
func (c *checker) measure() {
	t := &c.text
	w := t.font.width(t.text)
	switch t.anchor {
	case string(atMiddle):
		t.x1 = t.x - w/2
	case string(atEnd):
		t.x1 = t.x - w
	default:
		t.x1 = t.x
	}
	t.x2, t.y1, t.y2 = t.x1+w, t.y-0.74*t.font.size, t.y+0.2*t.font.size
	if t.turned {
		t.x1, t.x2, t.y1, t.y2 = t.x-0.74*t.font.size, t.x+0.2*t.font.size, t.y-w, t.y
	}
	c.inside("text "+strconv.Quote(t.text), t.area)
	if strings.TrimSpace(t.text) != "" {
		c.texts = append(c.texts, *t)
	}
}

func (c *checker) inside(what string, a area) {
	const slack = 0.2 // numbers are rounded
	if a.x1 < -slack || a.y1 < -slack || a.x2 > c.width+slack || a.y2 > c.height+slack {
		c.faults = append(c.faults, fmt.Sprintf("%s from (%.0f, %.0f) to (%.0f, %.0f) is outside", what, a.x1, a.y1, a.x2, a.y2))
	}
}

// overlaps compares each text with those that are not below it.
func (c *checker) overlaps() {
	slices.SortStableFunc(c.texts, func(a, b textBox) int { return cmp.Compare(a.y1, b.y1) })
	for i, a := range c.texts {
		for _, b := range c.texts[i+1:] {
			if b.y1 >= a.y2-0.5 {
				break
			}
			if a.x1 < b.x2-0.5 && b.x1 < a.x2-0.5 {
				c.faults = append(c.faults, fmt.Sprintf("%q at (%.0f, %.0f) and %q at (%.0f, %.0f) overlap", a.text, a.x, a.y, b.text, b.x, b.y))
			}
		}
	}
}

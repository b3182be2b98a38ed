// Package format lays a scenario out: one layout for every file. It reads the bytes as they are written, and says
// which to change; nothing is encoded anew. What it writes is a fixed point of prettier at width 120.
package format

import (
	"bytes"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// Edits returns the edits that lay a file out, in the order of the file; none overlap. at is where the file could not be
// read, -1 if it could: then it is no YAML that a scenario may be written in, and there are no edits.
func Edits(src *source.Source) (edits []source.Fix, at int) {
	p, at := printed(src)
	if at >= 0 {
		return nil, at
	}
	return p.edits, -1
}

// EditsIn returns the edits that lay out what stands around a span, as little as can be laid out on its own.
func EditsIn(src *source.Source, sp source.Span) (edits []source.Fix, at int) {
	p, at := printed(src)
	if at >= 0 {
		return nil, at
	}
	around := source.Span{Start: 0, End: len(src.Data)}
	for _, it := range p.items {
		isLess := it.End-it.Start < around.End-around.Start
		if it.was == it.is && it.Start <= sp.Start && sp.End <= it.End && isLess {
			around = it.Span
		}
	}
	for _, e := range p.edits {
		if around.Start <= e.Span.Start && e.Span.End <= around.End {
			edits = append(edits, e)
		}
	}
	return edits, -1
}

func printed(src *source.Source) (*printer, int) {
	d, at := read(src)
	if at >= 0 {
		return nil, at
	}
	(&shortener{src.Data}).record(d.root, syntax.TopKeys)
	p := &printer{data: src.Data, at: src.Lines[0]}
	p.document(d)
	for i := range p.items {
		it := &p.items[i]
		it.was = it.Start - src.Lines[src.LineAt(it.Start)-1]
	}
	return p, -1
}

// Apply returns data with edits applied, which must be in order and not overlap.
func Apply(data []byte, edits []source.Fix) []byte {
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		out.Write(data[at:e.Span.Start])
		out.WriteString(e.New)
		at = e.Span.End
	}
	out.Write(data[at:])
	return out.Bytes()
}

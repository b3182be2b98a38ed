package source

import "sort"

// part is a source that stands in another one.
type part struct {
	*Source
	offset int // of its first byte
	lines  int // before its first
}

// Join puts sources one behind the other. Spans, lines and texts run through all of them; Pos says which part a place is
// in, and where there. The offsets and lines of the first stay as they are.
func Join(parts []*Source) *Source {
	if len(parts) == 1 {
		return parts[0]
	}
	var data []byte
	list := make([]part, len(parts))
	for i, s := range parts {
		if list[i] = (part{Source: s, offset: len(data)}); i > 0 {
			list[i].lines = list[i-1].lines + len(parts[i-1].Lines)
		}
		data = append(data, s.Data...)
		if i < len(parts)-1 { // so a line is of one part
			data = append(data, '\n')
		}
	}
	joined := NewSource(parts[0].name, data)
	joined.parts = list
	joined.Lines = joined.Lines[:0]
	for _, p := range list {
		for _, at := range p.Lines {
			joined.Lines = append(joined.Lines, p.offset+at)
		}
	}
	return joined
}

// Parts returns how many sources it consists of.
func (s *Source) Parts() int { return max(len(s.parts), 1) }

// Part returns one of the sources that it consists of, and where that begins: the offset of its first byte, and how many
// lines are before it.
func (s *Source) Part(i int) (of *Source, offset, lines int) {
	if len(s.parts) == 0 {
		return s, 0, 0
	}
	return s.parts[i].Source, s.parts[i].offset, s.parts[i].lines
}

// PartAt returns which part an offset is in.
func (s *Source) PartAt(offset int) int {
	return max(sort.Search(len(s.parts), func(i int) bool { return s.parts[i].offset > offset })-1, 0)
}

func (s *Source) partAt(offset int) *part { return &s.parts[s.PartAt(offset)] }

// LinesBefore returns how many lines are before the first of the part that an offset is in.
func (s *Source) LinesBefore(offset int) int {
	if len(s.parts) == 0 {
		return 0
	}
	return s.partAt(offset).lines
}

// First returns the first of the sources that it consists of: the file that was named, which alone is ever rewritten.
func (s *Source) First() *Source {
	first, _, _ := s.Part(0)
	return first
}

// Shifted returns the span moved by so many bytes. What is unknown stays so.
func (s Span) Shifted(by int) Span {
	if s == (Span{}) {
		return s
	}
	return Span{Start: s.Start + by, End: s.End + by}
}

// Shift moves diagnostics of a part into the source that it is part of. What is about the whole part is placed at its
// beginning.
func (ds Diagnostics) Shift(by int) {
	if by == 0 {
		return
	}
	for i := range ds {
		d := &ds[i]
		d.Span = Span{Start: d.Span.Start + by, End: d.Span.End + by}
		if d.Note != "" {
			d.NoteSpan = d.NoteSpan.Shifted(by)
		}
		if d.Fix != (Fix{}) {
			d.Fix.Span = Span{Start: d.Fix.Span.Start + by, End: d.Fix.Span.End + by}
		}
	}
}

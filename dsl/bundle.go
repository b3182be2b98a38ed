package dsl

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"runloop/dsl/check"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/dsl/yaml"
)

// Bundle returns the scenario as one file that includes none: the definitions of the included files stand among its own. Their
// locals and parameters get other names where the scenario has variables or objects of theirs. All else is as it was, comments
// included. The error says why that cannot be written.
func (s *Scenario) Bundle() ([]byte, error) {
	if s.Includes == nil {
		return s.Source.First().Bytes(), nil
	}
	s, err := s.apart()
	if err != nil {
		return nil, err
	}
	b := bundler{src: s.Source, first: s.Source.First(), file: s.File}
	if text := b.first.Text(s.Root.Span); strings.HasPrefix(text, "{") {
		return nil, errors.New("it cannot be bundled: it is written in braces, and what is included is written in lines")
	}
	b.dropInclude()
	for _, key := range []*syntax.Key{syntax.FunctionsKey, syntax.CoroutinesKey, syntax.CallbacksKey} {
		b.section(key)
	}
	data := b.edited()
	f, _, diags := Folder{}.load(b.first.Name(), data)
	for _, d := range diags {
		if d.Code == check.CodeHidden || d.Code == check.CodeLetShared {
			return nil, fmt.Errorf("it cannot be bundled: in one file, %s; give one of them another name", d.Message)
		}
	}
	if diags.HasErrors() || !b.same(f.Source) {
		return nil, errors.New("it cannot be bundled: a definition would be read differently in another file; does it use an anchor of another one?")
	}
	return data, nil
}

// bundler writes a scenario and what it includes as one file.
type bundler struct {
	src   *source.Source // all files
	first *source.Source // the scenario itself
	file  *syntax.File
	edits []source.Fix
	added strings.Builder // sections that the scenario lacks
}

// defined is a definition with its place: its lines, comments above it included, or, in braces, its pair.
type defined struct {
	lines  []string
	indent int
	flow   bool
}

// dropInclude removes the key `include`.
func (b *bundler) dropInclude() {
	v := b.file.Includes
	end := v.Span.End
	for _, item := range v.Items {
		end = max(end, item.Span.End)
	}
	from := b.first.LineAt(b.file.KeySpanOf(syntax.IncludeKey).Start)
	b.replaceLines(from, b.first.LineAt(max(end-1, 0)), "")
}

// replaceLines replaces lines of the scenario, with their line breaks.
func (b *bundler) replaceLines(from, to int, by string) {
	end := len(b.first.Data)
	if to < len(b.first.Lines) {
		end = b.first.Lines[to]
	}
	b.edits = append(b.edits, source.Fix{Span: source.Span{Start: b.first.Lines[from-1], End: end}, New: by})
}

// section adds the included definitions of one kind to those of the scenario.
func (b *bundler) section(key *syntax.Key) {
	const indent = 2
	var text strings.Builder
	own := fieldOf(b.file.Root, key)
	at := indent
	if own != nil && !b.inBraces(own) && len(own.Value.(*syntax.Definitions).Items) > 0 {
		at = b.src.Pos(own.Value.(*syntax.Definitions).Items[0].Name.Span.Start).Col - 1
	}
	for _, f := range b.file.Included {
		field := fieldOf(f.Root, key)
		if field == nil {
			continue
		}
		items := b.definitions(f.Root, field)
		if len(items) > 0 {
			part, _, _ := b.src.Part(b.src.PartAt(field.KeySpan.Start))
			text.WriteString(strings.Repeat(" ", at) + "# from " + part.Name() + "\n")
		}
		for _, d := range items {
			d.write(&text, at)
		}
	}
	switch {
	case text.Len() == 0:
	case own == nil:
		b.added.WriteString(key.Name + ":\n" + text.String())
	case b.inBraces(own):
		var whole strings.Builder
		for _, d := range b.definitions(b.file.Root, own) {
			d.write(&whole, at)
		}
		from, to := b.first.LineAt(own.KeySpan.Start), b.first.LineAt(max(own.Value.Where().End-1, 0))
		b.replaceLines(from, to, key.Name+":\n"+whole.String()+text.String())
	default:
		last := b.lastLine(b.file.Root, own)
		end := len(b.first.Data)
		lead := "\n"
		if last < len(b.first.Lines) {
			end, lead = b.first.Lines[last], ""
		}
		b.edits = append(b.edits, source.Fix{Span: source.Span{Start: end, End: end}, New: lead + text.String()})
	}
}

// fieldOf returns the field of a key with definitions, nil where there is none.
func fieldOf(r *syntax.Record, key *syntax.Key) *syntax.Field {
	for i := range r.Fields {
		if _, ok := r.Fields[i].Value.(*syntax.Definitions); ok && r.Fields[i].Key == key {
			return &r.Fields[i]
		}
	}
	return nil
}

func (b *bundler) inBraces(f *syntax.Field) bool {
	return strings.HasPrefix(b.src.Text(f.Value.Where()), "{")
}

// definitions returns the definitions of a field of a file.
func (b *bundler) definitions(file *syntax.Record, f *syntax.Field) []defined {
	items := f.Value.(*syntax.Definitions).Items
	var list []defined
	if b.inBraces(f) {
		for _, item := range items {
			text := b.src.Text(source.Span{Start: item.Name.Span.Start, End: item.Record.Span.End})
			list = append(list, defined{lines: strings.Split(text, "\n"), flow: true})
		}
		return list
	}
	for i, item := range items {
		from := b.withComments(b.src.LineAt(item.Name.Span.Start), b.src.LineAt(f.KeySpan.Start))
		to := b.lastLine(file, f)
		if i+1 < len(items) {
			to = b.withComments(b.src.LineAt(items[i+1].Name.Span.Start), from) - 1
		}
		d := defined{indent: b.src.Pos(item.Name.Span.Start).Col - 1}
		for n := from; n <= to; n++ {
			d.lines = append(d.lines, b.src.Line(n))
		}
		list = append(list, d)
	}
	return list
}

// withComments returns the first of the lines with comments right above a line, down to the one behind another.
func (b *bundler) withComments(line, behind int) int {
	for line-1 > behind && strings.HasPrefix(strings.TrimSpace(b.src.Line(line-1)), "#") {
		line--
	}
	return line
}

// lastLine returns the last line of a field of a file, without blank lines and comments before the next one.
func (b *bundler) lastLine(file *syntax.Record, f *syntax.Field) int {
	part := b.src.PartAt(f.KeySpan.Start)
	of, _, lines := b.src.Part(part)
	end := lines + len(of.Lines)
	for _, other := range file.Fields {
		if other.KeySpan.Start > f.KeySpan.Start {
			end = min(end, b.src.LineAt(other.KeySpan.Start)-1)
		}
	}
	for end > 1 {
		if text := b.src.Line(end); strings.TrimSpace(text) != "" && !strings.HasPrefix(text, "#") {
			break
		}
		end--
	}
	return end
}

// write writes the definition with another indentation.
func (d *defined) write(to *strings.Builder, indent int) {
	margin := strings.Repeat(" ", indent)
	for i, line := range d.lines {
		line = strings.TrimSuffix(line, "\r")
		rest := strings.TrimLeft(line, " ")
		switch own := len(line) - len(rest); {
		case rest == "":
			line = ""
		case i == 0:
			line = margin + rest
		case d.flow, own < d.indent && rest[0] != '#':
			line = margin + "  " + rest // the rest of what stands in brackets or quotes
		default:
			line = margin + line[min(own, d.indent):]
		}
		to.WriteString(line + "\n")
	}
}

// edited returns the scenario with the edits.
func (b *bundler) edited() []byte {
	slices.SortStableFunc(b.edits, func(x, y source.Fix) int { return x.Span.Start - y.Span.Start })
	var out []byte
	at := 0
	for _, e := range b.edits {
		out = append(append(out, b.first.Data[at:e.Span.Start]...), e.New...)
		at = e.Span.End
	}
	out = append(out, b.first.Data[at:]...)
	if added := b.added.String(); added != "" {
		if len(out) > 0 && out[len(out)-1] != '\n' {
			out = append(out, '\n')
		}
		out = append(out, added...)
	}
	return out
}

// same reports whether the bundle has all that the files have, and nothing else.
func (b *bundler) same(bundle *source.Source) bool {
	var diags source.Diagnostics
	bundled, _ := yaml.Parse(bundle, &diags)
	want := map[string]map[string]*yaml.Node{}
	count := 0
	for i := range b.src.Parts() {
		part, _, _ := b.src.Part(i)
		root, _ := yaml.Parse(part, &diags)
		for _, key := range []*syntax.Key{syntax.FunctionsKey, syntax.CoroutinesKey, syntax.CallbacksKey} {
			section := root.Get(key.Name)
			if section == nil {
				continue
			}
			if want[key.Name] == nil {
				want[key.Name] = map[string]*yaml.Node{}
			}
			for _, pair := range section.Pairs {
				want[key.Name][pair.Key] = pair.Value
			}
		}
		if i == 0 {
			for _, pair := range root.Pairs {
				if want[pair.Key] == nil && pair.Key != syntax.IncludeKey.Name {
					count++
					if other := bundled.Get(pair.Key); other == nil || !sameTree(pair.Value, other, nil) {
						return false
					}
				}
			}
		}
	}
	for name, definitions := range want {
		section := bundled.Get(name)
		if section == nil || len(section.Pairs) != len(definitions) {
			return false
		}
		for _, pair := range section.Pairs {
			if definitions[pair.Key] == nil || !sameTree(pair.Value, definitions[pair.Key], nil) {
				return false
			}
		}
	}
	return len(bundled.Pairs) == count+len(want)
}

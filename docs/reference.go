package docs

import (
	"regexp"
	"slices"
	"strings"
)

// A Reference is the reference of the language, taken apart so that a name in it can be found.
type Reference struct {
	Sections []Section
	Entries  []Entry
}

// A Section is a heading with all that stands below it.
type Section struct {
	Name  string // the heading in lower case, without markup
	Level int    // of the heading: 2 for a chapter, 3 for a verb
	Text  string // with the heading, and with the sections below it
	own   string // the text up to the next heading, without it
}

// An Entry is a key, a function, an attribute, a type of error or a code: a row of one of the reference's tables.
type Entry struct {
	Name   string   // as one looks it up: exponential, clock.start, TimeoutError
	Line   string   // as one writes it, with what it takes: exponential(mean number) float
	Text   string   // what it means
	Places []string // where it stands: the name of its section, and the kind of row
}

// Parse takes a reference apart: the headings below the title, the rows of the tables, and the lists of names.
func Parse(text string) *Reference {
	p := parser{heading: regexp.MustCompile(`^(#+) (.*)`), item: regexp.MustCompile("^( *)- `(\\w+)`$"), Reference: &Reference{}}
	for line := range strings.Lines(text) {
		p.line(line)
	}
	p.close(1)
	return p.Reference
}

type parser struct {
	*Reference
	heading, item *regexp.Regexp

	open   []int    // the sections that the next line belongs to, by index, outermost first
	fenced bool     // inside an example
	kind   string   // the last line that ends with a colon: what the rows of the next table are
	header []string // of the table, nil outside one
	above  []string // the names that a list item stands below
	hidden bool     // the last line was a comment: the empty line after it is hidden, too
}

// line takes the next line.
func (p *parser) line(line string) {
	content := strings.TrimRight(line, "\n")
	switch {
	case strings.HasPrefix(content, "```"):
		p.fenced = !p.fenced
	case p.fenced:
	case strings.HasPrefix(content, "<!--"):
		p.hidden = true
		return
	case content == "" && p.hidden:
		p.hidden = false
		return
	default:
		p.prose(content)
	}
	p.hidden = false
	for i, s := range p.open {
		p.Sections[s].Text += line
		if i == len(p.open)-1 && !p.heading.MatchString(content) {
			p.Sections[s].own += line
		}
	}
}

// prose takes a line that is no example.
func (p *parser) prose(line string) {
	if m := p.heading.FindStringSubmatch(line); m != nil {
		p.section(len(m[1]), m[2])
		return
	}
	if !strings.HasPrefix(line, "|") {
		p.header = nil
	}
	switch m := p.item.FindStringSubmatch(line); {
	case strings.HasPrefix(line, "|"):
		p.row(cells(line))
	case m != nil:
		p.listed(len(m[1])/2, m[2])
	case strings.HasSuffix(line, ":"):
		p.kind = plain(strings.TrimSuffix(line, ":"))
	case line != "":
		p.kind = ""
	}
}

func (p *parser) section(level int, heading string) {
	p.close(level)
	p.kind, p.header, p.above = "", nil, nil
	if level == 1 {
		return
	}
	p.open = append(p.open, len(p.Sections))
	p.Sections = append(p.Sections, Section{Name: strings.ToLower(plain(heading)), Level: level})
}

// close ends the sections of a level and deeper ones.
func (p *parser) close(level int) {
	for len(p.open) > 0 && p.Sections[p.open[len(p.open)-1]].Level >= level {
		last := &p.Sections[p.open[len(p.open)-1]]
		last.Text = strings.TrimRight(last.Text, "\n") + "\n"
		p.open = p.open[:len(p.open)-1]
	}
}

// row takes a row of a table. The first is the header, and the second is dashes.
func (p *parser) row(row []string) {
	switch {
	case p.header == nil:
		p.header = row
		return
	case strings.HasPrefix(row[0], "---") || len(p.open) == 0:
		return
	}
	if p.header[0] == "of" && !slices.Contains(p.header, "type") {
		p.fields(row)
		return
	}
	first := 0
	if p.header[0] == "of" {
		first = 1
	}
	about := plain(row[first])
	e := Entry{Line: about, Places: []string{p.place()}}
	for i, cell := range row[:min(len(row), len(p.header))] {
		switch p.header[i] {
		case "of":
			e.Places = append(e.Places, "of "+plain(cell))
		case "where":
			e.Places = append(e.Places, plain(cell))
		case "what it takes", "type":
			e.Line += " (" + plain(cell) + ")"
		default:
			if i != first && cell != "" {
				e.Text = strings.TrimPrefix(e.Text+"; "+plain(cell), "; ")
			}
		}
	}
	for _, name := range names(about) {
		e.Name = name
		p.Entries = append(p.Entries, e)
	}
}

// names is what a row is about: clock.start, exponential(mean number) float, rate, per, or windows: { every, cycle }, whose keys have
// names of their own.
func names(line string) []string {
	line = strings.TrimLeft(line, ".")
	if name, keys, ok := strings.Cut(line, ": { "); ok {
		list := []string{name}
		for key := range strings.SplitSeq(strings.TrimSuffix(keys, " }"), ", ") {
			list = append(list, name+"."+key)
		}
		return list
	}
	line, _, _ = strings.Cut(line, "(")
	return strings.Split(strings.TrimRight(line, " "), ", ")
}

// fields takes a row of a table of what things have, a kind in each column.
func (p *parser) fields(row []string) {
	for i, cell := range row[:min(len(row), len(p.header))] {
		for _, name := range strings.Fields(plain(cell)) {
			if i > 0 {
				p.Entries = append(p.Entries, Entry{Name: name, Line: name, Text: "of " + plain(row[0]) + ": " + p.header[i], Places: []string{p.place()}})
			}
		}
	}
}

// listed takes an item of a list of names, which derives from those above it.
func (p *parser) listed(depth int, name string) {
	if len(p.open) == 0 || depth > len(p.above) {
		return
	}
	p.above = append(p.above[:depth], name)
	e := Entry{Name: name, Line: name, Places: []string{p.place()}}
	if depth > 0 {
		bases := slices.Clone(p.above[:depth])
		slices.Reverse(bases)
		e.Text = "derives from " + strings.Join(bases, ", ")
	}
	p.Entries = append(p.Entries, e)
}

// place is the section that the line stands in, with the kind of what is listed.
func (p *parser) place() string {
	name := p.Sections[p.open[len(p.open)-1]].Name
	if p.kind != "" {
		name += ": " + p.kind
	}
	return name
}

// cells returns the cells of a table's row.
func cells(line string) []string {
	const bar = "\x00"
	line = strings.ReplaceAll(strings.Trim(line, "| "), `\|`, bar)
	row := strings.Split(line, " | ")
	for i, c := range row {
		row[i] = strings.ReplaceAll(strings.TrimSpace(c), bar, "|")
	}
	return row
}

// plain returns text without its markup.
func plain(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "`", "")) }

// Find returns the section and the entries that a name names, in any case. The section is the one with that heading, or else
// the first whose heading begins with it, or else has it as a word; it is nil if there is none. An entry is found by its
// whole name, by its last part (start for clock.start), or by its first one. What has neither is found in the paragraphs that
// say what it is: those with the name as code.
func (r *Reference) Find(name string) (*Section, []Entry) {
	name = normal(name)
	if name == "" {
		return nil, nil
	}
	var found []Entry
	for _, e := range r.Entries {
		full := strings.ToLower(e.Name)
		if full == name || strings.HasSuffix(full, "."+name) || strings.HasPrefix(full, name+".") {
			found = append(found, e)
		}
	}
	section := r.section(name)
	if section == nil && found == nil {
		found = r.passages(name)
	}
	return section, together(found)
}

// passages is the paragraphs outside tables and examples that have a name as code, `name` or `name: …`.
func (r *Reference) passages(name string) (found []Entry) {
	for _, s := range r.Sections {
		for i, text := range strings.Split(s.own, "```") {
			if i%2 == 1 { // an example
				continue
			}
			for part := range strings.SplitSeq(strings.ReplaceAll(text, "\n- ", "\n\n- "), "\n\n") {
				lower := strings.ToLower(part)
				if part = strings.TrimSpace(part); !strings.HasPrefix(part, "|") && (strings.Contains(lower, "`"+name+"`") || strings.Contains(lower, "`"+name+": ")) {
					found = append(found, Entry{Name: name, Line: strings.TrimPrefix(part, "- "), Places: []string{s.Name}})
				}
			}
		}
	}
	return found
}

func (r *Reference) section(name string) *Section {
	for _, fits := range []func(heading string) bool{
		func(h string) bool { return h == name },
		func(h string) bool { return strings.HasPrefix(h, name) },
		func(h string) bool {
			return slices.Contains(strings.FieldsFunc(h, func(c rune) bool { return strings.ContainsRune(" ,:", c) }), name)
		},
	} {
		if i := slices.IndexFunc(r.Sections, func(s Section) bool { return fits(normal(s.Name)) }); i >= 0 {
			return &r.Sections[i]
		}
	}
	return nil
}

// normal returns a name as it is compared: hyphens are blanks.
func normal(name string) string {
	return strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(name, "-", " ")), " "))
}

// together makes one entry of those that differ only in where they stand.
func together(list []Entry) []Entry {
	var out []Entry
	for _, e := range list {
		i := slices.IndexFunc(out, func(o Entry) bool { return o.Line == e.Line && o.Text == e.Text })
		if i < 0 {
			e.Places = slices.Clone(e.Places)
			out = append(out, e)
			continue
		}
		for _, place := range e.Places {
			if !slices.Contains(out[i].Places, place) {
				out[i].Places = append(out[i].Places, place)
			}
		}
	}
	return out
}

// A Mention is a line of a section that holds what was searched.
type Mention struct {
	Section string
	Line    string
}

// Search returns the entries and, for each section, the first line outside the tables that hold a text, in any case.
func (r *Reference) Search(text string) (entries []Entry, mentions []Mention) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "" {
		return nil, nil
	}
	holds := func(s string) bool { return strings.Contains(strings.ToLower(s), text) }
	for _, e := range r.Entries {
		if holds(e.Line) || holds(e.Text) {
			entries = append(entries, e)
		}
	}
	for _, s := range r.Sections {
		for line := range strings.Lines(s.Name + "\n" + s.own) {
			if line = strings.TrimSpace(line); holds(line) && !strings.HasPrefix(line, "|") && !strings.HasPrefix(line, "- `") {
				mentions = append(mentions, Mention{s.Name, line})
				break
			}
		}
	}
	return together(entries), mentions
}

// Names returns what Find finds: the names of the sections, and those of the entries, in the order of the reference, each once.
func (r *Reference) Names() []string {
	var list []string
	seen := map[string]bool{}
	add := func(name string) {
		if !seen[name] {
			seen[name] = true
			list = append(list, name)
		}
	}
	for _, s := range r.Sections {
		add(s.Name)
	}
	for _, e := range r.Entries {
		add(e.Name)
	}
	return list
}

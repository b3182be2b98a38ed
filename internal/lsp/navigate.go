package lsp

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"runloop/dsl"
	"runloop/dsl/expr"
	"runloop/dsl/source"
)

// at finds the document and the offset of a request.
func (s *Server) at(p positionParams) (*document, int, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, 0, err
	}
	return d, d.offset(p.Position, s.encoding), nil
}

// definition returns where the name at a place is declared.
func (s *Server) definition(p positionParams) (any, error) {
	d, offset, err := s.at(p)
	if err != nil {
		return nil, err
	}
	m, ok := d.nameAt(offset)
	if !ok || m.decl == (source.Span{}) {
		return nil, nil
	}
	return s.locate(d, m.decl), nil
}

// locate returns the location of a span of what a document consists of: it may be in a file that the document includes.
func (s *Server) locate(d *document, sp source.Span) location {
	file := d.includedFile(sp)
	if file == nil {
		return location{d.uri, s.rangeOf(d, sp)}
	}
	at, other := s.site(d, sp), &document{}
	other.setText(file.Bytes())
	return location{at.uri, s.rangeOf(other, at.Span)}
}

// includedFile returns the included file that a span is in, or nil if it is in the document itself.
func (d *document) includedFile(sp source.Span) *source.Source {
	src := d.analyze().File.Source
	part := src.PartAt(sp.Start)
	if part == 0 {
		return nil
	}
	file, _, _ := src.Part(part)
	return file
}

type referenceParams struct {
	positionParams
	Context struct {
		IncludeDeclaration bool `json:"includeDeclaration"`
	} `json:"context"`
}

// references returns the places where what is named at a place is named.
func (s *Server) references(p referenceParams) (any, error) {
	d, offset, err := s.at(p.positionParams)
	if err != nil {
		return nil, err
	}
	list := []location{}
	if m, ok := d.nameAt(offset); ok {
		for _, u := range s.everywhere(d, m) {
			for _, other := range u.mentions {
				if p.Context.IncludeDeclaration || !other.isDecl() {
					list = append(list, location{u.uri, s.rangeOf(u.document, other.span)})
				}
			}
		}
	}
	return list, nil
}

type highlight struct {
	Range textRange `json:"range"`
	Kind  int       `json:"kind"` // 2 read, 3 written
}

// highlights returns the places to mark while the cursor is on a name.
func (s *Server) highlights(p positionParams) (any, error) {
	d, offset, err := s.at(p)
	if err != nil {
		return nil, err
	}
	list := []highlight{}
	if m, ok := d.nameAt(offset); ok {
		for _, other := range d.same(m) {
			kind := 2
			if other.writes {
				kind = 3
			}
			list = append(list, highlight{s.rangeOf(d, other.span), kind})
		}
	}
	return list, nil
}

type renameParams struct {
	positionParams
	NewName string `json:"newName"`
}

// prepareRename returns the place of the name that can be changed at a place, nil: there is none.
func (s *Server) prepareRename(p positionParams) (any, error) {
	d, offset, err := s.at(p)
	if err != nil {
		return nil, err
	}
	m, ok := d.nameAt(offset)
	if !ok || m.decl == (source.Span{}) {
		return nil, nil
	}
	m.span.End -= m.suffix
	return map[string]any{"range": s.rangeOf(d, m.span), "placeholder": d.string(m.span)}, nil
}

// string returns the text of a span.
func (d *document) string(sp source.Span) string { return string(d.text[sp.Start:sp.End]) }

// rename changes a name everywhere. It refuses a name that would make a file worse.
func (s *Server) rename(p renameParams) (any, error) {
	d, offset, err := s.at(p.positionParams)
	if err != nil {
		return nil, err
	}
	m, ok := d.nameAt(offset)
	if !ok || m.decl == (source.Span{}) {
		return nil, errors.New("there is no name here that the file declares")
	}
	if file := d.includedFile(m.decl); file != nil && len(s.roots) == 0 {
		return nil, fmt.Errorf("`%s` is defined in %s, which other files may include: open the folder that all are in", m.text, file.Name())
	}
	if err := validName(m.kind, p.NewName); err != nil {
		return nil, err
	}
	list := s.everywhere(d, m)
	edits := workspaceEdit{Changes: map[string][]textEdit{}}
	changed := texts{}
	for _, u := range list {
		var fixes []source.Fix
		for _, other := range u.mentions {
			sp := other.span
			sp.End -= other.suffix
			fixes = append(fixes, source.Fix{Span: sp, New: p.NewName})
		}
		if len(fixes) > 0 {
			maps.Copy(edits.Changes, s.edit(u.document, fixes).Changes)
			changed[u.path()] = apply(u.text, fixes)
		}
	}
	for _, u := range list {
		if err := s.staysWell(u, m.text, p.NewName, changed); err != nil {
			return nil, err
		}
	}
	return edits, nil
}

// validName returns an error for what cannot be the name of something.
func validName(kind nameKind, name string) error {
	use, reserved := expr.ReservedName(name)
	switch isVariable := kind == variableName || kind == functionName; {
	case name == "" || strings.TrimSpace(name) != name || strings.ContainsAny(name, "\r\n\t\"'`\\{}[]#:,&*!|>%@$"):
		return fmt.Errorf("%q cannot be a name", name)
	case isVariable && !source.IsIdentifier(name):
		return fmt.Errorf("%q cannot be a name: it has letters, digits and `_`, and begins with no digit", name)
	case isVariable && reserved:
		return fmt.Errorf("`%s` cannot be a name in expressions: %s", name, use)
	}
	return nil
}

// staysWell returns an error if texts that give something another name would change more than that: if the file would have
// another problem, or a name would stand for something else.
func (s *Server) staysWell(d used, from, to string, texts texts) error {
	where := ""
	if len(d.mentions) == 0 || len(texts) > 1 {
		where = " in " + d.name()
	}
	before := d.analyze().Diagnostics
	changed := &document{uri: d.uri, folder: s.folder(d.path(), texts)}
	if text, ok := texts[d.path()]; ok {
		changed.setText(text)
	} else {
		changed.setText(d.text)
	}
	after := changed.analyze().Diagnostics
	for i, p := range after {
		if i >= len(before) || p.Code != before[i].Code {
			return fmt.Errorf("the name `%s` cannot be `%s`%s: %s", from, to, where, p.Message)
		}
	}
	old, renamed := d.names(), changed.names()
	if len(after) != len(before) || len(old) != len(renamed) {
		return fmt.Errorf("the name `%s` cannot be `%s`%s: it would be mixed up with another", from, to, where)
	}
	for i := range old {
		if len(d.same(old[i])) != len(changed.same(renamed[i])) {
			return fmt.Errorf("the name `%s` cannot be `%s`%s: it would be mixed up with another", from, to, where)
		}
	}
	return nil
}

// apply returns a text with edits that do not overlap.
func apply(text []byte, fixes []source.Fix) []byte {
	fixes = slices.Clone(fixes)
	slices.SortStableFunc(fixes, func(a, b source.Fix) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	var out []byte
	at := 0
	for _, f := range fixes {
		if f.Span.Start >= at {
			out = append(append(out, text[at:f.Span.Start]...), f.New...)
			at = f.Span.End
		}
	}
	return append(out, text[at:]...)
}

// edit returns edits of a document in the protocol's words.
func (s *Server) edit(d *document, fixes []source.Fix) workspaceEdit {
	edits := make([]textEdit, len(fixes))
	for i, f := range fixes {
		edits[i] = textEdit{s.rangeOf(d, f.Span), f.New}
	}
	return workspaceEdit{map[string][]textEdit{d.uri: edits}}
}

type (
	actionParams struct {
		TextDocument identifier `json:"textDocument"`
		Range        textRange  `json:"range"`
		Context      struct {
			Only []string `json:"only"`
		} `json:"context"`
	}
	codeAction struct {
		Title       string        `json:"title"`
		Kind        string        `json:"kind"`
		Diagnostics []diagnostic  `json:"diagnostics,omitempty"`
		IsPreferred bool          `json:"isPreferred,omitempty"`
		Edit        workspaceEdit `json:"edit"`
	}
)

// The kinds of actions.
const (
	quickFix = "quickfix"
	fixAll   = "source.fixAll.runloop"
)

// actions offers what mends the problems of a range, and of the whole file.
func (s *Server) actions(p actionParams) (any, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	wanted := func(kind string) bool {
		return len(p.Context.Only) == 0 || slices.ContainsFunc(p.Context.Only, func(only string) bool {
			return kind == only || strings.HasPrefix(kind, only+".")
		})
	}
	list := []codeAction{}
	if !d.isScenario() {
		return list, nil
	}
	at := d.span(p.Range, s.encoding)
	problems := d.analyze().Diagnostics
	for _, problem := range problems {
		if wanted(quickFix) && problem.Span.Start <= at.End && at.Start <= problem.Span.End {
			list = append(list, s.fixes(d, problem)...)
		}
	}
	if mended, n := d.folder.MendAll(d.name(), d.text); wanted(fixAll) && n > 0 {
		whole := source.Fix{Span: source.Span{End: len(d.text)}, New: string(mended)}
		list = append(list, codeAction{Title: "Mend all that has one answer", Kind: fixAll, Edit: s.edit(d, []source.Fix{whole})})
	}
	return list, nil
}

// fixes returns the actions that mend one problem.
func (s *Server) fixes(d *document, p source.Diagnostic) []codeAction {
	var list []codeAction
	add := func(title string, preferred bool, fix source.Fix) {
		list = append(list, codeAction{Title: title, Kind: quickFix, Diagnostics: []diagnostic{s.diagnostic(d, p)}, IsPreferred: preferred,
			Edit: s.edit(d, []source.Fix{fix})})
	}
	if p.Fix != (source.Fix{}) {
		add(fixTitle(p.Fix), true, p.Fix)
	} else if fix, ok := d.hinted(p); ok {
		add(fixTitle(fix), true, fix)
	}
	if p.Severity == source.SeverityWarning && p.Code != dsl.CodeIdleIgnore {
		line := d.position(p.Span.Start, utf8Units).Line
		end := d.lineEnd(int(line))
		comment := " # runloop: ignore " + p.Code
		if i := strings.Index(d.string(source.Span{Start: d.lines[line], End: end}), "# runloop: ignore"); i >= 0 {
			end, comment = d.lines[line]+i+len("# runloop: ignore"), " "+p.Code
		}
		add("Ignore "+p.Code+" in this line", false, source.Fix{Span: source.Span{Start: end, End: end}, New: comment})
	}
	return list
}

// fixTitle returns what a fix does, in words.
func fixTitle(f source.Fix) string {
	switch text := oneLine(f.New); {
	case strings.TrimSpace(f.New) == "":
		return "Remove it"
	case f.Span.Start == f.Span.End:
		return "Insert `" + text + "`"
	default:
		return "Write `" + text + "`"
	}
}

// hinted returns the fix that a hint with one answer names, if it mends the problem and makes no other.
func (d *document) hinted(p source.Diagnostic) (source.Fix, bool) {
	parts := strings.Split(p.Hint, "`")
	begins := strings.HasPrefix(p.Hint, "write `") || strings.HasPrefix(p.Hint, "did you mean `")
	if !begins || len(parts) < 3 || strings.Contains(parts[1], "…") || strings.Contains(strings.Join(parts[2:], ""), " or ") {
		return source.Fix{}, false
	}
	before := d.analyze().Diagnostics
	for _, sp := range d.meant(p.Span, parts[1]) {
		fix := source.Fix{Span: sp, New: strings.TrimPrefix(parts[1], "- ")}
		after := d.folder.Analyze(d.name(), apply(d.text, []source.Fix{fix})).Diagnostics
		if slices.EqualFunc(withoutProblem(before, p), after, func(a, b source.Diagnostic) bool {
			return a.Code == b.Code && a.Message == b.Message
		}) {
			return fix, true
		}
	}
	return source.Fix{}, false
}

// withoutProblem returns problems without one of them.
func withoutProblem(list source.Diagnostics, p source.Diagnostic) source.Diagnostics {
	i := slices.Index(list, p)
	if i < 0 {
		return list
	}
	return slices.Concat(list[:i], list[i+1:])
}

// meant returns the places that a hint about a span may mean to be written anew, the likeliest first.
func (d *document) meant(sp source.Span, written string) []source.Span {
	var list []source.Span
	add := func(start, end int) {
		if 0 <= start && start < end && end <= len(d.text) {
			list = append(list, source.Span{Start: start, End: end})
		}
	}
	text := d.string(sp)
	if !strings.HasPrefix(written, "- ") {
		if i := strings.IndexByte(text, '('); i > 0 && source.IsIdentifier(written) { // the name of a function
			add(sp.Start, sp.Start+i)
		}
		add(sp.Start, sp.End)
		if i, j := strings.Index(text, "${"), strings.LastIndex(text, "}"); i >= 0 && i < j { // the expression alone
			add(sp.Start+i+2, sp.Start+j)
		}
	}
	root := readOutline(d.text)
	if root == nil {
		return list
	}
	path, _, _ := root.path(sp.Start)
	for i := len(path) - 1; i >= 0; i-- {
		e := path[i].entry()
		switch isItem := path[i].in.kind == listOutline; {
		case isItem && e.value != nil: // the whole step
			add(e.value.span.Start, e.value.span.End)
			return list
		case i == len(path)-1 && (e.key.Start == sp.Start || e.value != nil && e.value.span.Start == sp.Start): // key and value
			add(e.start, e.end())
		}
	}
	return list
}

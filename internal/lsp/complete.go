package lsp

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"runloop/dsl"
	"runloop/dsl/check"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/engine"
)

// candidate is one thing that may stand at the cursor.
type candidate struct {
	label  string
	kind   int    // of the protocol
	detail string // its type
	doc    string // Markdown
	insert string // what is written; empty: the label
	rank   int    // lesser comes first
	fill   bool   // insert ends with a place to fill in, before the part behind hole
	hole   string // what follows the place to fill in
}

// The kinds of candidates, in the protocol's numbers.
const (
	kindFunction   = 3
	kindField      = 5
	kindVariable   = 6
	kindClass      = 7
	kindModule     = 9
	kindProperty   = 10
	kindValue      = 12
	kindKeyword    = 14
	kindEnumMember = 20
	kindConstant   = 21
)

// The ranks of candidates.
const (
	rankFirst  = iota // fits best
	rankNames         // declared in the file
	rankUsed          // functions that the file calls
	rankCommon        // functions that many files call
	rankOthers
	rankWords // operators

	rankLast = 1000 // what is nothing but possible
)

type (
	completionList struct {
		IsIncomplete bool             `json:"isIncomplete"`
		Items        []completionItem `json:"items"`
	}
	completionItem struct {
		Label      string    `json:"label"`
		Kind       int       `json:"kind"`
		Detail     string    `json:"detail,omitempty"`
		Doc        *markup   `json:"documentation,omitempty"`
		SortText   string    `json:"sortText"`
		FilterText string    `json:"filterText"`
		Format     int       `json:"insertTextFormat"` // 1 text, 2 a snippet
		Mode       int       `json:"insertTextMode"`   // 1: lines have their indentation
		Edit       *textEdit `json:"textEdit"`
	}
)

// completion offers what may stand at a place: those that begin with what is typed there, the likeliest first.
func (s *Server) completion(p positionParams) (any, error) {
	d, err := s.document(p.TextDocument.URI)
	if err != nil {
		return nil, err
	}
	list := completionList{Items: []completionItem{}}
	offset := d.offset(p.Position, s.encoding)
	c, ok := cursorAt(d.text, offset)
	if !ok {
		return list, nil
	}
	f := &completer{cursor: c, d: d}
	f.complete()
	if string(d.text[f.word.Start:offset]) == f.prefix { // no part of it is written as an escape
		list.Items = s.items(f)
	}
	return list, nil
}

// items turns candidates into the protocol's.
func (s *Server) items(f *completer) []completionItem {
	fits := f.found[:0]
	for _, c := range f.found {
		if hasPrefixFold(c.label, f.prefix) {
			fits = append(fits, c)
		}
	}
	slices.SortStableFunc(fits, func(a, b candidate) int {
		exact := func(c candidate) int {
			if strings.HasPrefix(c.label, f.prefix) {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(exact(a), exact(b)), cmp.Compare(a.rank, b.rank), cmp.Compare(a.label, b.label))
	})
	seen := map[string]bool{}
	fits = slices.DeleteFunc(fits, func(c candidate) bool {
		double := seen[c.label]
		seen[c.label] = true
		return double
	})
	at := s.rangeOf(f.d, f.word)
	items := make([]completionItem, len(fits))
	for i, c := range fits {
		item := completionItem{Label: c.label, Kind: c.kind, Detail: c.detail, SortText: fmt.Sprintf("%04d", i),
			FilterText: c.label, Format: 1, Mode: 1, Edit: &textEdit{at, cmp.Or(c.insert, c.label) + c.hole}}
		if c.doc != "" {
			item.Doc = &markup{"markdown", c.doc}
		}
		if c.fill && s.snippets {
			item.Format = 2
			item.Edit.NewText = escapeSnippet(c.insert) + "$0" + escapeSnippet(c.hole)
		}
		items[i] = item
	}
	return items
}

func hasPrefixFold(text, prefix string) bool {
	return len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix)
}

// escapeSnippet returns text as it is written in a snippet.
func escapeSnippet(text string) string {
	return strings.NewReplacer(`\`, `\\`, `$`, `\$`, `}`, `\}`).Replace(text)
}

// view is what a checked text says about the names at the cursor.
type view struct {
	*dsl.Analysis
	scope check.Scope
}

// completer collects what may stand at the cursor.
type completer struct {
	cursor
	d     *document
	found []candidate
	views []view // what is known of names: of the text as it is, then of the latest good one
}

// known returns what is known of the names at the cursor. While the text cannot be read, the latest good one stands in
// for it; without one, the text without what is being typed.
func (f *completer) known() []view {
	if f.views != nil {
		return f.views
	}
	add := func(a *dsl.Analysis, exact bool) {
		if a != nil && a.File.Root != nil {
			f.views = append(f.views, view{a, scopeAt(a.File, a.Info, f.path, exact)})
		}
	}
	now := f.d.analyze()
	if now.File.Root == nil && f.d.good == nil {
		f.d.good = f.d.folder.Analyze(f.d.name(), f.without())
	}
	add(now, true)
	if f.d.good != now {
		add(f.d.good, false)
	}
	return f.views
}

// without returns the text without the values that the cursor is in: it is blank from the innermost block entry on.
func (f *completer) without() []byte {
	text := bytes.Clone(f.d.text)
	for i := len(f.path) - 1; i >= 0; i-- {
		o, e := f.path[i].in, f.path[i].entry()
		if o.flow {
			continue
		}
		from := e.start
		if e.colon {
			from = bytes.IndexByte(text[min(e.key.End, len(text)):], ':') + min(e.key.End, len(text)) + 1
		}
		for j := from; j < min(e.end(), len(text)); j++ {
			if text[j] != '\n' && text[j] != '\r' {
				text[j] = ' '
			}
		}
		break
	}
	return text
}

func (f *completer) add(c candidate) { f.found = append(f.found, c) }

// complete collects what may stand at the cursor.
func (f *completer) complete() {
	if f.leaf == nil {
		f.key(f.path[len(f.path)-1])
		return
	}
	switch f.slot.kind {
	case recordSlot:
		f.keys(f.slot.keys, nil, nil)
	case stepSlot:
		f.verbs()
	case valueSlot:
		f.value(f.slot.key)
	}
}

// key completes the key of a map.
func (f *completer) key(at step) {
	o, e := at.in, at.entry()
	switch key := f.slot.key; f.slot.kind {
	case recordSlot:
		f.keys(f.slot.keys, o, e)
	case stepSlot:
		if verb := verbOf(o, e); verb != nil {
			f.keys(verb.Keys[1:], o, e)
			return
		}
		f.verbs()
	case valueSlot:
		switch key.Kind {
		case syntax.RecordKey, syntax.DeadlineKey, syntax.TimetableKey, syntax.EntryKey, syntax.RecordsKey:
			f.keys(key.Keys, o, e)
		case syntax.ItemsKey:
			f.keys(keysOfItem(key, f.slot.item), o, e)
		case syntax.ParamsKey, syntax.RunParamsKey, syntax.ObjectsKey:
			if f.slot.item {
				f.keys(key.Keys, o, e)
			}
		case syntax.StepsKey:
			f.verbs()
		case syntax.BindingsKey, syntax.TargetsKey, syntax.NamedKey:
			f.bound(key)
		}
	}
}

// keysOfItem returns the keys of an entry in a list, or of what generates them.
func keysOfItem(key *syntax.Key, item bool) []*syntax.Key {
	if item {
		return syntax.EntryKeys
	}
	return key.Keys
}

// hasColon reports whether a colon follows the word at the cursor.
func (f *completer) hasColon() bool {
	rest := bytes.TrimLeft(f.d.text[f.word.End:], " ")
	return bytes.HasPrefix(rest, []byte(":"))
}

// inFlow reports whether the cursor is in brackets, and whether the innermost ones hold a list.
func (f *completer) inFlow() (flow, list bool) {
	if len(f.path) == 0 {
		return false, false
	}
	o := f.path[len(f.path)-1].in
	return o.flow, o.flow && o.kind == listOutline
}

// ownLine reports whether the word at the cursor stands alone in its line.
func (f *completer) ownLine() bool {
	before := bytes.TrimRight(f.d.text[:f.word.Start], " ")
	return len(before) == 0 || before[len(before)-1] == '\n' || before[len(before)-1] == '\r'
}

// column returns the column of the word at the cursor.
func (f *completer) column() int {
	before := f.d.text[:f.word.Start]
	return len(before) - 1 - bytes.LastIndexAny(before, "\r\n")
}

// lacksDash reports whether the word at the cursor stands where an item of a block list does, without its dash.
func (f *completer) lacksDash() bool {
	if flow, _ := f.inFlow(); flow || !f.ownLine() {
		return false
	}
	if f.slot.kind == valueSlot { // right under the key
		return f.slot.key.Kind == syntax.StepsKey || f.slot.key.Kind == syntax.RecordsKey
	}
	o := f.path[len(f.path)-1].in
	return o.kind == listOutline
}

// keys offers the keys of a map that it has not, besides the entry that is being typed.
func (f *completer) keys(keys []*syntax.Key, o *outline, e *entry) {
	for i, k := range keys {
		written := o != nil && slices.ContainsFunc(o.entries, func(x entry) bool { return x.text == k.Name && x.start != e.start })
		if written {
			continue
		}
		c := candidate{label: k.Name, kind: kindProperty, detail: k.Kind.String(), doc: keyDoc(k), rank: i}
		f.written(&c, k)
		f.add(c)
	}
}

// verbs offers the verbs of steps.
func (f *completer) verbs() {
	for i, v := range syntax.Verbs {
		c := candidate{label: v.Name, kind: kindKeyword, detail: v.Keys[0].Kind.String(), doc: verbDoc(v), rank: i}
		f.written(&c, v.Keys[0])
		f.add(c)
	}
}

// written says how a key is written at the cursor: with its colon and what its value begins with.
func (f *completer) written(c *candidate, k *syntax.Key) {
	flow, list := f.inFlow()
	bare := k.Kind == syntax.NothingKey
	if f.hasColon() {
		return
	}
	c.insert = k.Name
	if !bare {
		c.insert += ": "
		c.fill = true
	}
	col := f.column()
	if f.lacksDash() {
		c.insert, col = "- "+c.insert, col+2
	}
	switch {
	case flow && list && !bare && f.leaf != nil:
		c.insert, c.hole = "{ "+c.insert, " }"
		if k.Kind == syntax.StepsKey || k.Kind == syntax.RecordsKey {
			c.insert, c.hole = c.insert+"[", "]"+c.hole
		}
	case flow:
		if k.Kind == syntax.StepsKey || k.Kind == syntax.RecordsKey {
			c.insert, c.hole = c.insert+"[", "]"
		}
	case k.Kind == syntax.StepsKey || k.Kind == syntax.RecordsKey:
		c.insert = strings.TrimSuffix(c.insert, " ") + f.below(col) + "- "
	case k.Kind == syntax.NamedKey || k.Kind == syntax.RecordKey || col == 0 && (k.Kind == syntax.BindingsKey || k.Kind == syntax.RunParamsKey):
		c.insert = strings.TrimSuffix(c.insert, " ") + f.below(col)
	}
}

// below returns a line break and the indentation of what stands under a key in a column.
func (f *completer) below(col int) string {
	lineBreak := "\n"
	if bytes.Contains(f.d.text, []byte("\r\n")) {
		lineBreak = "\r\n"
	}
	return lineBreak + strings.Repeat(" ", col+2)
}

// keyDoc returns the documentation of a key.
func keyDoc(k *syntax.Key) string {
	doc := k.Doc
	if k.Required && k.Instead == nil {
		doc += " (required)"
	}
	if len(k.Words) > 0 {
		doc += "\n\nOne of " + source.QuoteList(k.Words) + "."
	}
	if k.Default != "" {
		doc += "\n\nDefault: " + k.Default
	}
	return doc
}

// verbDoc returns the documentation of a verb.
func verbDoc(v *syntax.Verb) string {
	doc := v.Doc
	if v.Python != "" && v.Python != "-" {
		doc += "\n\nIn Python: `" + v.Python + "`"
	}
	return doc + "\n\n```yaml\n" + v.ExampleStep() + "\n```"
}

// value completes the value of a key.
func (f *completer) value(key *syntax.Key) {
	switch key.Kind {
	case syntax.ConditionKey, syntax.ConditionsKey, syntax.ExpressionKey:
		f.expression(f.cursor.written())
	case syntax.ValueKey, syntax.TextKey, syntax.DurationKey, syntax.DurationsKey, syntax.ErrorKey:
		f.plain(key)
	case syntax.DeadlineKey, syntax.TimetableKey:
		f.plain(key)
		f.sections(key.Keys)
	case syntax.ReferenceKey, syntax.ReferencesKey:
		f.reference(key)
	case syntax.ItemsKey:
		f.reference(key)
		if flow, list := f.inFlow(); list || !flow && f.slot.item || f.ownLine() {
			f.keys(keysOfItem(key, f.slot.item), nil, nil)
		}
	case syntax.NameKey:
		f.name(key)
	case syntax.TypesKey:
		f.errorTypes()
	case syntax.WordKey:
		for i, w := range key.Words {
			f.whole(candidate{label: w, kind: kindEnumMember, doc: keyDoc(key), rank: i})
		}
	case syntax.StepsKey:
		if f.ownLine() {
			f.verbs()
		}
	case syntax.EntryKey:
		f.named(syntax.CoroutineSpace)
		f.sections(key.Keys)
	case syntax.RecordKey, syntax.RecordsKey:
		f.sections(key.Keys)
	case syntax.BindingsKey, syntax.TargetsKey, syntax.NamedKey:
		if f.ownLine() {
			f.bound(key)
		}
	case syntax.PlacesKey:
		f.places()
	case syntax.ParamsKey:
		if f.slot.item {
			f.name(typeOfParam)
		}
	case syntax.RunParamsKey, syntax.ObjectsKey:
		if f.slot.item {
			f.plain(anyValue)
		}
	}
}

// sections offers the keys of a map whose first key is being typed in a line of its own.
func (f *completer) sections(keys []*syntax.Key) {
	if f.ownLine() {
		f.keys(keys, nil, nil)
	}
}

// whole offers something that stands alone as the value: it replaces all that is there.
func (f *completer) whole(c candidate) {
	f.widen()
	f.add(c)
}

// widen takes the whole scalar for the word at the cursor, quotes left out.
func (f *completer) widen() {
	sp := f.leaf.span
	if f.leaf.style == '"' || f.leaf.style == '\'' {
		sp.Start++
		if sp.End > sp.Start && f.text[sp.End-1] == f.leaf.style {
			sp.End--
		}
	}
	if f.placed {
		sp.End--
	}
	if sp.Start > f.offset || sp.End < f.offset {
		return
	}
	f.word = sp
	f.prefix = string(f.d.text[sp.Start:f.offset])
}

// plain completes a value that is no expression, but may hold some.
func (f *completer) plain(key *syntax.Key) {
	if key.Literal {
		f.booleans(key)
		return
	}
	if inside, ok := inTemplate(f.cursor.written()); ok {
		f.expression(inside)
		return
	}
	if key.Kind == syntax.ErrorKey {
		f.errorTypes()
		return
	}
	f.booleans(key)
	if f.leaf.style == 0 && f.cursor.written() == f.prefix && key.Kind != syntax.TextKey {
		f.variables(key.Types, func(c *candidate) {
			c.insert = "${" + c.label + "}"
			if flow, _ := f.inFlow(); flow {
				c.insert = `"` + c.insert + `"`
			}
		})
	}
}

func (f *completer) booleans(key *syntax.Key) {
	if slices.Equal(key.Types, syntax.BoolTypes) {
		for _, w := range []string{"true", "false"} {
			f.whole(candidate{label: w, kind: kindConstant, detail: "bool", doc: keyDoc(key)})
		}
	}
}

// errorTypes offers the types of errors: those that the scenario raises first.
func (f *completer) errorTypes() {
	for _, v := range f.known() {
		for _, name := range v.Info.Raised() {
			f.whole(candidate{label: name, kind: kindClass, detail: "error", rank: rankNames})
		}
	}
	for _, name := range engine.ErrorTypes() {
		f.whole(candidate{label: name, kind: kindClass, detail: "error", rank: rankOthers})
	}
}

// name completes a bare name.
func (f *completer) name(key *syntax.Key) {
	switch key.Space {
	case syntax.NoSpace:
		for i, w := range syntax.ParamTypes {
			f.whole(candidate{label: w, kind: kindClass, detail: "type", rank: i})
		}
	case syntax.TargetSpace, syntax.LocalSpace:
		f.assignables(func(*candidate) {})
	default:
		f.named(key.Space)
	}
}

// bound completes a name that gets a value: an argument, a variable, a task.
func (f *completer) bound(key *syntax.Key) {
	colon := func(c *candidate) {
		if !f.hasColon() {
			c.insert, c.fill = c.label+": ", true
		}
	}
	switch {
	case key.Kind == syntax.TargetsKey:
		f.assignables(colon)
	case key.Space == syntax.LocalSpace:
		f.assignables(colon)
	case key.Space == syntax.ArgumentSpace:
		f.arguments(colon)
	case key.Space == syntax.ContextSpace || key == syntax.RecordValues:
		from := len(f.found)
		f.named(key.Space)
		for i := range f.found[from:] {
			colon(&f.found[from+i])
		}
	case key.Space == syntax.TaskSpace && key != syntax.WorkersKey:
		for _, v := range f.known() {
			for _, name := range v.Info.TaskNames() {
				c := candidate{label: name, kind: kindModule, detail: "task", rank: rankNames}
				colon(&c)
				f.add(c)
			}
		}
	}
}

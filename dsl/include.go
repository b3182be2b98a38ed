package dsl

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
	"runloop/dsl/yaml"
)

// Folder is where a scenario finds the files that it includes. The zero Folder has none.
type Folder struct {
	FS   fs.FS  // no file outside it is read
	At   string // the folder of the scenario in FS, with slashes; empty: the root of FS
	Root string // the root of FS, for messages
}

// maxIncluded bounds how many files a scenario includes, through other files too.
const maxIncluded = 1000

// part is a file of a scenario: the one that was named, or one that it includes.
type part struct {
	path     string // in Folder.FS
	src      *source.Source
	root     *yaml.Node // nil: it is not YAML
	hidden   []source.Span
	diags    source.Diagnostics
	file     *syntax.File
	by       *part       // that includes it first; nil: it was named
	from     source.Span // where that names it
	includes []*part
	number   int  // its place in parts
	reading  bool // what it includes is being read
	lost     bool // of what it includes, something cannot be read
	circles  []entered
}

// entered is a diagnostic about a circle of includes, by its place in part.diags, with the file by which that is entered.
type entered struct {
	diag int
	file *part
}

// parts reads a file and what it includes.
type parts struct {
	Folder
	list   []*part // the file that was named comes first
	byPath map[string]*part
	size   int // in bytes
}

// read reads a file as YAML.
func (ps *parts) read(p *part) {
	p.number = len(ps.list)
	ps.list = append(ps.list, p)
	p.root, p.hidden = yaml.Parse(p.src, &p.diags)
	if p.root == nil || p.root.Kind != yaml.MapNode {
		return
	}
	p.reading = true
	for _, item := range includeItems(p.root.Get(syntax.IncludeKey.Name)) {
		if item.Kind == yaml.ScalarNode && item.Type == yaml.StringScalar && !item.Broken {
			ps.include(p, item)
		} else {
			p.lost = true // what is wrong with it is told elsewhere
		}
	}
	p.reading = false
}

// includeItems returns what an `include` names; what is wrong with its form is reported elsewhere.
func includeItems(n *yaml.Node) []*yaml.Node {
	switch {
	case n == nil:
		return nil
	case n.Kind == yaml.ListNode:
		return n.Items
	}
	return []*yaml.Node{n}
}

// include reads the file that a file names, unless that was read before.
func (ps *parts) include(by *part, item *yaml.Node) {
	fail := func(hint, format string, args ...any) {
		by.lost = true
		by.diags.Add(source.Diagnostic{Code: syntax.CodeInclude, Span: item.Span, Hint: hint, Message: fmt.Sprintf(format, args...)})
	}
	name := "`" + source.Shorten(item.Text) + "`"
	if hint := pathHint(item.Text); hint != "" {
		fail(hint, "%s is no path of a file to include", name)
		return
	}
	at := path.Join(path.Dir(by.path), item.Text)
	if !fs.ValidPath(at) || at == "." {
		fail("put the file there, or name a folder above both with `--root`", "%s is outside the folder %s, which nothing may be included from",
			name, cmp.Or(ps.Root, "."))
		return
	}
	if p := ps.byPath[at]; p != nil {
		if p.reading {
			fail("put what both need into a third file", "%s is included in a circle: %s", name, circle(p, by))
			by.noteCircle(p)
			return
		}
		by.includes = append(by.includes, p)
		return
	}
	if len(ps.list) > maxIncluded {
		fail("", "more than %d files are included", maxIncluded)
		return
	}
	data, err := ps.open(at)
	switch {
	case err != nil:
		fail(includeHint(ps.FS, at), "%s cannot be read: %s", name, reason(err))
		return
	case !hasVersion(data): // not a word of it is shown: it may hold secrets
		fail("what is included is a library, a file with `runloop: 1` and definitions of coroutines, callbacks or functions",
			"%s is no scenario: it has no line `runloop: 1`", name)
		return
	case ps.size+len(data) > yaml.MaxFileSize:
		fail("", "the files have more than %d bytes together", yaml.MaxFileSize)
		return
	}
	ps.size += len(data)
	p := &part{path: at, src: source.NewSource(path.Join(ps.Root, at), data), by: by, from: item.Span}
	ps.byPath[at] = p
	by.includes = append(by.includes, p)
	ps.read(p)
}

// pathHint says how a path is written that is none, or returns "".
func pathHint(text string) string {
	switch {
	case strings.TrimSpace(text) == "":
		return "write the file's path, relative to this file: `include: [lib/retry.yaml]`"
	case strings.Contains(text, "${"):
		return "write the path itself: nothing is computed in it"
	case strings.Contains(text, `\`):
		return "write it with slashes: `" + source.Shorten(strings.ReplaceAll(text, `\`, "/")) + "`"
	case strings.HasPrefix(text, "/"), len(text) > 1 && text[1] == ':', strings.Contains(text, "://"):
		return "paths are relative to the file that includes: `lib/retry.yaml`"
	}
	return ""
}

// circle is the way from a file through its includes to one that includes it.
func circle(p, by *part) string {
	names := []string{p.src.Name()}
	for x := by; x != p; x = x.by {
		names = append(names, x.src.Name())
	}
	slices.Reverse(names[1:])
	return strings.Join(append(names, p.src.Name()), " → ")
}

// noteCircle adds to the diagnostic about a circle, which p begins and by closes, where p includes the next.
func (by *part) noteCircle(p *part) {
	x := by
	for x != p && x.by != p {
		x = x.by
	}
	if x != p {
		last := len(by.diags) - 1
		by.diags[last].Note = "the circle begins here"
		by.circles = append(by.circles, entered{last, x})
	}
}

// open reads a file of the folder.
func (ps *parts) open(at string) ([]byte, error) {
	if ps.FS == nil {
		return nil, errors.New("there is no folder to read it from")
	}
	f, err := ps.FS.Open(at)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, errors.New("it is a folder")
	case info.Size() > yaml.MaxFileSize:
		return nil, fmt.Errorf("it has more than %d bytes", yaml.MaxFileSize)
	}
	data, err := fs.ReadFile(ps.FS, at)
	return bytes.TrimPrefix(data, []byte("\uFEFF")), err
}

// reason is an error without the path, which the message names.
func reason(err error) string {
	var wrong *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file"
	case errors.As(err, &wrong):
		return wrong.Err.Error()
	}
	return err.Error()
}

// includeHint offers the file whose name is nearest to one that is not there.
func includeHint(files fs.FS, at string) string {
	if files == nil {
		return ""
	}
	entries, err := fs.ReadDir(files, path.Dir(at))
	if err != nil {
		return "paths are relative to the file that includes"
	}
	var names []string
	for _, e := range entries {
		if ext := path.Ext(e.Name()); ext == ".yaml" || ext == ".yml" {
			names = append(names, e.Name())
		}
	}
	base := path.Base(at)
	if slices.Contains(names, base+".yaml") {
		return "did you mean `" + base + ".yaml`?"
	}
	if near := source.Suggest(base, names); near != "" {
		return "did you mean `" + near + "`?"
	}
	return "paths are relative to the file that includes"
}

// join puts the files one behind the other and reads each as a scenario. The first gets the definitions of the others.
func (ps *parts) join() *syntax.File {
	sources := make([]*source.Source, len(ps.list))
	for i, p := range ps.list {
		sources[i] = p.src
	}
	all := source.Join(sources)
	for i, p := range ps.list {
		_, offset, _ := all.Part(i)
		ps.place(p, all, offset)
	}
	first := ps.list[0]
	for i, p := range ps.list {
		if p.root == nil {
			continue
		}
		p.file = syntax.Parse(all, p.root, first.root, &p.diags)
		if p.lost {
			p.file.LoseDefinitions()
		}
		if i > 0 {
			p.onlyDefines(all)
		}
	}
	f := first.file
	for _, p := range ps.list[1:] {
		if p.file == nil {
			f.LoseDefinitions()
			continue
		}
		f.Include(p.file)
	}
	f.Sees = ps.sees()
	return f
}

// place moves what is known about a file to its place among all.
func (ps *parts) place(p *part, all *source.Source, offset int) {
	if p.root != nil && len(ps.list) > 1 {
		p.root.Shift(all, offset)
	}
	for i := range p.hidden {
		p.hidden[i] = p.hidden[i].Shifted(offset)
	}
	p.diags.Shift(offset)
	for _, c := range p.circles {
		_, at, _ := all.Part(c.file.by.number)
		p.diags[c.diag].NoteSpan = c.file.from.Shifted(at)
	}
}

// sees returns for each file which files' definitions its code can use: its own, and those of the files that it includes,
// through others too.
func (ps *parts) sees() [][]int {
	if len(ps.list) == 1 {
		return nil
	}
	list := make([][]int, len(ps.list))
	for i, p := range ps.list {
		seen := make([]bool, len(ps.list))
		var visit func(p *part)
		visit = func(p *part) {
			if !seen[p.number] {
				seen[p.number] = true
				list[i] = append(list[i], p.number)
				for _, q := range p.includes {
					visit(q)
				}
			}
		}
		visit(p)
	}
	return list
}

// onlyDefines reports what an included file does besides defining.
func (p *part) onlyDefines(all *source.Source) {
	_, offset, _ := all.Part(p.by.number)
	wrong := func(at source.Span, hint, format string, args ...any) {
		p.diags.Add(source.Diagnostic{Code: syntax.CodeNotDefinition, Span: at, Hint: hint, Message: fmt.Sprintf(format, args...),
			Note: "it is included here", NoteSpan: p.from.Shifted(offset)})
	}
	for _, f := range p.file.Fields {
		if !f.Key.Defines() {
			wrong(f.KeySpan, "leave it to the file that is run: what code needs of it is passed to it as a parameter",
				"an included file defines coroutines, callbacks and functions: it has no `%s`", f.Key.Name)
		}
	}
	for _, d := range p.file.Callbacks {
		if d.Periodic() {
			wrong(d.Name.Span, "remove its times, and schedule it with `call_later` in the file that is run",
				"a callback of an included file does not begin by itself, as `%s` would", d.Name.Text)
		}
	}
}

// diags returns the diagnostics of all files so far.
func (ps *parts) diags() source.Diagnostics {
	if len(ps.list) == 1 {
		return ps.list[0].diags
	}
	var all source.Diagnostics
	for _, p := range ps.list {
		all = append(all, p.diags...)
	}
	return all
}

// withoutEchoes is withoutEchoes for all files.
func (ps *parts) withoutEchoes(f *syntax.File, diags source.Diagnostics) source.Diagnostics {
	var roots []*yaml.Node
	var hidden []source.Span
	for _, p := range ps.list {
		if p.root != nil {
			roots = append(roots, p.root)
		}
		hidden = append(hidden, p.hidden...)
	}
	return withoutEchoes(f, roots, hidden, diags)
}

package dsl

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"time"

	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

// apart returns the scenario with other names for those locals and parameters of included files whose names its own variables
// and objects have: in one file, neither may hide the other.
func (s *Scenario) apart() (*Scenario, error) {
	r := renamer{s: s, taken: map[string]bool{}, params: map[*syntax.Definition]map[string]string{}}
	for name := range s.Info.Globals {
		r.taken[name] = true
	}
	for _, d := range slices.Concat(s.Coroutines, s.Callbacks) {
		if s.Part(d.Name) > 0 {
			r.params[d] = r.rename(&d.Record, d.Params)
		}
	}
	for _, f := range s.Functions {
		if s.Part(f.Name) > 0 {
			r.rename(&f.Record, f.Params)
		}
	}
	if len(r.edits) == 0 {
		return s, nil
	}
	for _, root := range s.Roots() {
		syntax.Walk(root, r.arguments)
	}
	texts := r.edited()
	in := s.folder
	in.FS = overlay{FS: in.FS, root: in.Root, texts: texts}
	return in.Load(s.Source.Name(), texts[s.Source.Name()])
}

// renamer finds other names.
type renamer struct {
	s      *Scenario
	taken  map[string]bool // names of variables and objects of the scenario
	edits  []source.Fix
	params map[*syntax.Definition]map[string]string // new names of parameters, by the old ones
}

// rename gives the variables in a definition other names where theirs are taken. It returns the new names of all of them.
func (r *renamer) rename(d *syntax.Record, params []*syntax.Param) map[string]string {
	all, renamed := map[string]bool{}, map[string]string{}
	r.names(d, params, func(name string, _ source.Span) { all[name] = true })
	r.names(d, params, func(name string, at source.Span) {
		if !r.taken[name] {
			return
		}
		if renamed[name] == "" {
			n := 2
			for r.taken[name+"_"+strconv.Itoa(n)] || all[name+"_"+strconv.Itoa(n)] {
				n++
			}
			renamed[name] = name + "_" + strconv.Itoa(n)
		}
		r.edit(name, renamed[name], at)
	})
	return renamed
}

// edit replaces a name at a place, which may be in quotes.
func (r *renamer) edit(old, name string, at source.Span) {
	i := bytes.Index([]byte(r.s.Source.Text(at)), []byte(old))
	if i < 0 {
		return // the bundle is refused, as the names still collide
	}
	r.edits = append(r.edits, source.Fix{Span: source.Span{Start: at.Start + i, End: at.Start + i + len(old)}, New: name})
}

// names calls f for each variable that a definition mentions: its parameters, those that its steps assign, and those that
// they read.
func (r *renamer) names(d *syntax.Record, params []*syntax.Param, f func(name string, at source.Span)) {
	for _, p := range params {
		f(p.Name.Text, p.Name.Span)
	}
	visit := func(x *syntax.Record) bool {
		for _, field := range x.Fields {
			syntax.Exprs(field.Value, r.s.Info.ExprOf, func(e *syntax.Expr) {
				if e.Tree != nil {
					e.Tree.Reads(f)
				}
			})
			assigned(field, func(n *syntax.Name) { f(n.Text, n.Span) })
		}
		return true
	}
	visit(d)
	for _, field := range d.Fields {
		syntax.Walk(field.Value, visit)
	}
}

// assigned calls f for the variables that a field assigns.
func assigned(field syntax.Field, f func(*syntax.Name)) {
	local := field.Key.Space == syntax.LocalSpace || field.Key.Space == syntax.TargetSpace
	switch v := field.Value.(type) {
	case *syntax.Name:
		if local {
			f(v)
		}
	case *syntax.Bindings:
		for _, b := range v.Items {
			if local {
				f(b.Name)
			}
		}
	case *syntax.Targets:
		for _, t := range v.Items {
			f(t.Path.Name)
		}
	}
}

// arguments gives the arguments of a call the new names of the parameters.
func (r *renamer) arguments(x *syntax.Record) bool {
	var renamed map[string]string
	for _, field := range x.Fields {
		if name, ok := field.Value.(*syntax.Name); ok {
			switch {
			case field.Key.Space == syntax.CoroutineSpace, field.Key.Kind == syntax.EntryKey:
				renamed = r.params[r.s.Info.Coroutines[name.Text]]
			case field.Key.Space == syntax.CallbackSpace:
				renamed = r.params[r.s.Info.Callbacks[name.Text]]
			}
		}
	}
	for _, field := range x.Fields {
		if with, ok := field.Value.(*syntax.Bindings); ok && field.Key == syntax.WithKey {
			for _, b := range with.Items {
				if name := renamed[b.Name.Text]; name != "" {
					r.edit(b.Name.Text, name, b.Name.Span)
				}
			}
		}
	}
	return true
}

// edited returns the texts of all files, by their names, with the edits.
func (r *renamer) edited() map[string][]byte {
	slices.SortStableFunc(r.edits, func(a, b source.Fix) int { return a.Span.Start - b.Span.Start })
	r.edits = slices.Compact(r.edits) // a place may be found in two ways
	texts := map[string][]byte{}
	for i := range r.s.Source.Parts() {
		part, offset, _ := r.s.Source.Part(i)
		var out []byte
		at := 0
		for _, e := range r.edits {
			if r.s.Source.PartAt(e.Span.Start) == i {
				out = append(append(out, part.Data[at:e.Span.Start-offset]...), e.New...)
				at = e.Span.End - offset
			}
		}
		texts[part.Name()] = append(out, part.Data[at:]...)
	}
	return texts
}

// overlay is a folder in which some files have other texts.
type overlay struct {
	fs.FS
	root  string
	texts map[string][]byte
}

// Open implements fs.FS.
func (o overlay) Open(name string) (fs.File, error) {
	if text, ok := o.texts[path.Join(o.root, name)]; ok {
		return &memoryFile{name: path.Base(name), size: len(text), Reader: bytes.NewReader(text)}, nil
	}
	return o.FS.Open(name)
}

// memoryFile is a file that is a text.
type memoryFile struct {
	*bytes.Reader
	name string
	size int
}

func (f *memoryFile) Stat() (fs.FileInfo, error) { return memoryInfo{f}, nil }
func (f *memoryFile) Close() error               { return nil }

type memoryInfo struct{ f *memoryFile }

func (i memoryInfo) Name() string       { return i.f.name }
func (i memoryInfo) Size() int64        { return int64(i.f.size) }
func (i memoryInfo) Mode() fs.FileMode  { return 0o444 }
func (i memoryInfo) ModTime() time.Time { return time.Time{} }
func (i memoryInfo) IsDir() bool        { return false }
func (i memoryInfo) Sys() any           { return nil }

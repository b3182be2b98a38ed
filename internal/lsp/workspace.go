package lsp

import (
	"bytes"
	"cmp"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"runloop/dsl"
	"runloop/dsl/source"
)

// The workspace is the open documents and the files below the folders that the client has open. A text that is being edited
// stands for its file, also where other files include it.

// maxFiles bounds how many files of the workspace are looked at, and maxFileSize their bytes.
const (
	maxFiles    = 5000
	maxFileSize = 1 << 20
)

// texts is texts that stand for files, by path.
type texts map[string][]byte

// overlaid is a folder in which texts stand for files. It implements fs.FS.
type overlaid struct {
	base fs.FS
	dir  string                           // the path of the folder
	text func(path string) ([]byte, bool) // the text that stands for a file
}

// Open implements fs.FS.
func (o overlaid) Open(name string) (fs.File, error) {
	if text, ok := o.text(path.Join(o.dir, name)); ok && fs.ValidPath(name) {
		return &openText{path.Base(name), bytes.NewReader(text)}, nil
	}
	if o.base == nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return o.base.Open(name)
}

// openText is a text as a file that is open, and says what it is.
type openText struct {
	name string
	*bytes.Reader
}

func (t *openText) Stat() (fs.FileInfo, error) { return t, nil }
func (t *openText) Close() error               { return nil }
func (t *openText) Name() string               { return t.name }
func (t *openText) Mode() fs.FileMode          { return 0o444 }
func (t *openText) ModTime() time.Time         { return time.Time{} }
func (t *openText) IsDir() bool                { return false }
func (t *openText) Sys() any                   { return nil }

// folder returns where the scenario in a file finds what it includes: in texts, in open documents, and in files.
func (s *Server) folder(file string, first texts) dsl.Folder {
	if file == "" || s.options.Folder == nil {
		return dsl.Folder{}
	}
	in := s.options.Folder(file)
	in.FS = overlaid{in.FS, path.Dir(file), func(p string) ([]byte, bool) {
		if text, ok := first[p]; ok {
			return text, true
		}
		if d := s.openAt(p); d != nil {
			return d.text, true
		}
		return nil, false
	}}
	return in
}

// openAt returns the open document of a file, nil if there is none.
func (s *Server) openAt(file string) *document {
	for _, d := range s.documents {
		if d.path() == file {
			return d
		}
	}
	return nil
}

// included tells the documents that include others that a text has changed.
func (s *Server) included(changed *document) {
	for _, d := range s.documents {
		if d != changed && bytes.Contains(d.text, []byte("include")) {
			d.analysis = nil
			s.stale[d.uri] = true
		}
	}
}

// didChangeFiles takes that files have changed on the disk.
func (s *Server) didChangeFiles(struct{}) (any, error) {
	s.included(nil)
	return nil, nil
}

// pathOf returns the path of the file that an address names; empty: it is no file.
func pathOf(uri string) string {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "file" {
		return ""
	}
	return u.Path
}

// addressOf returns the address of a file: that of its open document, or else the usual one.
func (s *Server) addressOf(file string) string {
	if d := s.openAt(file); d != nil {
		return d.uri
	}
	return "file://" + (&url.URL{Path: file}).EscapedPath()
}

// workspace returns the open documents and the other scenarios of the workspace, in the order of their addresses.
func (s *Server) workspace() []*document {
	byURI := maps.Clone(s.documents)
	left := maxFiles
	for _, root := range s.roots {
		files := s.options.Workspace(root)
		_ = fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error { // what cannot be read is left out
			switch base := path.Base(name); {
			case err != nil:
				return nil
			case e.IsDir() && name != "." && (strings.HasPrefix(base, ".") || base == "node_modules"):
				return fs.SkipDir
			case e.IsDir() || path.Ext(name) != ".yaml" && path.Ext(name) != ".yml":
				return nil
			}
			if left--; left < 0 {
				return fs.SkipAll
			}
			file := path.Join(root, name)
			if uri := s.addressOf(file); byURI[uri] == nil {
				if d := s.closed(uri, files, name); d != nil {
					byURI[uri] = d
				}
			}
			return nil
		})
	}
	return slices.SortedFunc(maps.Values(byURI), func(a, b *document) int { return cmp.Compare(a.uri, b.uri) })
}

// closed reads a file that is no open document. It returns nil for one that is no scenario.
func (s *Server) closed(uri string, files fs.FS, name string) *document {
	f, err := files.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || info.Size() > maxFileSize {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFileSize))
	if err != nil {
		return nil
	}
	d := &document{uri: uri, folder: s.folder(pathOf(uri), nil)}
	if d.setText(text); !d.isScenario() {
		return nil
	}
	return d
}

// site is a place in a file of the workspace.
type site struct {
	uri string
	source.Span
}

// site returns where a span of what a document consists of is: it may be in a file that the document includes.
func (s *Server) site(d *document, sp source.Span) site {
	src := d.analyze().File.Source
	part := src.PartAt(sp.Start)
	if part == 0 {
		return site{d.uri, sp}
	}
	file, offset, _ := src.Part(part)
	return site{s.partAddress(d, file), source.Span{Start: sp.Start - offset, End: sp.End - offset}}
}

// partAddress returns the address of a file that a document includes.
func (s *Server) partAddress(d *document, file *source.Source) string {
	if p := d.path(); p != "" {
		return s.addressOf(path.Join(path.Dir(p), file.Name()))
	}
	return d.uri[:strings.LastIndexByte(d.uri, '/')+1] + (&url.URL{Path: file.Name()}).EscapedPath()
}

// uses reports whether a document is the one with an address, or includes it.
func (s *Server) uses(d *document, uri string) bool {
	if d.uri == uri {
		return true
	}
	src := d.analyze().File.Source
	for i := 1; i < src.Parts(); i++ {
		if file, _, _ := src.Part(i); s.partAddress(d, file) == uri {
			return true
		}
	}
	return false
}

// used is a document with its mentions of something.
type used struct {
	*document
	mentions []mention
}

// everywhere returns the documents that can name what a name of a document names, each with its mentions of it. Those are the
// document alone, or, for what a file defines that others include, that file and all that include it.
func (s *Server) everywhere(d *document, m mention) []used {
	at := s.site(d, m.decl)
	if m.decl == (source.Span{}) || at.uri == d.uri && !d.analyze().File.IsLibrary() {
		return []used{{d, d.same(m)}}
	}
	var list []used
	for _, other := range s.workspace() {
		if other.uri != at.uri && !bytes.Contains(other.text, []byte("include")) || !s.uses(other, at.uri) {
			continue
		}
		u := used{document: other}
		for _, o := range other.names() {
			if o.kind == m.kind && o.decl != (source.Span{}) && s.site(other, o.decl) == at {
				u.mentions = append(u.mentions, o)
			}
		}
		list = append(list, u)
	}
	return list
}

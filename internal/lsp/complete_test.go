package lsp

import (
	"flag"
	"maps"
	"slices"
	"sort"
	"strings"
	"testing"

	"runloop/dsl"
	"runloop/dsl/check"
	"runloop/dsl/expr"
	"runloop/dsl/source"
	"runloop/dsl/syntax"
)

var (
	showMissed = flag.Bool("missed", false, "show the places whose word is not among the first ten that are offered")
	allSpots   = flag.Bool("all", false, "try every word of the bundled scenarios, not each 15th")
)

// spot is a place where a word of the language or a declared name is used.
type spot struct {
	source.Span
	word, what string
}

// spotsOf returns the places of a scenario where a key, a verb, a word, a function, a member or a name that is declared
// elsewhere stands.
func spotsOf(text string) []spot {
	a := dsl.Analyze("test.yaml", []byte(text))
	var spots []spot
	add := func(sp source.Span, word, what string) {
		if text[sp.Start:sp.End] == word && len(word) > 1 {
			spots = append(spots, spot{sp, word, what})
		}
	}
	name := func(n *syntax.Name, what string, decl source.Span) {
		if n != nil && n.Span != decl {
			add(n.Span, n.Text, what)
		}
	}
	var walk func(r *syntax.Record, sc check.Scope)
	walk = func(r *syntax.Record, sc check.Scope) {
		for _, f := range r.Fields {
			if f.KeySpan.End > f.KeySpan.Start {
				what := "key"
				if r.Verb != nil && f.Key == r.Verb.Keys[0] {
					what = "verb"
				}
				add(f.KeySpan, f.Key.Name, what)
			}
			inner := sc.ScopeIn(a.File, r, f)
			decl := func(name string) source.Span {
				if v := inner.Variable(name); v != nil {
					return v.Decl
				}
				return source.Span{}
			}
			switch v := f.Value.(type) {
			case *syntax.Name:
				switch f.Key.Kind {
				case syntax.WordKey:
					name(v, "word", source.Span{})
				case syntax.ErrorKey:
					if !slices.Contains(a.Info.Raised(), v.Text) {
						name(v, "error", source.Span{})
					}
				default:
					name(v, "name", decl(v.Text))
				}
			case *syntax.Names:
				for _, n := range v.Items {
					name(n, "error", source.Span{})
				}
			case *syntax.Bindings:
				for _, b := range v.Items {
					if f.Key.Space != syntax.SharedSpace {
						name(b.Name, "bound name", decl(b.Name.Text))
					}
				}
			case *syntax.Targets:
				for _, t := range v.Items {
					name(t.Path.Name, "target", decl(t.Path.Name.Text))
				}
			}
			for _, ref := range references(f.Value) {
				if ref.Expr == nil && source.IsIdentifier(strings.ReplaceAll(ref.Text, "-", "_")) {
					add(ref.Span, ref.Text, "reference")
				}
			}
			if f.Key.Kind == syntax.NamedKey && f.Key.Space == syntax.TaskSpace && f.Key != syntax.WorkersKey {
				for _, d := range f.Value.(*syntax.Definitions).Items {
					name(d.Name, "task", source.Span{})
				}
			}
			if p, ok := f.Value.(*syntax.Params); ok && f.Key.Kind == syntax.ParamsKey {
				for _, item := range p.Items {
					if item.Fields == nil {
						add(source.Span{Start: item.Span.Start, End: item.Span.End}, text[item.Span.Start:item.Span.End], "type")
					}
				}
			}
			syntax.Exprs(f.Value, a.Info.ExprOf, func(e *syntax.Expr) {
				if e.Tree == nil {
					return
				}
				e.Tree.Mentions(a.Info.Facts, func(m expr.Mention) {
					if m.Kind == expr.KeyMention { // it declares itself
						return
					}
					add(m.Span, m.Text, [...]string{"variable", "let", "function", "member", "task name", "key"}[m.Kind])
				})
			})
			for _, in := range syntax.In(f.Value) {
				walk(in, inner)
			}
		}
	}
	walk(a.File.Root, check.Scope{Info: a.Info})
	sort.Slice(spots, func(i, j int) bool { return spots[i].Start < spots[j].Start })
	return slices.Compact(spots)
}

// offers returns the labels of what is offered at an offset of a new text.
func (c *session) offers(text string, offset int) []completionItem {
	c.t.Helper()
	c.open(file, text)
	return c.completionsAt(offset)
}

func (c *session) completionsAt(offset int) []completionItem {
	c.t.Helper()
	var list completionList
	c.ask("textDocument/completion", map[string]any{"textDocument": map[string]any{"uri": file},
		"position": c.s.documents[file].position(offset, c.s.encoding)}, &list)
	return list.Items
}

// TestOffers cuts every word in every bundled scenario after its first letter: in place, with the rest of its line, and with
// the rest of the file, once as a text that the server has never seen whole and once after it was. The word must be among the
// first ten that are offered. Each 15th word is tried, and all of them with -args -all.
func TestOffers(t *testing.T) {
	cuts := []struct {
		name string
		cut  func(text string, sp spot) string
	}{
		{"the word", func(text string, sp spot) string { return text[:sp.Start+1] + text[sp.End:] }},
		{"the line", func(text string, sp spot) string {
			rest := text[sp.End:]
			return text[:sp.Start+1] + rest[strings.IndexByte(rest+"\n", '\n'):]
		}},
		{"the file", func(text string, sp spot) string { return text[:sp.Start+1] }},
	}
	least := 0.95 // of few words
	if *allSpots {
		least = 0.98
	}
	files := bundled(t)
	for _, cut := range cuts {
		for _, seen := range []bool{false, true} {
			all, found, by := 0, 0, map[string][2]int{}
			for _, name := range slices.Sorted(maps.Keys(files)) {
				text := files[name]
				for n, sp := range spotsOf(text) {
					if n%15 != 0 && !*allSpots {
						continue
					}
					c := begin(t)
					cutText := cut.cut(text, sp)
					if seen {
						c.open(file, text)
						c.checked(file)
						c.change(file, contentChange{Text: cutText})
						c.checked(file)
					} else {
						c.open(file, cutText)
					}
					items := c.completionsAt(sp.Start + 1)
					count := by[sp.what]
					all++
					count[1]++
					at := slices.IndexFunc(items, func(i completionItem) bool { return i.Label == sp.word })
					if at >= 0 && at < 10 {
						found++
						count[0]++
					} else if *showMissed {
						line := strings.Count(text[:sp.Start], "\n") + 1
						t.Logf("%s:%d: %s %q is number %d of %d", name, line, sp.what, sp.word, at+1, len(items))
					}
					by[sp.what] = count
				}
			}
			share := float64(found) / float64(all)
			t.Logf("cut %s, seen whole %v: %d of %d, %.2f %%: %v", cut.name, seen, found, all, 100*share, by)
			if share < least {
				t.Errorf("cut %s, seen whole %v: only %.2f %% are offered among the first ten", cut.name, seen, 100*share)
			}
		}
	}
}

// TestOffersBehindEscape: a word with an escape in it is not completed, because what is offered would replace another text.
func TestOffersBehindEscape(t *testing.T) {
	text := "runloop: 1\nmain:\n  - print: \"${fromP\\airs(xs)}\"\n"
	if items := begin(t).offers(text, strings.Index(text, "airs")+1); len(items) != 0 {
		t.Errorf("offered is %v", items)
	}
}

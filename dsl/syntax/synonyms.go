package syntax

import (
	"slices"
	"strings"
	"sync"

	"runloop/dsl/source"
	"runloop/dsl/yaml"
)

// didYouMeanKey is didYouMean for verbs and keys, which may also have another name elsewhere.
func didYouMeanKey(word string, keys []string) string {
	if s := suggestKey(word, keys); s != "" {
		return "did you mean `" + s + "`?"
	}
	return source.DidYouMean(word, keys)
}

// synonyms is the names of the verbs and keys that a word is another name of: the column Also, by word.
var synonyms = sync.OnceValue(func() map[string][]string {
	also := map[string][]string{}
	add := func(name string, words []string) {
		for _, w := range words {
			if !slices.Contains(also[w], name) {
				also[w] = append(also[w], name)
			}
		}
	}
	var addKeys func(keys []*Key)
	addKeys = func(keys []*Key) {
		for _, k := range keys {
			add(k.Name, k.Also)
			addKeys(k.Keys)
		}
	}
	for _, v := range Verbs {
		add(v.Name, v.Also)
	}
	for _, v := range Verbs {
		addKeys(v.Keys)
	}
	addKeys(TopKeys)
	return also
})

// suggestKey is suggest for verbs and keys, which may also have another name elsewhere.
func suggestKey(word string, candidates []string) string {
	for _, s := range synonyms()[strings.ToLower(word)] {
		if slices.Contains(candidates, s) {
			return s
		}
	}
	return source.Suggest(word, candidates)
}

// onlyKey is the key that a misspelt one of the map n was surely meant to be, "" if there is none or it is there.
func onlyKey(word string, candidates []string, n *yaml.Node) string {
	best := onlySynonym(word, candidates)
	if best == "" && suggestKey(word, candidates) == source.Suggest(word, candidates) {
		best = source.OnlySuggestion(word, candidates)
	}
	if slices.ContainsFunc(n.Pairs, func(p yaml.Pair) bool { return p.Key == best }) {
		return ""
	}
	return best
}

// onlySynonym is the one candidate that word is another name of, "": there is none or more than one.
func onlySynonym(word string, candidates []string) string {
	only := ""
	for _, s := range synonyms()[strings.ToLower(word)] {
		if slices.Contains(candidates, s) {
			if only != "" {
				return ""
			}
			only = s
		}
	}
	return only
}

package expr

import "testing"

// TestReplaceWord: a word is replaced where it stands alone, not in quoted text, in longer words, or as an attribute.
func TestReplaceWord(t *testing.T) {
	const text = `f(i, "i", i2, x.i, xs[i])`
	if got, want := ReplaceWord(text, "i", "index"), `f(index, "i", i2, x.i, xs[index])`; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

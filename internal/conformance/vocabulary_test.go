package conformance

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"runloop/dsl/expr"
	"runloop/dsl/syntax"
)

// unwritten lists words that no random scenario contains, with the reason.
var unwritten = []struct{ reason, words string }{
	{"what they compute has nothing to do with the loop: TestExpressions of dsl/python runs them on both sides", `
		abs( all( any( bitand( bitnand( bitnot( bitor( bitshl( bitshr( bitushr( bitxor( ceil( concat( count( duration( filter(
		find( findIndex( findLast( findLastIndex( first( flatten( float( floor( format( fromBase64( fromJSON(
		fromPairs( get( groupBy( hasPrefix( hasSuffix( indexOf( int( is_error( join( keys( last( lastIndexOf( lower(
		map( max( mean( median( none( one( reduce( repeat( replace( reverse( round( sort( sortBy( split(
		splitAfter( strftime( string( sum( take( toBase64( toJSON( toPairs( trim( trimPrefix( trimSuffix( type( uniq(
		upper( values( sqrt( exp( log( log2( log10( pow( sin( cos( atan2( mod( floordiv( percentile( variance( stdev(
		cumsum( range( zip( enumerate( lpad( rpad(`},
	{"asyncio has no counterpart: TestSimPy compares it with SimPy", `
		interrupt first`},
	{"asyncio has no statistics: TestMetrics of engine and the scenarios of dsl/testdata/ok compare them with what they are", `
		record`},
	{"TestDraws of dsl/python compares the streams of tasks, callbacks and sections", `
		exponential( normal( lognormal( triangular( gamma( weibull( randint( chance( choice( shuffle(
		erlang( hyperexponential( beta( pert( pareto( empirical( poisson( binomial( geometric( negative_binomial( truncated(`},
}

// TestVocabulary: every verb, function and kind of object occurs in some random scenario, or there is a reason why
// not. It only reads scenarios and runs none.
func TestVocabulary(t *testing.T) {
	missing, reasons := map[string]bool{}, map[string]string{}
	for _, word := range vocabulary() {
		missing[word] = true
	}
	for _, u := range unwritten {
		for word := range strings.FieldsSeq(u.words) {
			if missing["- "+word] {
				word = "- " + word
			}
			reasons[word] = u.reason
			if !missing[word] {
				t.Errorf("there is no `%s` in the language", word)
			}
		}
	}
	for seed := uint64(0); seed < 3000 && len(missing) > len(reasons); seed++ {
		g := &generator{r: rand.New(rand.NewPCG(seed, 0))}
		text := string(write(g.scenario()))
		for _, form := range []*regexp.Regexp{verbForm, functionForm, sectionForm, newForm} {
			for _, word := range form.FindAllString(text, -1) {
				delete(missing, word)
			}
		}
	}
	for word := range missing {
		if reasons[word] == "" {
			t.Errorf("no random scenario has `%s`", word)
		}
	}
	for word, reason := range reasons {
		if !missing[word] {
			t.Errorf("`%s` is written, so this is no longer true: %s", word, reason)
		}
	}
}

// How words of the vocabulary appear in a scenario.
var (
	verbForm     = regexp.MustCompile(`- \w+`)
	functionForm = regexp.MustCompile(`\w+\(`)
	sectionForm  = regexp.MustCompile(`(?m)^\w+:`)
	newForm      = regexp.MustCompile(`new: \w+`)
)

// vocabulary returns every verb, function and kind of object that is built, as it appears in a scenario.
func vocabulary() []string {
	var words []string
	for _, v := range syntax.Verbs {
		words = append(words, "- "+v.Name)
	}
	for _, b := range expr.Builtins() {
		name, _, _ := strings.Cut(b.Signature, "(")
		words = append(words, name+"(")
	}
	for _, key := range syntax.TopKeys {
		if key.Kind == syntax.ObjectsKey {
			words = append(words, key.Name+":")
		}
	}
	for _, kind := range syntax.NewKey.Words {
		words = append(words, "new: "+kind)
	}
	return words
}

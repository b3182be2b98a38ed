package syntax

import (
	"slices"
	"strings"

	"runloop/dsl/source"
)

// didYouMeanKey is didYouMean for verbs and keys, which may also have another name elsewhere.
func didYouMeanKey(word string, keys []string) string {
	if s := SuggestKey(word, keys); s != "" {
		return "did you mean `" + s + "`?"
	}
	return source.DidYouMean(word, keys)
}

// synonyms is what other languages and libraries call a verb or a key, with the words that the language has for it.
var synonyms = map[string][]string{
	"echo": {"print"}, "log": {"print"}, "puts": {"print"}, "write": {"print"}, "say": {"print"}, "output": {"print"},
	"create_task": {"spawn"}, "fork": {"spawn"}, "start": {"spawn"}, "launch": {"spawn"}, "go": {"spawn"}, "task": {"spawn"},
	"run": {"call", "do"}, "exec": {"call"}, "invoke": {"call"}, "delay": {"sleep", "after"}, "pause": {"sleep"},
	"wait_for": {"await"}, "lock": {"acquire"}, "unlock": {"release"}, "throw": {"raise"}, "except": {"catch"},
	"rescue": {"catch"}, "ensure": {"finally"}, "var": {"let"}, "assign": {"set"}, "send": {"put"}, "enqueue": {"put"},
	"push": {"append"}, "add": {"append"}, "receive": {"get"}, "recv": {"get"}, "dequeue": {"get"}, "pop": {"get"},
	"emit": {"signal"}, "trigger": {"signal"}, "loop": {"repeat", "while"}, "times": {"repeat"}, "foreach": {"for"},
	"each": {"for"}, "timer": {"call_later", "callbacks"}, "set_timeout": {"call_later"}, "schedule": {"call_later"},
	"exit": {"stop"}, "quit": {"stop"}, "args": {"with"}, "arguments": {"with"}, "params": {"with"},
	"into": {"as"}, "save": {"as"}, "store": {"as"}, "result": {"as"}, "steps": {"do", "then", "main"}, "do": {"then"},
	"then": {"do"}, "body": {"do"}, "interval": {"every"}, "period": {"every"}, "tasks": {"workers"},
	"processes": {"workers"}, "actors": {"workers"}, "functions": {"coroutines"}, "definitions": {"coroutines"},
	"timers": {"callbacks"}, "vars": {"shared"}, "variables": {"shared"}, "globals": {"shared"}, "state": {"shared"},
	"version": {"runloop"}, "title": {"name"}, "inputs": {"params"}, "parameters": {"params"}, "otherwise": {"else"},
	"elseif": {"elif"}, "else if": {"elif"}, "minimum": {"min"}, "maximum": {"max"}, "values": {"enum"}, "choices": {"enum"},
	"else_if": {"elif"}, "max": {"capacity"}, "size": {"capacity"}, "maxsize": {"capacity"},
	"deadline": {"within", "timeout"}, "timeout": {"within"}, "count": {"value"}, "condition": {"if"},
}

// SuggestKey is suggest for verbs and keys, which may also have another name elsewhere.
func SuggestKey(word string, candidates []string) string {
	if s := source.Suggest(word, candidates); s != "" {
		return s
	}
	for _, s := range synonyms[strings.ToLower(word)] {
		if slices.Contains(candidates, s) {
			return s
		}
	}
	return ""
}

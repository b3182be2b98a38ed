// Package dsl turns the text of a scenario into a checked tree and that into an engine.Program.
//
// Load parses, checks and compiles a file; Check only reports what is wrong with it. Every verb, every key and every
// name space stands in one table (Verbs, TopKeys): the parser, the checker, the JSON Schema and the reference read it.
package dsl

package main

// ignoreSIGPIPE does nothing: JavaScript has no such signal.
func ignoreSIGPIPE() {}

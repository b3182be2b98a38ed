// Command web is the language server for browsers, as WebAssembly. It defines runloopServe(port, version), which answers the
// messages that come through a MessagePort, each a text of JSON-RPC without a header.
package main

import (
	"syscall/js"

	"runloop/internal/lsp"
)

func main() {
	js.Global().Set("runloopServe", js.FuncOf(func(_ js.Value, args []js.Value) any {
		serve(args[0], args[1].String())
		return nil
	}))
	select {} // the functions must live
}

// serve begins a session with the client at the other end of a port.
func serve(port js.Value, version string) {
	server := lsp.New(lsp.Options{Version: version})
	send := func(messages [][]byte) {
		for _, m := range messages {
			port.Call("postMessage", string(m))
		}
	}
	waiting := false // Idle is due
	idle := js.FuncOf(func(js.Value, []js.Value) any {
		waiting = false
		send(server.Idle())
		return nil
	})
	port.Set("onmessage", js.FuncOf(func(_ js.Value, args []js.Value) any {
		send(server.Handle([]byte(args[0].Get("data").String())))
		if !waiting { // behind the messages that have come
			waiting = true
			js.Global().Call("setTimeout", idle, 0)
		}
		return nil
	}))
}

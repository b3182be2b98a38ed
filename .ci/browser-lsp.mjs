// The page of drive-lsp.mjs: CodeMirror with its client of language servers, which talks to the server through a port.
import { EditorView, basicSetup } from "codemirror";
import { LSPClient, languageServerExtensions } from "@codemirror/lsp-client";

globalThis.begin = async (wasm, text) => {
	const go = new globalThis.Go();
	const { instance } = await WebAssembly.instantiate(wasm, go.importObject);
	go.run(instance);
	const { port1, port2 } = new MessageChannel();
	globalThis.runloopServe(port2, "test");
	const handlers = new Set(), log = [];
	port1.onmessage = (e) => {
		log.push(e.data);
		for (const handler of handlers) handler(e.data);
	};
	const client = new LSPClient({ extensions: languageServerExtensions() });
	client.connect({
		send: (message) => port1.postMessage(message),
		subscribe: (handler) => handlers.add(handler),
		unsubscribe: (handler) => handlers.delete(handler),
	});
	await client.initializing;
	const view = new EditorView({ doc: text, parent: document.body, extensions: [basicSetup, client.plugin("file:///scenarios/page.yaml", "yaml")] });
	Object.assign(globalThis, { view, client, log });
};

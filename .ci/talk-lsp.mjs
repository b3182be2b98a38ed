// Sessions with `runloop lsp` by the client of VS Code, from npm: node talk-lsp.mjs SCENARIOS EDITS SEED, with the folder of
// the packages in TOOLS and the command in RUNLOOP. See check-lsp.
import { spawn, execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import assert from "node:assert/strict";
import path from "node:path";

const require = createRequire(path.join(process.env.TOOLS, "package.json"));
const lsp = require("vscode-languageserver-protocol/node");
const { TextDocument } = require("vscode-languageserver-textdocument");
const [folder, edits, seed] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];

/** A server with a connection to it. */
function connect() {
	const server = spawn(process.env.RUNLOOP, ["lsp"], { stdio: ["pipe", "pipe", "pipe"] });
	const connection = lsp.createProtocolConnection(new lsp.StreamMessageReader(server.stdout), new lsp.StreamMessageWriter(server.stdin));
	const published = new Map(), waiting = new Map(), logged = [];
	connection.onNotification(lsp.PublishDiagnosticsNotification.type, (p) => {
		for (const d of p.diagnostics) assert(lsp.Diagnostic.is(d), `no diagnostic: ${JSON.stringify(d)}`);
		published.set(p.uri, p);
		const wait = waiting.get(p.uri);
		if (wait && (p.version === undefined || p.version >= wait.version)) {
			waiting.delete(p.uri);
			wait.done(p.diagnostics);
		}
	});
	connection.onNotification(lsp.LogMessageNotification.type, (p) => logged.push(p.message));
	connection.onRequest(lsp.CodeLensRefreshRequest.type, () => null);
	connection.listen();
	const ended = new Promise((done) => server.on("exit", (code) => done(code)));
	const diagnostics = (uri, version) => {
		const p = published.get(uri);
		if (p && (p.version ?? 0) >= version) return Promise.resolve(p.diagnostics);
		return new Promise((done) => waiting.set(uri, { version, done }));
	};
	return { server, connection, diagnostics, ended, logged };
}

async function begin(encodings) {
	const c = connect();
	const result = await c.connection.sendRequest(lsp.InitializeRequest.type, {
		processId: process.pid, rootUri: null,
		capabilities: {
			general: { positionEncodings: encodings }, workspace: { codeLens: { refreshSupport: true } },
			textDocument: { completion: { completionItem: { snippetSupport: false } } },
		},
	});
	await c.connection.sendNotification(lsp.InitializedNotification.type, {});
	c.capabilities = result.capabilities;
	c.open = async (uri, text) => {
		const document = TextDocument.create(uri, "yaml", 1, text);
		await c.connection.sendNotification(lsp.DidOpenTextDocumentNotification.type, { textDocument: { uri, languageId: "yaml", version: 1, text } });
		return document;
	};
	c.change = async (document, contentChanges) => {
		const version = document.version + 1;
		TextDocument.update(document, contentChanges, version);
		await c.connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, { textDocument: { uri: document.uri, version }, contentChanges });
		return document;
	};
	c.end = async () => {
		await c.connection.sendRequest(lsp.ShutdownRequest.type);
		await c.connection.sendNotification(lsp.ExitNotification.type);
		assert.equal(await c.ended, 0, "the exit code after a session");
	};
	return c;
}

/** What `validate` says of a text, as "CODE line:column". */
function validate(text) {
	let out;
	try {
		out = execFileSync(process.env.RUNLOOP, ["validate", "--format", "json", "--stdin-filename", "test.yaml", "-"], { input: text, stdio: ["pipe", "pipe", "pipe"] });
	} catch (e) {
		out = e.stdout;
	}
	return JSON.parse(out).problems.map((p) => p.code).sort();
}

const uri = "file:///scenarios/test.yaml";
const codes = (diagnostics) => diagnostics.map((d) => d.code).sort();

/** Every bundled scenario gets what `validate` says, that is nothing but what its comments explain. */
async function scenarios() {
	const c = await begin(["utf-8", "utf-16"]);
	assert.equal(c.capabilities.positionEncoding, "utf-8");
	for (const name of readdirSync(folder).filter((n) => n.endsWith(".yaml"))) {
		const text = readFileSync(path.join(folder, name), "utf8"), at = `file:///scenarios/${name}`;
		await c.open(at, text);
		assert.deepEqual(codes(await c.diagnostics(at, 1)), validate(text), name);
	}
	await c.end();
}

/** Every request, with its answer read by the package's own checks. */
async function requests() {
	const c = await begin(["utf-16"]);
	const text = `runloop: 1 # 🏃
shared: { count: 0 }
coroutines:
  work:
    params: { n: int }
    do:
      - sleep: 1s
      - print: "🏃 \${count + n} \${round(1.5, 0)}"
workers:
  first: { call: work, with: { n: 1 } }
main:
  - await: first
  - slep: 1
`;
	const document = await c.open(uri, text);
	const at = (part, more = 0) => ({ textDocument: { uri }, position: document.positionAt(document.getText().indexOf(part) + more) });
	const ask = (type, params) => c.connection.sendRequest(type, params);
	const found = await c.diagnostics(uri, 1);
	assert.deepEqual(codes(found), validate(text));
	assert(found[0].codeDescription.href.startsWith("runloop:"), "the address of a page");
	assert.match((await c.connection.sendRequest("workspace/textDocumentContent", { uri: found[0].codeDescription.href })).text, /^# RL/);

	const definition = await ask(lsp.DefinitionRequest.type, at("count + n", 2));
	assert(lsp.Location.is(definition) && document.getText(definition.range) === "count");
	const uses = await ask(lsp.ReferencesRequest.type, { ...at("count + n"), context: { includeDeclaration: true } });
	assert(uses.length === 2 && uses.every((l) => lsp.Location.is(l) && document.getText(l.range) === "count"));
	const marks = await ask(lsp.DocumentHighlightRequest.type, at("work", 1));
	assert(marks.length === 2 && marks.every((m) => document.getText(m.range) === "work"));
	const hover = await ask(lsp.HoverRequest.type, at("round"));
	assert(lsp.Hover.is(hover) && hover.contents.value.includes("round(x number, n? int) number"));
	const prepared = await ask(lsp.PrepareRenameRequest.type, at("work:"));
	assert.equal(prepared.placeholder, "work");
	const edit = await ask(lsp.RenameRequest.type, { ...at("count + n"), newName: "total" });
	assert(lsp.WorkspaceEdit.is(edit));
	assert.match(TextDocument.applyEdits(document, edit.changes[uri]), /🏃 \$\{total \+ n\}/);
	await assert.rejects(ask(lsp.RenameRequest.type, { ...at("count + n"), newName: "2" }), /cannot be a name/);

	const actions = await ask(lsp.CodeActionRequest.type, { textDocument: { uri }, range: found[0].range, context: { diagnostics: found } });
	assert(actions.every((a) => lsp.CodeAction.is(a)) && actions.length > 0);
	const mended = TextDocument.applyEdits(document, actions[0].edit.changes[uri]);
	assert.deepEqual(validate(mended), []);

	const symbols = await ask(lsp.DocumentSymbolRequest.type, { textDocument: { uri } });
	assert(symbols.every((s) => lsp.DocumentSymbol.is(s)));
	assert.deepEqual(symbols.find((s) => s.name === "coroutines").children.map((s) => s.name), ["work"]);
	assert.equal((await ask(lsp.WorkspaceSymbolRequest.type, { query: "fir" }))[0].name, "first");
	assert((await ask(lsp.FoldingRangeRequest.type, { textDocument: { uri } })).every((f) => lsp.FoldingRange.is(f)));
	let selection = (await ask(lsp.SelectionRangeRequest.type, { textDocument: { uri }, positions: [at("count + n").position] }))[0];
	assert(lsp.SelectionRange.is(selection));
	for (; selection.parent; selection = selection.parent) {
		const [inner, outer] = [document.getText(selection.range), document.getText(selection.parent.range)];
		assert(outer.includes(inner) && outer.length > inner.length, `${inner} in ${outer}`);
	}
	const tokens = await ask(lsp.SemanticTokensRequest.type, { textDocument: { uri } });
	assert(lsp.SemanticTokens.is(tokens) && tokens.data.length > 20 && tokens.data.length % 5 === 0);
	const hints = await ask(lsp.InlayHintRequest.type, { textDocument: { uri }, range: { start: { line: 0, character: 0 }, end: { line: 99, character: 0 } } });
	assert(hints.length === 1 && lsp.InlayHint.is(hints[0]) && hints[0].label === "until +1.0s");
	const help = await ask(lsp.SignatureHelpRequest.type, at("1.5, 0", 5));
	assert.equal(help.activeParameter, 1);
	assert(lsp.SignatureInformation.is ? lsp.SignatureInformation.is(help.signatures[0]) : help.signatures[0].label.startsWith("round("));

	const untidy = await c.open("file:///scenarios/untidy.yaml", "runloop:   1\nmain:\n- print:   '🏃'\n- {sleep:  1s}\n");
	const edits = await ask(lsp.DocumentFormattingRequest.type, { textDocument: { uri: untidy.uri }, options: { tabSize: 8, insertSpaces: false } });
	assert(edits.every((e) => lsp.TextEdit.is(e)));
	const tidy = execFileSync(process.env.RUNLOOP, ["fmt", "-"], { input: untidy.getText(), encoding: "utf8" });
	assert.equal(TextDocument.applyEdits(untidy, edits), tidy);
	await assert.rejects(ask(lsp.DocumentFormattingRequest.type, { textDocument: { uri: (await c.open("file:///scenarios/bad.yaml", "runloop: 1\nmain: [\n")).uri }, options: {} }), /laid out when it can be read/);

	await c.change(document, [{ range: { start: document.positionAt(text.indexOf("slep")), end: document.positionAt(text.indexOf("slep") + 4) }, text: "sleep" }]);
	assert.deepEqual(codes(await c.diagnostics(uri, document.version)), []);
	const lenses = await ask(lsp.CodeLensRequest.type, { textDocument: { uri } });
	assert(lenses.every((l) => lsp.CodeLens.is(l)) && lenses[0].command.command === "runloop.run");
	const run = await ask(lsp.ExecuteCommandRequest.type, lenses[0].command);
	assert(run.ok && run.output === "🏃 1 2.0\n", JSON.stringify(run));
	assert.match((await ask(lsp.ExecuteCommandRequest.type, lenses[1].command)).svg, /^<svg/);

	// A step typed at the end, letter by letter, with completion behind its first letter and in its expression.
	const type = async (part) => {
		for (const letter of part) {
			const end = document.positionAt(document.getText().length);
			await c.change(document, [{ range: { start: end, end }, text: letter }]);
		}
	};
	const accept = async (label) => {
		const place = { textDocument: { uri }, position: document.positionAt(document.getText().length) };
		const list = await ask(lsp.CompletionRequest.type, place);
		const item = list.items.slice(0, 10).find((i) => i.label === label);
		assert(item && lsp.MarkupContent.is(item.documentation) && lsp.TextEdit.is(item.textEdit), `${label} is among the first of ${list.items.map((i) => i.label)}`);
		await c.change(document, [{ range: item.textEdit.range, text: item.textEdit.newText }]);
	};
	await type("  - p");
	await accept("print");
	await type('"🏃 ${c');
	await accept("count");
	await type('}"\n  - r');
	await accept("repeat");
	await type("2\n    d");
	await accept("do");
	await type("s");
	await accept("stop");
	assert(document.getText().endsWith('  - print: "🏃 ${count}"\n  - repeat: 2\n    do:\n      - stop'), document.getText());
	assert.deepEqual(codes(await c.diagnostics(uri, document.version)), validate(document.getText()));
	await c.end();
}

/** Random changes, made by the package's document and by the server: both have the same text, so the same is wrong with it. */
async function changes() {
	let state = seed;
	const random = (n) => (state = (state * 1103515245 + 12345) % 2147483648) % n;
	const names = readdirSync(folder).filter((n) => n.endsWith(".yaml"));
	const pieces = ["a", ":", "- ", "\n", "\n  ", "{", "}", '"', "${", "🏃", "漢", "e\u0301", "\r\n", "#", "print: ", ""];
	for (const [n, encoding] of ["utf-16", "utf-16"].entries()) {
		const c = await begin([encoding]);
		const document = await c.open(uri, readFileSync(path.join(folder, names[random(names.length)]), "utf8"));
		for (let i = 0; i < edits / 2; i++) {
			const [from, to] = [random(document.getText().length + 1), 0];
			const range = { start: document.positionAt(from), end: document.positionAt(Math.max(to, from + (random(3) ? 0 : random(6)))) };
			await c.change(document, [{ range, text: pieces[random(pieces.length)] }]);
			await c.connection.sendRequest(lsp.CompletionRequest.type, { textDocument: { uri }, position: range.start });
			if (i % 20 === 19 && /^runloop:/m.test(document.getText()) && !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(document.getText())) {
				assert.deepEqual(codes(await c.diagnostics(uri, document.version)), validate(document.getText()), `${n}, change ${i}`);
			}
		}
		await c.end();
	}
}

/** Clients that die, or send rubbish. */
async function hostile() {
	let c = await begin(["utf-16"]);
	c.server.stdin.end();
	assert.equal(await c.ended, 1, "the exit code after a client that died");
	c = await begin(["utf-16"]);
	c.server.stdin.write("rubbish\r\n\r\n");
	assert.equal(await c.ended, 2, "the exit code after rubbish");
	c = await begin(["utf-16"]);
	c.server.stdin.write("Content-Length: 7\r\n\r\nrubbish");
	await c.open(uri, "runloop: 1\n");
	await c.connection.sendNotification(lsp.DidChangeTextDocumentNotification.type, { textDocument: { uri, version: 0 }, contentChanges: [{ text: "" }] });
	await c.connection.sendRequest(lsp.CompletionRequest.type, { textDocument: { uri }, position: { line: 1000000, character: 1000000 } });
	assert(c.logged.some((m) => m.includes("version 0 comes after version 1")), c.logged.join());
	await assert.rejects(c.connection.sendRequest("no/such", {}), /no method/);
	await assert.rejects(c.connection.sendRequest(lsp.HoverRequest.type, { textDocument: { uri: "file:///other" }, position: { line: 0, character: 0 } }), /not open/);
	await c.end();
}

for (const session of [scenarios, requests, changes, hostile]) {
	await session();
	console.log(`${session.name}: good`);
}

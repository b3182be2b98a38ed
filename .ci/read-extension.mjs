// Loads the packed extension for Visual Studio Code with a stand-in for the editor, and colours scenarios with its grammar.
// The arguments are the folder of the extension and that of the bundled scenarios. The stand-in records what the extension
// asks of the editor, and starts the real server; the editor itself, which Debian does not have, is not started.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import Module, { createRequire } from 'node:module';
import path from 'node:path';

const [folder, scenarios] = process.argv.slice(2);
const require = createRequire(`${process.env.TOOLS}/`);

const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
const main = path.join(folder, manifest.main);
for (const file of [main, path.join(folder, 'readme.md'), path.join(folder, 'LICENSE.txt'), ...manifest.contributes.grammars.map((g) => path.join(folder, g.path))]) {
  assert.ok(fs.existsSync(file), `${file} is not packed`);
}
for (const file of ['extension.js', 'node_modules']) assert.ok(!fs.existsSync(path.join(folder, file)), `${file} is packed`);
await colours();
bundle();
await commands();

/** Tokenizes the bundled scenarios: each expression in ${…} is one, and ends where it should. */
async function colours() {
  const { Registry, parseRawGrammar } = require('vscode-textmate');
  const oniguruma = require('vscode-oniguruma');
  const wasm = path.dirname(require.resolve('vscode-oniguruma'));
  await oniguruma.loadWASM(fs.readFileSync(path.join(wasm, 'onig.wasm')).buffer);
  const own = manifest.contributes.grammars[0];
  const grammars = path.join(process.env.TOOLS, 'node_modules/tm-grammars/grammars');
  const files = { 'source.yaml': path.join(grammars, 'yaml.json'), [own.scopeName]: path.join(folder, own.path) };
  const registry = new Registry({
    onigLib: Promise.resolve({ createOnigScanner: (p) => new oniguruma.OnigScanner(p), createOnigString: (s) => new oniguruma.OnigString(s) }),
    loadGrammar: async (scope) => files[scope] && parseRawGrammar(fs.readFileSync(files[scope], 'utf8'), files[scope]),
    getInjections: (scope) => (own.injectTo.includes(scope) ? [own.scopeName] : []),
  });
  const grammar = await registry.loadGrammar('source.yaml');
  let expressions = 0;
  const inside = (line, stack) => {
    const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
    const text = tokens.filter((t) => t.scopes.includes('meta.embedded.expression.runloop')).map((t) => line.slice(t.startIndex, t.endIndex)).join('');
    return { tokens, text, ruleStack };
  };
  for (const name of fs.readdirSync(scenarios).filter((n) => n.endsWith('.yaml'))) {
    let stack = null;
    for (const line of fs.readFileSync(path.join(scenarios, name), 'utf8').split('\n')) {
      const found = inside(line, stack);
      stack = found.ruleStack;
      const comment = found.tokens.find((t) => t.scopes.some((s) => s.startsWith('comment')));
      const want = expressionsOf(line.slice(0, comment?.startIndex));
      expressions += want.length;
      assert.equal(found.text, want.join(''), `${name}: ${line}`);
    }
  }
  assert.ok(expressions > 100, `${expressions} expressions`);

  const line = 'print: "$${no} ${len(xs) > 250ms and now}, ${{ github }}"';
  const { tokens, text } = inside(line, null);
  assert.equal(text, '${len(xs) > 250ms and now}');
  for (const [word, scope] of Object.entries({ len: 'entity.name.function', xs: 'variable.other', '250ms': 'constant.numeric', and: 'keyword.operator.word', now: 'variable.language', '$${': 'constant.character.escape' })) {
    const token = tokens.find((t) => line.slice(t.startIndex, t.endIndex) === word);
    assert.ok(token?.scopes.some((s) => s.startsWith(scope)), `${word} is ${token?.scopes}`);
  }
  console.log(`${expressions} expressions have their colours`);
}

/** The expressions of a line, found by counting braces. */
function expressionsOf(line) {
  const list = [];
  for (let at = line.indexOf('${'); at >= 0; at = line.indexOf('${', at + 2)) {
    if (line[at - 1] === '$') continue;
    let end = at + 2;
    for (let open = 1; open > 0 && end < line.length; end++) open += { '{': 1, '}': -1 }[line[end]] ?? 0;
    list.push(line.slice(at, end));
  }
  return list;
}

/** What the extension asks of the editor, and a client in place of VS Code's that starts the real server. */
function standIn() {
  const seen = { shown: [], panels: [], options: null, connection: null };
  const vscode = {
    ViewColumn: { Beside: -2 },
    window: {
      createOutputChannel: () => ({ clear() {}, append: (s) => seen.shown.push(s), appendLine: (s) => seen.shown.push(`${s}\n`), show() {}, dispose() {} }),
      createWebviewPanel: (...args) => {
        const panel = { args, webview: { html: '' }, onDidDispose() {} };
        seen.panels.push(panel);
        return panel;
      },
      showErrorMessage: (s) => seen.shown.push(s),
    },
    workspace: { getConfiguration: () => ({ get: (_, value) => value }), createFileSystemWatcher: (pattern) => ({ pattern }) },
  };
  class LanguageClient {
    constructor(id, name, server, client) {
      seen.options = { server, client };
    }
    async start() {
      const rpc = require('vscode-jsonrpc/node');
      this.process = spawn(seen.options.server.command, seen.options.server.args);
      seen.connection = rpc.createMessageConnection(new rpc.StreamMessageReader(this.process.stdout), new rpc.StreamMessageWriter(this.process.stdin));
      seen.connection.listen();
      await seen.connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
      await seen.connection.sendNotification('initialized', {});
    }
    async stop() {
      await seen.connection.sendRequest('shutdown');
      const ended = new Promise((resolve) => this.process.on('exit', resolve));
      await seen.connection.sendNotification('exit');
      seen.code = await ended;
      seen.connection.dispose();
    }
  }
  const load = Module._load;
  Module._load = (name, ...rest) => ({ vscode, 'vscode-languageclient/node': { LanguageClient } })[name] ?? load(name, ...rest);
  return seen;
}

/** Starts the extension, and runs a scenario and sees its run by the server. */
async function commands() {
  const seen = standIn();
  const source = path.join(path.dirname(new URL(import.meta.url).pathname), '../editors/vscode/extension.js');
  const { activate, deactivate } = createRequire(import.meta.url)(source);
  await activate({ subscriptions: [] });
  assert.deepEqual(seen.options.server, { command: 'runloop', args: ['lsp'] });
  assert.equal(seen.options.client.synchronize.fileEvents.pattern, '**/*.{yaml,yml}');
  const open = (uri, text) =>
    seen.connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
  const call = (command, uri) =>
    seen.options.client.middleware.executeCommand(command, [uri], (name, args) => seen.connection.sendRequest('workspace/executeCommand', { command: name, arguments: args }));

  const good = 'file:///a%20b.yaml';
  await open(good, 'runloop: 1\nmain:\n  - print: hello\nexpect:\n  that:\n    - now == 1\n');
  await call('runloop.run', good);
  const [address, output, end, failure] = seen.shown;
  assert.deepEqual([address, output], [`${good}\n`, 'hello\n']);
  assert.match(end, /^✗ ended completed/);
  assert.match(failure, /^✗ line 6: .*now == 1/);
  await call('runloop.see', good);
  await call('runloop.see', good);
  assert.equal(seen.panels.length, 1);
  assert.match(seen.panels[0].args[1], /a b\.yaml/);
  assert.match(seen.panels[0].webview.html, /default-src 'none'.*<svg.*hello.*<\/svg>/s);

  const early = 'file:///early.yaml';
  await open(early, 'runloop: 1\nshared: { x: 0 }\nworkers:\n  a: [{ sleep: 1s }, { set: { x: 1 } }]\n  b: [{ sleep: 1s }, { set: { x: 2 } }]\nexpect: { that: [x == 2] }\n');
  await call('runloop.explore', early);
  assert.match(seen.shown.join('\n'), /✗ another order fails\n.*sleep of b.*\n.*x == 2.*\n.*--schedule/s);

  await open('file:///bad.yaml', 'runloop: 1\nmain: [stopp]\n');
  await call('runloop.see', 'file:///bad.yaml');
  assert.match(seen.shown.at(-1), /it does not run/);
  await deactivate();
  assert.equal(seen.code, 0);
  console.log('its commands show what the server answers');
}

/** Loads what is packed: everything that the bundle asks of the editor while it is loaded is there. */
function bundle() {
  class Anything {}
  const editor = new Proxy(Anything, { get: (target, name) => (name in target ? target[name] : editor) });
  const load = Module._load;
  Module._load = (name, ...rest) => (name === 'vscode' ? editor : load(name, ...rest));
  const { activate, deactivate } = createRequire(import.meta.url)(main);
  Module._load = load;
  assert.deepEqual([typeof activate, typeof deactivate], ['function', 'function']);
}

// The client of `runloop lsp` in Visual Studio Code. The server looks at YAML files with a line that begins with
// "runloop:". Its lenses call runloop.run, runloop.see and runloop.explore, whose results are shown here.
'use strict';

const { ViewColumn, window, workspace } = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;
let output;
const pages = new Map(); // the panel of each document whose run is seen

/** What shows the result of each command of the server: it gets the result and the document's address. */
const shows = { 'runloop.run': showOutcome, 'runloop.see': showDrawing, 'runloop.explore': showExplored };

async function activate(context) {
  output = window.createOutputChannel('runloop runs');
  context.subscriptions.push(output);
  const command = workspace.getConfiguration('runloop').get('path', 'runloop');
  client = new LanguageClient('runloop', 'runloop', { command, args: ['lsp'] }, {
    documentSelector: [{ language: 'yaml' }],
    synchronize: { fileEvents: workspace.createFileSystemWatcher('**/*.{yaml,yml}') }, // what is included may change
    middleware: { executeCommand: execute },
  });
  await client.start();
}

async function deactivate() {
  await client?.stop();
}

async function execute(command, args, next) {
  try {
    const result = await next(command, args);
    shows[command]?.(result, String(args[0]));
    return result;
  } catch (error) {
    window.showErrorMessage(`runloop: ${error.message}`);
    return undefined;
  }
}

function showOutcome(outcome, address) {
  output.clear();
  output.appendLine(address);
  output.append(outcome.output);
  output.appendLine(`${outcome.ok ? '✓' : '✗'} ended ${outcome.summary}`);
  for (const failure of outcome.failures) {
    output.appendLine(`✗ line ${failure.range.start.line + 1}: ${failure.message}`);
  }
  output.show(true);
}

function showExplored(explored, address) {
  output.clear();
  output.appendLine(address);
  output.appendLine(`${explored.ok ? '✓' : '✗'} ${explored.summary}`);
  for (const step of explored.steps) {
    output.appendLine(`  ${step}`);
  }
  if (explored.schedule) {
    output.appendLine(`  runloop run FILE --schedule '${explored.schedule}' repeats it`);
  }
  output.show(true);
}

function showDrawing(drawing, address) {
  let panel = pages.get(address);
  if (!panel) {
    const name = decodeURIComponent(address.slice(address.lastIndexOf('/') + 1));
    panel = window.createWebviewPanel('runloop.see', `Run of ${name}`, ViewColumn.Beside, { enableScripts: false });
    pages.set(address, panel);
    panel.onDidDispose(() => pages.delete(address));
  }
  panel.webview.html = page(drawing.svg);
}

/** The page with a picture: nothing in it may run, or be loaded from elsewhere. */
function page(svg) {
  return `<!doctype html>
<html><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; font-src data:">
</head><body>${svg}</body></html>`;
}

module.exports = { activate, deactivate };

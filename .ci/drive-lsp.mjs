// CodeMirror's client of language servers against the server in Chromium: node drive-lsp.mjs FOLDER SCENARIO, where FOLDER has
// lsp.wasm, wasm_exec.js and page.js. TOOLS has the packages, CHROMIUM is the browser. See check-lsp.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import assert from "node:assert/strict";
import path from "node:path";

const require = createRequire(path.join(process.env.TOOLS, "package.json"));
const { chromium } = require("playwright-core");
const [folder, scenario] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
const page = await browser.newPage();
page.on("pageerror", (e) => {
	throw e;
});
page.on("console", (m) => console.log("page:", m.text()));
await page.setContent("<!doctype html><body></body>");
await page.addScriptTag({ path: path.join(folder, "wasm_exec.js") });
await page.addScriptTag({ path: path.join(folder, "page.js") });
const text = readFileSync(scenario, "utf8");
const wasm = readFileSync(path.join(folder, "lsp.wasm")).toString("base64");
await page.evaluate(async ([wasm, text]) => {
	await globalThis.begin(Uint8Array.from(atob(wasm), (c) => c.charCodeAt(0)), text);
}, [wasm, text]);

const marks = () => page.evaluate(() => document.querySelectorAll(".cm-lintRange").length);
const doc = () => page.evaluate(() => globalThis.view.state.doc.toString());
const select = (at) => page.evaluate((at) => {
	globalThis.view.dispatch({ selection: { anchor: at }, scrollIntoView: true });
	globalThis.view.focus();
}, at);

// A scenario without a mistake has no mark; a mistake that is typed gets one, with the message of `validate`.
await page.waitForFunction(() => globalThis.log.some((m) => m.includes("publishDiagnostics")));
assert.equal(await marks(), 0, "marks in a bundled scenario");
const at = text.indexOf("- sleep:") + "- s".length;
await select(at);
await page.keyboard.type("x");
await page.waitForFunction(() => document.querySelectorAll(".cm-lintRange-error").length > 0);
await page.keyboard.press("Backspace");
await page.waitForFunction(() => document.querySelectorAll(".cm-lintRange").length === 0);

// A step is typed at the end of main, with completion by the popup.
const end = text.indexOf("\nexpect:");
await select(end);
await page.keyboard.press("Enter");
await page.keyboard.press("Home");
await page.keyboard.type("  - pr");
await page.waitForSelector(".cm-tooltip-autocomplete [aria-selected]");
const first = await page.textContent(".cm-tooltip-autocomplete [aria-selected] .cm-completionLabel");
assert.equal(first, "print", "the first that is offered for `pr`");
await page.waitForTimeout(100); // CodeMirror takes no key for a choice in the first 75 ms of a popup
await page.keyboard.press("Enter");
await page.waitForFunction((end) => globalThis.view.state.doc.sliceString(end).includes("- print: "), end);
assert((await doc()).includes("  - print: "), "the text after a choice");
await browser.close();
console.log("browser: good");

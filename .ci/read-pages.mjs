// Opens every .html and .svg file of a folder in Chromium and checks what .ci/check-pages says. Exits with 1 if one is
// not as it should be.
import { createRequire } from "node:module";
import { readFileSync, readdirSync } from "node:fs";
import { cpus } from "node:os";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const require = createRequire(process.env.TOOLS + "/");
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const folder = resolve(process.argv[2]);
const files = readdirSync(folder).filter(f => /\.(html|svg)$/.test(f)).sort();
const count = { html: 0, svg: 0, steps: 0, texts: 0 };
let failed = 0;

function fail(file, scheme, what) {
  failed++;
  if (failed <= 40) console.log(`${file} (${scheme}): ${what}`);
}

// inspect runs in the browser: what is wrong with the text and the marks of the SVG pictures in a document.
function inspect() {
  const wrong = [], decoration = /^(bg|band|grid|area|hi)$/;
  const rgb = text => (/^rgba?\(([^)]*)\)/.exec(text)?.[1] || "").split(",").map(Number);
  const seen = text => { const c = rgb(text); return c.length >= 3 && (c.length < 4 || c[3] > 0); };
  const luminance = c => c.slice(0, 3).map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4).reduce((s, v, i) => s + v * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => { const [x, y] = [luminance(rgb(a)), luminance(rgb(b))].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const ground = getComputedStyle(document.documentElement).backgroundColor;
  for (const svg of document.querySelectorAll("svg[role=img]")) {
    const shapes = [...svg.querySelectorAll("rect,circle,path,polygon,line,ellipse")].filter(e => !e.closest("defs,marker"))
      .map(e => ({ e, box: e.getBoundingClientRect(), style: getComputedStyle(e) }));
    const page = document.body ? getComputedStyle(document.body).backgroundColor : svg.querySelector(".bg") ? getComputedStyle(svg.querySelector(".bg")).fill : ground;
    const all = [...svg.querySelectorAll("*")], order = new Map(all.map((e, i) => [e, i]));
    const texts = [...svg.querySelectorAll("text")].filter(e => e.textContent.trim()).map(e => ({ e, box: e.getBoundingClientRect(), style: getComputedStyle(e) })).filter(t => t.box.width > 0);
    texts.sort((a, b) => a.box.left - b.box.left);
    texts.forEach((t, i) => {
      if (parseFloat(t.style.fontSize) < 9.5) wrong.push(`"${t.e.textContent}" is ${t.style.fontSize} high`);
      const x = t.box.left + t.box.width / 2, y = t.box.top + t.box.height / 2;
      const filled = shapes.filter(s => order.get(s.e) < order.get(t.e) && seen(s.style.fill) && x >= s.box.left && x <= s.box.right && y >= s.box.top && y <= s.box.bottom);
      const under = filled.length ? filled[filled.length - 1].style.fill : page, c = contrast(t.style.fill, under);
      if (c < 4.5) wrong.push(`"${t.e.textContent.slice(0, 40)}" has a contrast of ${c.toFixed(2)}: ${t.style.fill} on ${under}`);
      for (let j = i + 1; j < texts.length && texts[j].box.left < t.box.right - 1; j++) {
        const o = texts[j].box;
        if (o.right - 1 > t.box.left && Math.min(o.bottom, t.box.bottom) - Math.max(o.top, t.box.top) > 3)
          wrong.push(`"${t.e.textContent.slice(0, 40)}" and "${texts[j].e.textContent.slice(0, 40)}" overlap`);
      }
    });
    for (const s of shapes) {
      if (decoration.test(s.e.getAttribute("class") || "") || !s.box.width && !s.box.height) continue;
      const of = [s.style.fill, s.style.stroke].filter(seen), bands = svg.querySelector(".band");
      const grounds = [page, bands ? getComputedStyle(bands).fill : page];
      if (of.length && !of.some(c => grounds.every(g => contrast(c, g) >= 3))) wrong.push(`<${s.e.tagName} class="${s.e.getAttribute("class")}"> has a contrast below 3: ${of}`);
    }
  }
  const small = [...document.querySelectorAll("body *")].filter(e => !e.closest("svg,script,style") && [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && parseFloat(getComputedStyle(e).fontSize) < 9.5);
  for (const e of small) wrong.push(`"${e.textContent.slice(0, 40)}" is smaller than 9.5 px`);
  return { wrong, texts: document.querySelectorAll("svg text").length };
}

// random numbers from a seed, the same each time.
let state = 12345;
const random = n => { state = (Math.imul(state, 1103515245) + 12345) >>> 0; return (state >>> 8) % n; };

// visit opens a file in a tab, which stays: a new one for each file would be a new process.
async function visit(tab, file, scheme, hash = "") {
  tab.tried = false;
  tab.removeAllListeners();
  tab.on("pageerror", e => fail(file, scheme, "error: " + e.message));
  tab.on("console", m => { if (m.type() === "error" && !tab.tried) fail(file, scheme, "console: " + m.text()); });
  tab.on("dialog", d => { fail(file, scheme, "a dialog: " + d.message()); d.dismiss(); });
  tab.on("request", r => { if (!/^(file|data|about):/.test(r.url()) && !tab.tried) fail(file, scheme, "it asks for " + r.url()); });
  await tab.emulateMedia({ colorScheme: scheme });
  await tab.goto("about:blank"); // to go elsewhere in the same file would not open it anew
  await tab.goto(pathToFileURL(folder + "/" + file).href + hash);
}

async function checkSVG(tab, file, schemes) {
  await visit(tab, file, schemes[0]);
  const bad = await tab.evaluate(() => document.querySelector("parsererror")?.textContent || (document.documentElement.localName === "svg" ? "" : "no SVG"));
  if (bad) fail(file, schemes[0], "not well-formed: " + bad.slice(0, 200));
  for (const scheme of schemes) {
    await tab.emulateMedia({ colorScheme: scheme });
    await judge(tab, file, scheme);
    count.svg++;
  }
}

async function judge(page, file, scheme) {
  const { wrong, texts } = await page.evaluate(inspect);
  count.texts += texts;
  wrong.slice(0, 5).forEach(what => fail(file, scheme, what));
  if (await page.evaluate(() => "hacked" in window)) fail(file, scheme, "a name became a script");
}

async function checkAxe(page, file, scheme) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const v of found.violations) fail(file, scheme, `axe: ${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 120)} (${v.nodes.length})`);
}

// content is what a page shows. In which order an element was given its classes does not matter: plain leaves it out.
const content = () => document.querySelector("main").innerHTML;
const plain = html => html.replace(/ class="([^"]*)"/g, (_, c) => { const list = c.split(/\s+/).filter(x => x).sort().join(" "); return list && ` class="${list}"`; });

// walk goes many steps forwards, back and elsewhere: each place looks the same each time, and as on a page that began there.
async function walk(page, aside, file, scheme, steps) {
  const moves = Array.from({ length: steps }, () => random(1e6));
  await page.evaluate(`window.content = ${content}; window.plain = ${plain}`);
  const { places, torn } = await page.evaluate(moves => {
    const slider = document.getElementById("slider"), last = Number(slider.max), seen = {};
    let torn = "";
    for (const m of moves) {
      if (m % 4 < 2) document.getElementById(m % 4 ? "forward" : "back").click();
      else if (m % 4 === 2) document.body.dispatchEvent(new KeyboardEvent("keydown", { key: m % 8 < 4 ? "ArrowLeft" : "ArrowRight", bubbles: true }));
      else { slider.value = m % (last + 1); slider.dispatchEvent(new Event("input")); }
      const html = window.content();
      if ((seen[slider.value] ??= html) !== html && window.plain(seen[slider.value]) !== window.plain(html)) torn ||= "step " + slider.value + " looks different the second time";
    }
    return { places: Object.entries(seen), torn };
  }, moves);
  count.steps += steps;
  if (torn) fail(file, scheme, torn);
  for (let k = 0; k < (file.startsWith("random-") ? 1 : 2); k++) {
    const [step, html] = places[random(places.length)];
    await visit(aside, file, scheme, "#step-" + step);
    if (plain(await aside.evaluate(content)) !== plain(html)) fail(file, scheme, `step ${step} differs from the page that goes there directly`);
  }
}

async function checkHTML(page, aside, file, scheme, thorough) {
  await page.setViewportSize({ width: 1440, height: 900 });
  await visit(page, file, scheme);
  const hidden = await page.evaluate(() => [...document.querySelectorAll("section:not([hidden])")].filter(e => e.clientWidth < 150 || e.clientHeight < 30).length);
  if (hidden || await page.evaluate(() => document.getElementById("chart")?.clientWidth < 200 || [...document.images].some(e => e.clientWidth < 200 || !e.naturalWidth))) fail(file, scheme, "a part of the page has no room");
  if (await page.locator("#slider").count()) await walk(page, aside, file, scheme, 40);
  await judge(page, file, scheme);
  await checkAxe(page, file, scheme);
  await page.setViewportSize({ width: 320, height: 640 });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  if (wide > 320) fail(file, scheme, `it is ${wide} px wide where there are 320`);
  if (thorough) {
    page.tried = true; // what follows must be refused
    const refused = await page.evaluate(async () => {
      let n = 0;
      document.addEventListener("securitypolicyviolation", () => n++);
      const script = document.createElement("script");
      script.textContent = "window.hacked = 1";
      document.body.append(script);
      const outside = document.createElement("script");
      outside.src = "https://example.invalid/x.js";
      document.body.append(outside);
      new Image().src = "https://example.invalid/x.png";
      const style = document.createElement("link");
      style.rel = "stylesheet";
      style.href = "https://example.invalid/x.css";
      document.head.append(style);
      await fetch("https://example.invalid/").catch(() => {});
      await new Promise(done => setTimeout(done, 100));
      return { n, hacked: "hacked" in window };
    });
    if (refused.n < 5 || refused.hacked) fail(file, scheme, `its policy refused ${refused.n} of 5 attempts`);
  }
  count.html++;
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
const jobs = [];
files.forEach((file, i) => {
  const both = file.startsWith("hostile") || !file.startsWith("random-") && file.endsWith("svg");
  jobs.push([file, both ? ["light", "dark"] : [i % 2 ? "dark" : "light"]]);
});
await Promise.all(Array.from({ length: Math.min(4, cpus().length) }, async () => {
  const context = await browser.newContext({ viewport: { width: 1100, height: 900 } });
  const [pictures, page, aside] = [await context.newPage(), await context.newPage(), await context.newPage()];
  for (let job; (job = jobs.shift());) {
    const [file, schemes] = job;
    try {
      if (file.endsWith(".svg")) await checkSVG(pictures, file, schemes);
      else for (const scheme of schemes) await checkHTML(page, aside, file, scheme, !file.startsWith("random-"));
    } catch (e) {
      fail(file, schemes[0], e.message.split("\n")[0]);
    }
  }
}));
await browser.close();
console.log(`${count.html} pages with ${count.steps} steps, ${count.svg} pictures, ${count.texts} texts in them: ${failed ? failed + " faults" : "all as it should be"}`);
process.exit(failed ? 1 : 0);

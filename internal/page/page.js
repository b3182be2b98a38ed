"use strict";
// The player of a run. All that the page shows is a function of the step at which it stands, so that going back needs no
// undoing. The data is written by data.go; a mark is 2*i right before step i, 2*i+1 in it.
const D = JSON.parse(document.getElementById("data").textContent);
const S = D.steps, NS = "http://www.w3.org/2000/svg", STATES = ["ready", "asleep", "waits"];
const MOST_LANES = 8, MOST_TASKS = 40, ROWS = 120, LANE = 28, TRACK = 46, HEAD = 40;
const $ = id => document.getElementById(id);
let now = 0, timer = 0, drawn = "", line = 0;

// el makes an element. Text is only ever set as text.
function el(tag, props, ...kids) {
  const e = document.createElement(tag);
  for (const [k, v] of Object.entries(props || {})) if (v !== undefined && v !== "") e.setAttribute(k, v);
  e.append(...kids);
  return e;
}
function svg(tag, props, text) {
  const e = document.createElementNS(NS, tag);
  for (const k in props) e.setAttribute(k, props[k]);
  if (text !== undefined) e.textContent = text;
  return e;
}
function titled(e, text) { e.append(svg("title", {}, text)); return e; }
function put(id, ...kids) { $(id).replaceChildren(...kids); }
function button(text, props) { return el("button", { type: "button", ...props }, text); }

// upTo is the last entry of a list, in order of its marks, with a mark up to m; -1: none.
function upTo(list, m, mark = e => e[0]) {
  let lo = 0, hi = list.length;
  while (lo < hi) { const mid = (lo + hi) >> 1; if (mark(list[mid]) <= m) lo = mid + 1; else hi = mid; }
  return lo - 1;
}
function spanAt(lane, m) {
  const k = upTo(lane.s, m, s => s[1]);
  return k >= 0 && m < lane.s[k][2] ? lane.s[k] : null;
}
const alive = (lane, m) => lane.b <= m && (lane.t < 0 || m < lane.t);
// short is a name for a narrow place: its beginning and its end, for many names differ in a number at the end.
const short = (name, n) => { const c = [...name]; return c.length <= n ? name : c.slice(0, n - 4).join("") + "…" + c.slice(-3).join(""); };
const laneName = w => w < 0 ? "the loop" : D.lanes[w].n;
const ns = s => s.r < 0 ? 0 : D.rounds[s.r][1];
const clock = s => s.r < 0 ? "before the start" : D.rounds[s.r][2];
const head = s => (s.n ? "Turn " + s.n : s.k === "phase" ? "The run" : "The loop's own turn") + " · " + clock(s) +
  (s.r < 0 ? "" : " · iteration " + D.rounds[s.r][0]);

// What is looked up often: the lines of the output by step, the steps by source line, the first step of each iteration.
const printed = new Map(), onLine = new Map(), rounds = new Map();
D.output.forEach(([step], k) => printed.has(step) ? printed.get(step).push(k) : printed.set(step, [k]));
S.forEach((s, i) => {
  for (const n of new Set([s.l, ...s.d.map(d => d[0])])) if (n) onLine.has(n) ? onLine.get(n).push(i) : onLine.set(n, [i]);
  if (s.r >= 0 && s.k !== "phase") rounds.has(s.r) ? rounds.get(s.r).push(i) : rounds.set(s.r, [i]);
});
const total = S.reduce((n, s) => Math.max(n, s.n), 0);

function lineOf(n) { // its number in the file in which it stands, that in words, the file: lines of the source count through all
  const [file, before] = (D.files || []).findLast(f => f[1] < n) || ["", 0];
  return [n - before, "line " + (n - before) + (before ? " of " + file : ""), file];
}
function lineButton(n) { return n ? button(lineOf(n)[1], { class: "ref", "data-line": n }) : ""; }
// chip is a turn in a list of the ready queue.
function chip(i, note) {
  const s = S[i];
  const b = button((s.n ? s.n + " " : "") + short(s.c, 40), { class: "chip " + s.k, "data-step": i, title: head(s) + ": " + s.c });
  return el("li", { class: note, "aria-current": note === "current" ? "step" : undefined }, b, note === "past" ? " ran" : note === "current" ? " runs now" : "");
}
function chips(list, i) { // at most a dozen, with i among them
  const at = Math.max(0, list.indexOf(i)), from = Math.max(0, Math.min(at - 5, list.length - 12)), some = list.slice(from, from + 12);
  const items = some.map(k => chip(k, k < i ? "past" : k === i ? "current" : "coming"));
  if (from > 0) items.unshift(el("li", { class: "more" }, from + " before"));
  if (from + 12 < list.length) items.push(el("li", { class: "more" }, list.length - from - 12 + " more"));
  return items;
}

function showNow(i) {
  const s = S[i];
  put("say", el("strong", {}, head(s)), el("br"), el("bdi", {}, s.c));
  put("does", ...s.d.map(([n, text]) => el("li", {}, el("bdi", {}, text), " ", lineButton(n))));
  if (!s.d.length) put("does", el("li", {}, { loop: "The loop does it itself; nothing of the scenario runs.", phase: "Nothing of the scenario runs." }[s.k] || "It goes on and does nothing that is recorded."));
  put("why", ...s.y.map(text => el("li", {}, text)));
  $("h-why").hidden = !s.y.length;
  const c = s.b >> 1;
  if (s.y.length && s.b & 1 && c < i) $("why").append(el("li", {}, button("Go to what made it ready", { class: "ref", "data-step": c })));
}

function showQueue(i) {
  const s = S[i], list = s.k === "phase" ? [] : rounds.get(s.r) || [], m = 2 * i + 1;
  put("queue-of", list.length ? "In iteration " + D.rounds[s.r][0] + " the queue held " + list.length + (list.length > 1 ? " entries:" : " entry:")
    : "No iteration of the loop runs at this moment.");
  put("queue", ...chips(list, i));
  const later = (list.length ? rounds.get(s.r + 1) || [] : []).filter(k => S[k].b <= m && S[k].b & 1);
  $("after-queue").hidden = !later.length;
  put("next", ...later.slice(0, 12).map(k => chip(k, "later")));
  if (later.length > 12) $("next").append(el("li", { class: "more" }, later.length - 12 + " more"));
}

// doing is what a lane does after step i: state, words, line, when it began.
function doing(w, i) {
  const lane = D.lanes[w], m = 2 * i + 1, s = S[i];
  if (lane.t >= 0 && m >= lane.t) return [lane.e === "done" ? "ended" : "error", lane.e === "done" ? "has ended" : lane.e, 0];
  const span = spanAt(lane, m);
  if (span) return [STATES[span[0]], span[3], span[4]];
  return s.w === w ? ["runs", "runs", s.l] : ["none", lane.call ? "has no timer" : "–", 0];
}

function showTasks(i) {
  const rows = [], m = 2 * i + 1, rank = { runs: 0, ready: 1, waits: 2, asleep: 2 };
  const ws = [...D.lanes.keys()].filter(w => D.lanes[w].b <= m);
  const of = new Map(ws.map(w => [w, doing(w, i)]));
  const order = ws.length <= MOST_TASKS ? ws : ws.slice().sort((a, b) =>
    (a === S[i].w ? -1 : rank[of.get(a)[0]] ?? 3) - (b === S[i].w ? -1 : rank[of.get(b)[0]] ?? 3) || a - b);
  for (const w of order.slice(0, MOST_TASKS)) {
    const [state, text, n] = of.get(w), lane = D.lanes[w];
    const ran = S[i].w === w ? (state === "runs" ? "ran" : "ran, " + text) : text;
    rows.push(el("tr", { class: S[i].w === w ? "current" : "" }, el("th", { scope: "row", title: lane.n + ": " + lane.c },
      el("i", { class: "sign " + state, "aria-hidden": "true" }), el("bdi", {}, short(lane.n, 18))), el("td", {}, ran), el("td", {}, lineButton(n))));
  }
  if (!rows.length) rows.push(el("tr", {}, el("td", { colspan: 3 }, "There is no task yet.")));
  if (order.length > MOST_TASKS) rows.push(el("tr", {}, el("td", { colspan: 3 }, order.length - MOST_TASKS + " others")));
  put("who", ...rows);
}

function showValues(i) {
  const m = 2 * i + 1, rows = [];
  for (const v of D.vars) {
    const k = upTo(v.s, m), cell = el("td", {});
    let value = k >= 0 ? v.s[k][3] : v.s.length && v.s[0][2] === "set" ? v.s[0][4] || "–" : v.s.length ? v.s[0][3] : "–";
    let j = k;
    while (j >= 0 && v.s[j][0] === m) j--;
    for (const c of v.s.slice(j + 1, k + 1)) {
      const stale = c[2] === "stale" || c[2] === "over", text = c[2] === "set" || c[2] === "over" ? (c[4] === "" ? "set" : c[4] + " → " + c[3]) + (stale ? " from an older read" : "") :
        stale ? "stale: " + laneName(c[1]) + " finds " + c[3] + ", by " + c[4] : "read";
      if (c[2] !== "read" || cell.textContent === "") cell.append(el("div", { class: stale ? "bad" : c[2] }, text));
    }
    rows.push(el("tr", { class: cell.firstChild ? "current" : "" }, el("th", { scope: "row" }, el("bdi", {}, v.n)), el("td", {}, el("bdi", {}, value)), cell));
  }
  for (const t of D.tracks) {
    const k = upTo(t.s, m), l = k >= 0 ? t.s[k] : null, was = k > 0 ? t.s[k - 1][1] : 0;
    if (!l) continue;
    const text = l[1] + (t.c ? " of " + t.c : "") + (l[2] ? ", " + l[2] + (l[2] > 1 ? " wait" : " waits") : "");
    rows.push(el("tr", { class: l[0] === m ? "current" : "" }, el("th", { scope: "row" }, el("bdi", {}, t.n)), el("td", {}, text),
      el("td", {}, l[0] === m ? (was === l[1] ? ({ queue: "one more waits", unqueue: "one fewer waits" }[l[3]] || l[3]) : was + " → " + l[1]) : "")));
  }
  if (!rows.length) rows.push(el("tr", {}, el("td", { colspan: 3 }, "No shared variable and no object yet.")));
  put("vars", ...rows.slice(0, 200));
}
// The source: a line on which a turn did something is a button.
function drawSource() {
  put("lines", ...D.source.flatMap((text, k) => {
    const n = k + 1, code = onLine.has(n) && text.trim() ? button(text, { "data-line": n, title: onLine.get(n).length + " turns: go to the next one" }) : el("span", {}, text || " ");
    return [...(D.files && lineOf(n)[0] === 1 ? [el("li", { class: "file" }, lineOf(n)[2])] : []), el("li", { id: "L" + n }, el("span", { class: "no", "aria-hidden": "true" }, lineOf(n)[0]), code, el("span", { class: "at" }))];
  }));
}
function showSource(i) {
  for (const e of $("lines").querySelectorAll(".current,.touched,.used")) {
    e.classList.remove("current", "touched", "used");
    e.lastChild.replaceChildren();
  }
  const s = S[i], lines = s.d.map(d => d[0]).filter(n => n);
  line = s.l || lines[0] || line0(i);
  for (const n of lines) $("L" + n)?.classList.add("touched");
  D.lanes.forEach((lane, w) => {
    const [, text, n] = alive(lane, 2 * i + 1) ? doing(w, i) : [, , 0], li = n && $("L" + n), tags = li && li.lastChild;
    if (!li) return;
    li.classList.add("used");
    if (tags.childElementCount > 3) { tags.lastChild.textContent = "+" + (Number(tags.lastChild.textContent.slice(1) || 0) + 1); return; }
    tags.append(el("span", { class: "tag", title: lane.n + ": " + text }, short(lane.n, 14)));
    if (tags.childElementCount === 3) tags.append(el("span", { class: "tag more" }, ""));
  });
  $("L" + line)?.classList.add("current");
  $("online").disabled = !onLine.has(line);
  $("online").textContent = onLine.has(line) ? "Next turn on " + lineOf(line)[1] : "Next turn on this line";
  center($("code"), $("L" + (s.l || lines[0] || line)) || $("lines").querySelector(".used"));
}
function line0(i) { return S[i].f < 0 ? 0 : doing(S[i].f, i)[2]; } // of a turn without a place: where the one that it is for stands

// view is what part of the run the ladder and the timeline draw at step i, and whose lanes.
function view(i) {
  const from = Math.max(0, Math.floor(i / 40) * 40 - 40), to = Math.min(S.length, from + ROWS), there = new Set();
  for (let k = from; k < to; k++) for (const w of [S[k].w, S[k].f]) if (w >= 0) there.add(w);
  D.lanes.forEach((l, w) => { if (there.size < MOST_LANES && l.b < 2 * to && (l.t < 0 || l.t > 2 * from)) there.add(w); });
  let lanes = [...there].sort((a, b) => a - b);
  const rest = Math.max(0, D.lanes.filter(l => l.b < 2 * to && (l.t < 0 || l.t > 2 * from)).length - MOST_LANES);
  const must = [S[i].w, S[i].f].filter(w => w >= 0), shown = lanes.slice(0, MOST_LANES);
  for (const w of must) if (!shown.includes(w)) { shown.pop(); shown.push(w); }
  return { from, to, lanes: shown, rest, key: from + ":" + shown.join() };
}

const shape = s => el("b", { class: "box " + s.k + (s.x ? " bad" : "") }, s.n || "");

function drawLadder(v) {
  put("rung-head", el("tr", {}, el("th", { scope: "col" }, "Time"), el("th", { scope: "col" }, "It."), el("th", { scope: "col" }, "Turn"),
    ...v.lanes.map(w => el("th", { scope: "col", class: "lane", title: D.lanes[w].n + ": " + D.lanes[w].c }, el("bdi", {}, short(D.lanes[w].n, v.lanes.length > 4 ? 7 : 10)))),
    el("th", { scope: "col" }, v.rest ? "+ " + v.rest + " others · printed" : "Printed")));
  const rows = [];
  for (let i = v.from; i < v.to; i++) {
    const s = S[i], p = i > v.from ? S[i - 1] : null, fresh = !p || p.r !== s.r, later = !p || ns(p) !== ns(s) || p.r < 0 && s.r >= 0;
    const cells = v.lanes.map(w => {
      const lane = D.lanes[w], td = el("td", { class: "lane", "aria-hidden": "true" });
      for (const [half, m] of [["top", 2 * i], ["low", 2 * i + 1]]) {
        const span = spanAt(lane, m);
        if (span) td.append(el("i", { class: half + " " + STATES[span[0]] }));
      }
      if (s.w === w || s.f === w) td.append(shape(s));
      if (lane.t === 2 * i + 1) td.append(el("i", { class: "end" + (lane.e === "failed" ? " bad" : "") }));
      return td;
    });
    const lines = (printed.get(i) || []).map(k => D.output[k][1]).filter(text => text.trim()), first = lines[0] || "";
    const out = [el("bdi", {}, first.length > 60 ? first.slice(0, 60) + "…" : first), lines.length > 1 ? el("small", {}, " +" + (lines.length - 1)) : ""];
    rows.push(el("tr", { id: "S" + i, class: later ? "instant fresh" : fresh ? "fresh" : "", "data-step": i },
      el("td", {}, later && s.r >= 0 ? clock(s) : ""), el("td", {}, fresh && s.r >= 0 ? D.rounds[s.r][0] : ""),
      el("td", {}, button((s.n ? s.n + " " : "") + s.c, { class: "chip " + s.k, "data-step": i })), ...cells, el("td", { class: "out", title: lines.slice(0, 20).join("\n") }, ...out)));
  }
  put("rung-rows", ...rows);
}

// place gives every mark of the view its x.
function place(v) {
  const slot = Math.max(26, String(total).length * 7 + 10), xs = [], bands = [], its = [];
  let x = 10, least = Infinity;
  for (let i = 1; i < S.length; i++) { const d = ns(S[i]) - ns(S[i - 1]); if (d > 0) least = Math.min(least, d); }
  for (let i = v.from; i < v.to; i++) {
    const s = S[i], p = i > v.from ? S[i - 1] : null, d = p ? ns(s) - ns(p) : 0;
    if (p && d > 0) x += Math.min(64, 22 + 14 * Math.log2(d / least + 1));
    else if (p && p.r !== s.r) x += p.r < 0 ? 22 : 8;
    if (!p || d > 0 || p.r < 0 && s.r >= 0) bands.push([x, x, s.r < 0 ? "start" : clock(s)]);
    if (!p || p.r !== s.r) its.push([x, x, s.r]);
    xs.push(x);
    x += slot;
    bands[bands.length - 1][1] = its[its.length - 1][1] = x;
  }
  const at = m => m < 2 * v.from ? 0 : m >= 2 * v.to ? x + 12 : xs[(m >> 1) - v.from] + (m & 1 ? slot / 2 : 0);
  return { slot, bands, its, at, width: x + 12 };
}

function drawTimeline(v) {
  const p = place(v), tracks = D.tracks.slice(0, 6), tall = t => t.c === 1 ? LANE : TRACK, y = k => HEAD + LANE * k + LANE / 2;
  const bottom = HEAD + LANE * v.lanes.length, height = tracks.reduce((h, t) => h + tall(t), bottom) + 6;
  const g = svg("svg", { width: p.width, height, viewBox: "0 0 " + p.width + " " + height, role: "img", "aria-label": "Lanes of tasks over the turns; the ladder has the same as a table" });
  let free = 0;
  for (const [x, to] of p.bands) g.append(svg("rect", { class: "band", x: x - 4, y: 2, width: to - x + 8, height: height - 4 }));
  g.append(svg("rect", { id: "cursor", y: 2, width: p.slot, height: height - 4 }));
  for (const [x, to, text] of p.bands) {
    const at = Math.max(x, free), wide = text.length * 7.6;
    if (at < to) { g.append(svg("text", { x: at, y: 15, class: "when" }, text)); free = at + wide + 8; }
  }
  for (const [x, to, r] of p.its) if (r >= 0) {
    g.append(titled(svg("path", { class: "round", d: `M${x + 1} 36V31H${to - 1}V36` }), "iteration " + D.rounds[r][0]));
    const text = String(D.rounds[r][0]);
    if (to - x >= text.length * 6.5) g.append(svg("text", { x: (x + to) / 2, y: 28, class: "it" }, text));
  }
  g.append(svg("path", { id: "arrow", d: "" }));
  v.lanes.forEach((w, k) => {
    const lane = D.lanes[w];
    for (const s of lane.s) {
      if (s[2] <= 2 * v.from || s[1] >= 2 * v.to) continue;
      g.append(titled(svg("path", { class: STATES[s[0]], d: `M${p.at(s[1])} ${y(k)}H${p.at(s[2])}` }), lane.n + ": " + s[3] + (s[4] ? " (" + lineOf(s[4])[1] + ")" : "")));
    }
    if (lane.t >= 2 * v.from && lane.t < 2 * v.to) {
      const x = p.at(lane.t) + p.slot / 2;
      g.append(titled(svg("path", { class: "end" + (lane.e === "failed" ? " bad" : ""), d: `M${x} ${y(k) - 9}V${y(k) + 9}` }), lane.n + ": " + lane.e));
    }
  });
  for (let i = v.from; i < v.to; i++) {
    const s = S[i], k = v.lanes.indexOf(s.w >= 0 ? s.w : s.f), x = p.at(2 * i + 1), h = p.slot / 2 - 2;
    if (k < 0) continue;
    const m = titled(svg("g", { class: "mark " + s.k + (s.x ? " bad" : ""), "data-step": i }), head(s) + ": " + s.c);
    if (s.k === "loop") m.append(svg("path", { d: `M${x} ${y(k) - 8}L${x + 8} ${y(k)} ${x} ${y(k) + 8} ${x - 8} ${y(k)}z` }));
    else m.append(svg("rect", { x: x - h, y: y(k) - 9, width: 2 * h, height: 18, rx: s.k === "callback" ? 9 : 2 }), svg("text", { x, y: y(k) + 4 }, s.n));
    if (printed.has(i)) m.append(svg("path", { class: "prints", d: `M${x - 4} ${y(k) + 11}H${x + 4}L${x} ${y(k) + 15}z` }));
    g.append(m);
  }
  let base = bottom - 6;
  for (const t of tracks) {
    const most = t.s.reduce((n, l) => Math.max(n, l[1]), Math.max(t.c, 1)), scale = (tall(t) - 12) / most;
    base += tall(t);
    const first = Math.max(0, upTo(t.s, 2 * v.from)), part = t.s.slice(first).filter(l => l[0] < 2 * v.to);
    let d = `M0 ${base}`;
    for (const l of part) d += `H${p.at(l[0])}V${base - l[1] * scale}`;
    g.append(titled(svg("path", { class: "level", d: d + `H${p.width}V${base}z` }), t.n));
    if (t.c > 1) g.append(svg("path", { class: "cap", d: `M0 ${base - t.c * scale}H${p.width}` }));
  }
  put("chart", g);
  put("gutter", ...v.lanes.map(w => el("div", { title: D.lanes[w].n + ": " + D.lanes[w].c }, el("bdi", {}, short(D.lanes[w].n, 16)))),
    ...tracks.map(t => el("div", { class: t.c === 1 ? "" : "track", title: t.n }, el("bdi", {}, short(t.n, 18)), t.c === 1 ? "" : el("small", {}, t.c ? "up to " + t.c : " "))));
  $("time-note").textContent = "Left is earlier. A grey block is one instant: inside it no time passes, each mark is a turn, a bracket is an iteration. Gaps are not to scale." +
    (v.rest ? " Drawn are " + v.lanes.length + " of " + (v.rest + MOST_LANES) + " lanes." : "") + (D.tracks.length > 6 ? " Of " + D.tracks.length + " objects the first 6." : "") +
    (v.to - v.from < S.length ? " Drawn are steps " + (v.from + 1) + " to " + v.to + " of " + S.length + "." : "");
  drawTimeline.now = p;
}

// showViews draws the ladder, the timeline and the output where step i lies in another part of the run, and marks the step.
function showViews(i) {
  const v = view(i), s = S[i], m = s.b >> 1, made = s.b & 1 && m < i && s.y.length ? m : -1;
  if (v.key !== drawn) { drawLadder(v); drawTimeline(v); drawOutput(v); drawn = v.key; }
  for (const e of document.querySelectorAll("#rung-rows .current,#rung-rows .cause")) e.classList.remove("current", "cause");
  for (const e of document.querySelectorAll("#rung-rows [aria-current]")) e.removeAttribute("aria-current");
  const row = $("S" + i);
  row.classList.add("current");
  row.querySelector("button").setAttribute("aria-current", "step");
  if (made >= 0) $("S" + made)?.classList.add("cause");
  const p = drawTimeline.now, x = p.at(2 * i), lane = k => v.lanes.indexOf(S[k].w >= 0 ? S[k].w : S[k].f), y = k => HEAD + LANE * lane(k) + LANE / 2;
  $("cursor").setAttribute("x", x);
  const drawArrow = made >= v.from && lane(made) >= 0 && lane(i) >= 0 && lane(made) !== lane(i), dx = p.at(2 * i + 1), down = made >= 0 && lane(i) > lane(made) ? 1 : -1;
  $("arrow").setAttribute("d", drawArrow ? `M${p.at(2 * made + 1)} ${y(made) + 9 * down}C${p.at(2 * made + 1)} ${y(i)} ${dx} ${y(made)} ${dx} ${y(i) - 12 * down}m-4 ${-5 * down}l4 ${6 * down}l4 ${-6 * down}` : "");
  center($("rungs"), row);
  $("chart").scrollLeft = x - $("chart").clientWidth / 2;
  for (const e of $("out").children) {
    const at = Number(e.firstChild.getAttribute("data-step"));
    e.className = at > i ? "coming" : at === i ? "current" : "";
  }
  center($("printed"), $("out").querySelector(".current") || [...$("out").children].reverse().find(e => e.className === "") || $("out").firstChild);
}

function drawOutput(v) {
  const from = Math.max(0, upTo(D.output, v.from - 1) - 200), to = Math.min(upTo(D.output, v.to) + 1, from + 2000), list = [];
  for (let k = from; k < to; k++) {
    const [at, text] = D.output[k];
    list.push(el("li", {}, text.trim() ? button(text, { "data-step": at }) : el("span", { "data-step": at }, " ")));
  }
  put("out", ...list);
  if (!list.length) put("out", el("li", {}, el("span", {}, "Nothing is printed here.")));
}

// center scrolls a box, never the page, so that e is in its middle.
function center(box, e) {
  if (e) box.scrollTop = e.getBoundingClientRect().top - box.firstElementChild.getBoundingClientRect().top - box.clientHeight / 2 + 20;
}

function go(i) {
  now = Math.max(0, Math.min(S.length - 1, i));
  const s = S[now];
  $("slider").value = now;
  $("slider").setAttribute("aria-valuetext", head(s) + ": " + s.c);
  for (const id of ["first", "back"]) $(id).disabled = now === 0;
  for (const id of ["last", "forward"]) $(id).disabled = now === S.length - 1;
  for (const show of [showNow, showQueue, showTasks, showValues, showSource, showViews]) show(now);
}

// byLine goes to the next turn, or the previous one, that does something on a source line; after the last comes the first.
function byLine(n, back) {
  const list = onLine.get(n);
  if (!list) { center($("code"), $("L" + n)); $("code").focus(); } else go(back ? list.findLast(i => i < now) ?? list[list.length - 1] : list.find(i => i > now) ?? list[0]);
}

const UNITS = { ns: 1, us: 1e3, "µs": 1e3, ms: 1e6, s: 1e9, "": 1e9, m: 6e10, h: 3.6e12 };
function find(text) {
  const turn = /^\s*(?:#|turn)\s*(\d+)\s*$/i.exec(text), time = /^\s*(?:T\s*\+)?\s*(\d+(?:\.\d+)?)\s*(ns|us|µs|ms|s|m|h|)\s*$/i.exec(text);
  if (turn) return S.findIndex(s => s.n >= Number(turn[1]));
  if (!time) return -2;
  return S.findIndex(s => s.r >= 0 && ns(s) >= Number(time[1]) * UNITS[time[2].toLowerCase()] - 0.5);
}
function goTo(text) {
  const i = find(text);
  $("to").setCustomValidity(i === -2 ? "Write a time such as 6s, 250ms or T+1.5, or #10 for turn 10." : i < 0 ? "The run, or the part that is shown, ends before that." : "");
  if (i >= 0) go(i); else $("to").reportValidity();
}
function play() {
  if (timer) { clearInterval(timer); timer = 0; } else {
    if (now === S.length - 1) go(0);
    timer = setInterval(() => { go(now + 1); if (now === S.length - 1) play(); }, 900);
  }
  $("play").textContent = timer ? "Pause" : "Play";
}

const KEYS = { ArrowLeft: () => go(now - 1), ArrowRight: () => go(now + 1), ArrowUp: null, Home: () => go(0), End: () => go(S.length - 1), " ": play,
  "/": () => { $("to").focus(); $("to").select(); }, n: () => byLine(line), p: () => byLine(line, true) };

function start() {
  put("name", D.name);
  put("about", D.about);
  put("end", el("strong", { class: D.bad ? "bad" : "" }, (D.failed ? "Test failed · " : "") + D.ended), " · " + total + (total === 1 ? " turn" : " turns") + " · ", el("bdi", {}, D.file), D.setup && " · " + D.setup);
  if (D.leftOut) { $("left").hidden = false; put("left", D.leftOut); }
  $("failed").hidden = !D.problems;
  put("failures", el("pre", { tabindex: 0, role: "region", "aria-labelledby": "h-failed" }, D.problems));
  if (D.lines.length) $("failures").append(el("p", {}, "Expected in the source: ", ...D.lines.map(lineButton)));
  const signs = { "task-box": "a task runs", "callback-box": "a callback runs", "loop-box": "the loop itself: a sleep or a timeout ends", asleep: "asleep", ready: "ready: it waits for its turn", waits: "waits for something", ended: "ended", error: "ended with an error, or cancelled" };
  put("signs", ...Object.entries(signs).map(([k, text]) => el("li", {}, el("i", { class: "sign " + k, "aria-hidden": "true" }), text)));
  drawSource();
  $("slider").max = S.length - 1;
  $("slider").addEventListener("input", () => go(Number($("slider").value)));
  for (const [id, f] of Object.entries({ first: () => go(0), back: () => go(now - 1), forward: () => go(now + 1), last: () => go(S.length - 1), play, online: () => byLine(line) }))
    $(id).addEventListener("click", f);
  $("goto").addEventListener("submit", e => { e.preventDefault(); goTo($("to").value); });
  $("to").addEventListener("input", () => $("to").setCustomValidity(""));
  document.addEventListener("click", e => {
    const at = e.target.closest("[data-step],[data-line]");
    if (at?.hasAttribute("data-step")) go(Number(at.getAttribute("data-step")));
    else if (at) byLine(Number(at.getAttribute("data-line")), e.shiftKey);
  });
  document.addEventListener("keydown", e => {
    const typing = e.target.matches("input:not([type=range])"), pressed = e.key === " " && e.target.closest("button");
    const f = KEYS[e.key];
    if (!f || typing || pressed || e.ctrlKey || e.altKey || e.metaKey) return;
    e.preventDefault();
    f();
  });
  const [, kind, to] = /^#(turn-|step-)?(\d+|end)$/.exec(location.hash) || []; // where a link to the page leads
  go(to === "end" ? S.length - 1 : kind === "step-" ? Number(to) : to ? find("#" + to) : 0);
}
start();

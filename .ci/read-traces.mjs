// Reads the traces that .ci/check-traces made with a reader of the trace-event format that others wrote, and compares what it
// finds with the lines of JSON of the same runs.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import model from '@tracerbench/trace-model';

const names = fs.readdirSync('.').filter((name) => name.endsWith('.jsonl')).map((name) => name.slice(0, -6));
assert.ok(names.length > 20, `${names.length} traces`);
let turns = 0;
for (const name of names) {
  const file = JSON.parse(fs.readFileSync(`${name}.json`, 'utf8'));
  const lines = fs.readFileSync(`${name}.jsonl`, 'utf8').trim().split('\n').map((line) => JSON.parse(line));
  const records = lines.filter((x) => 'n' in x);
  const trace = model.buildModel(file);
  assert.deepEqual(trace.processes.map((p) => p.name).sort(), ['time', 'turns (1 turn = 1 µs)']);
  const [time, steps] = [...trace.processes].sort((a, b) => (a.name < b.name ? -1 : 1));

  // Every task has a track; no slice stands in another.
  const tasks = new Set(records.filter((x) => x.k === 'spawn').map((x) => x.what));
  for (const process of [time, steps]) {
    const tracks = process.threads.map((thread) => thread.name);
    for (const task of tasks) assert.ok(tracks.includes(task), `${name}: ${task} has no track`);
    for (const thread of process.threads) {
      for (const e of thread.events) assert.ok(!e.isComplete() || !e.parent, `${name}: ${e.name} in ${e.parent?.name}`);
    }
  }

  // The turns are those of the records, in their order, each a microsecond long, with what made it ready.
  const all = steps.threads.flatMap((thread) => thread.events.map((e) => ({ e, thread })));
  const found = all.filter(({ e }) => e.isComplete() && [e.cat].flat().includes('turn')).sort((a, b) => a.e.start - b.e.start);
  const want = records.filter((x) => x.k === 'run' || x.k === 'phase');
  assert.equal(found.length, want.length, name);
  const place = new Map();
  want.forEach((x, i) => {
    const { e, thread } = found[i];
    assert.deepEqual([e.start, e.duration, e.args.time, e.args.turn, e.args.line], [i, 1, x.t, x.turn, x.line], `${name}: turn ${i}`);
    if (x.who && tasks.has(x.who)) assert.equal(thread.name, x.who, `${name}: turn ${i}`);
    place.set(x.n, i);
  });
  const turnOf = (n) => { for (let i = n; i >= 0; i--) if (place.has(i)) return place.get(i); return undefined; };
  const starts = new Map(file.traceEvents.filter((x) => x.ph === 's').map((x) => [x.id, x]));
  for (const x of want.filter((x) => x.by !== undefined)) {
    const cause = records[x.by].k === 'fire' ? records[x.by].by : x.by;
    assert.equal(Math.floor(starts.get(place.get(x.n)).ts), turnOf(cause), `${name}: record ${x.n}`);
  }
  turns += found.length;
}
console.log(`ok: ${names.length} traces with ${turns} turns`);

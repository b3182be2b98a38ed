// Reads the reports that .ci/check-reports made with programs that others wrote, and compares what they find with the
// JSON that runloop wrote.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import Ajv from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { parse } from 'junit2json';
import testResults from 'test-results-parser';

const read = (name) => fs.readFileSync(name, 'utf8');
const json = JSON.parse(read('out.json'));
const files = json.files + json.unreadable;
const failing = new Set(json.problems.filter((p) => p.code !== '' && p.severity === 'error').map((p) => p.file));
assert.ok(json.errors > 50 && json.warnings > 5 && json.unreadable === 1);

// SARIF: the published schema with all formats; as many results as problems, each at its place.
const sarif = JSON.parse(read('out.sarif'));
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats(ajv);
const validate = ajv.compile(JSON.parse(read('schema.json')));
assert.ok(validate(sarif), JSON.stringify(validate.errors, null, 1));
const found = json.problems.filter((p) => p.code !== '');
const [run] = sarif.runs;
let snippets = 0;
assert.equal(run.results.length, found.length);
run.results.forEach((r, i) => {
  const at = r.locations[0].physicalLocation;
  const want = found[i];
  assert.equal(r.ruleId, want.code);
  assert.equal(run.tool.driver.rules[r.ruleIndex].id, want.code);
  assert.equal(decodeURIComponent(at.artifactLocation.uri).replace(/^\.\//, ''), want.file.replace(/^\.\//, ''));
  assert.equal(at.region.startLine, Math.max(want.line, 1));
  assert.equal(at.region.startColumn, Math.max(want.col, 1));
  if (at.region.snippet) { // what stands there, in characters
    const lines = read(want.file).replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
    const [first] = at.region.snippet.text.split(/\r\n|\n|\r/);
    const there = [...lines[want.line - 1]].slice(want.col - 1).join('');
    assert.ok(there.startsWith(first), `${want.file}:${want.line}:${want.col}: ${first} is not ${there}`);
    snippets++;
  }
});

// JUnit: two readers agree with it on every count and on which files fail.
const suites = await parse(read('out.xml'));
assert.deepEqual([suites.tests, suites.failures, suites.errors], [files, failing.size, json.unreadable]);
const cases = suites.testsuite[0].testcase;
assert.deepEqual(new Set(cases.filter((c) => c.failure).map((c) => c.name)), failing);
const results = testResults.parse({ type: 'junit', files: ['out.xml'] });
assert.deepEqual([results.total, results.failed, results.errors], [files, failing.size, json.unreadable]);
assert.deepEqual(new Set(results.suites[0].cases.filter((c) => c.status === 'FAIL' && c.failure).map((c) => c.name)
  .filter((name) => name !== 'none.yaml')), failing);
assert.ok(snippets > found.length * 0.9);
console.log(`${found.length} SARIF results, ${snippets} with their text, ${files} JUnit tests, ${failing.size} failures`);

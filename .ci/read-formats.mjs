// Lets prettier read scenarios that `runloop fmt` has laid out, and fails if it would change one. The arguments are
// scenarios, and lists of them as JSON.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const prettier = createRequire(`${process.env.TOOLS}/`)('prettier');
let files = 0;
let changed = 0;
for (const name of process.argv.slice(2)) {
  const text = fs.readFileSync(name, 'utf8');
  for (const [i, before] of (name.endsWith('.json') ? JSON.parse(text) : [text]).entries()) {
    files++;
    let after;
    try {
      after = await prettier.format(before, { parser: 'yaml', printWidth: 120 });
    } catch (error) {
      after = `prettier cannot read it: ${error.message}`;
    }
    if (before === after) continue;
    changed++;
    if (changed <= 3) console.error(`${name} ${i}: prettier changes\n${before}\n---- to\n${after}`);
  }
}
console.log(`${files} scenarios: prettier would change ${changed}`);
process.exit(changed === 0 && files > 100 ? 0 : 1);

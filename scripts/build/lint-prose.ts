// Holds the pages to the rules of prose-rules.ts, as a part of `npm run check`. The length of sentences holds in French,
// too.
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findProse } from './prose-rules.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGES = globSync(['*.md', 'docs/**/*.md', '.github/**/*.md', 'relay/**/*.md'], { cwd: ROOT }).sort();

let count = 0;
for (const page of PAGES) {
  const findings = await findProse(readFileSync(`${ROOT}${page}`, 'utf8'));
  for (const { line, message } of findings) console.error(`${page}:${line}: ${message}`);
  count += findings.length;
}
if (count > 0) {
  console.error(`${count} sentences to rewrite`);
  process.exitCode = 1;
}

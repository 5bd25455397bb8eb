// The audit as `npm run check` runs it, with an npm of the test's own on the path.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TASKS } from '../../../scripts/tasks.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'audit-'));
test.after(() => rmSync(folder, { recursive: true }));

/** Runs the audit with an npm that writes this and ends with this code; without one, npm cannot be found. */
function audit(npm?: { writes: string; code: number }): Promise<{ code: number | null; output: string }> {
  const command = join(folder, 'npm');
  rmSync(command, { force: true });
  if (npm !== undefined) {
    writeFileSync(join(folder, 'written'), npm.writes);
    const script = `#!/bin/sh\necho "$@" > '${folder}/arguments'\n/bin/cat '${folder}/written'\nexit ${npm.code}\n`;
    writeFileSync(command, script, { mode: 0o755 });
  }
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, 'scripts/build/audit.ts')], { env: { PATH: folder } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    child.on('close', (code) => resolve({ code, output }));
  });
}

/** A report of npm 11, shortened. */
const reportOf = (severities: Record<string, string>) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: Object.fromEntries(
      Object.entries(severities).map(([name, severity]) => [
        name,
        {
          name,
          severity,
          isDirect: false,
          via: [
            {
              source: 1,
              name,
              title: 'Denial of service',
              url: 'https://github.com/advisories/GHSA-x',
              severity,
            },
            'another-package',
          ],
          range: '<1.0.0',
        },
      ]),
    ),
    metadata: { vulnerabilities: { total: Object.keys(severities).length } },
  });

test('without a known vulnerability the check goes on, of the deployed packages alone', async () => {
  const { code, output } = await audit({ writes: reportOf({}), code: 0 });
  assert.is(code, 0, output);
  assert.match(output, 'nothing known of high severity');
  assert.match(readFileSync(join(folder, 'arguments'), 'utf8'), /^audit --omit=dev --json /);
});

test('one of low or moderate severity does not fail the check', async () => {
  const { code, output } = await audit({ writes: reportOf({ a: 'low', b: 'moderate' }), code: 1 });
  assert.is(code, 0, output);
  assert.match(output, 'nothing known of high severity');
});

for (const severity of ['high', 'critical']) {
  test(`one of ${severity} severity fails the check and is named`, async () => {
    const { code, output } = await audit({ writes: reportOf({ a: 'low', left: severity }), code: 1 });
    assert.is(code, 1);
    assert.match(
      output,
      `left (${severity}): Denial of service, https://github.com/advisories/GHSA-x; through another-package`,
    );
    assert.not.match(output, 'a (low)');
  });
}

for (const [name, npm, reason] of [
  [
    'the registry refuses',
    { writes: '{"message":"405 Method Not Allowed - POST https://registry\\nmore","error":{}}', code: 1 },
    'npm audit was not run: 405 Method Not Allowed - POST https://registry\n',
  ],
  ['npm writes no JSON', { writes: 'npm error', code: 1 }, 'npm audit was not run: npm gave no report\n'],
  ['npm writes nothing', { writes: '', code: 1 }, 'npm audit was not run: npm gave no report\n'],
  ['there is no npm', undefined, 'npm audit was not run: npm gave no report\n'],
] as const) {
  test(`where ${name}, the check goes on and says that it was not run`, async () => {
    const { code, output } = await audit(npm);
    assert.is(code, 0, output);
    assert.is(output, reason);
  });
}

test('it is a part of npm run check', () => {
  assert.ok(TASKS.check?.commands.some(([program]) => program === 'scripts/build/audit.ts'));
});

test.run();

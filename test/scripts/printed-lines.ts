// Every line of gcloud that the commands print or the pages show, as bash reads it.
import { execFileSync } from 'node:child_process';
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrationPlan } from '../../scripts/deploy/migrate/plan.ts';
import { readMigration } from '../../scripts/deploy/migrate/settings.ts';
import { wayBack } from '../../scripts/deploy/migrate/way-back.ts';
import { plan } from '../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../scripts/deploy/settings/deploy-settings.ts';
import { grantAdvice, permissionsOf, removalPermissions } from '../../scripts/gcloud/permission-roles.ts';
import { shellLine, shellScript } from '../../scripts/gcloud/shell.ts';
import type { Plan } from '../../scripts/gcloud/step.ts';
import { functionLogs, relayLogs } from '../../scripts/operate/doctor/logs.ts';
import { checkEviction } from '../../scripts/operate/doctor/project-checks.ts';
import { restartAdvice } from '../../scripts/operate/rotate-secret/restart-advice.ts';
import { undosOf } from '../../scripts/operate/teardown/teardown.ts';
import { EVENT_KINDS } from '../../shared/event.ts';
import { codeSpans, pages, ROOT, readDoc } from '../docs/markdown.ts';
import { ownNames } from './deploy/own-names.ts';

const PLANS = [
  {},
  { FUNCTION_NETWORK: 'direct', RELAY_INVOCATION: 'no-invoker-iam-check', ADMIN_ACCOUNT: 'me@example.com' },
  { ...ownNames('b2'), REDIS_TIER: 'basic', REDIS_SECURITY: 'plain' },
  { DEPLOY_FROM: 'image' },
];

/** Scripts of bash, by where they stand. */
export function printedScripts(): Map<string, string> {
  const scripts = new Map<string, string>();
  for (const env of PLANS) {
    const settings = readDeploySettings({ GCP_PROJECT_ID: 'my-project', ...env });
    const whole = plan(settings, {});
    const undos = undosOf(whole);
    const permissions = [...permissionsOf(whole), ...removalPermissions(undos)];
    const where = JSON.stringify(env);
    const logs = [relayLogs(settings), ...EVENT_KINDS.map((kind) => functionLogs(kind, settings))];
    scripts.set('restart after a revocation', pasted(restartAdvice(settings, 7)));
    scripts.set('eviction', checkEviction({}, settings).remedy ?? '');
    scripts.set(`drift of Redis of ${where}`, driftLines(whole));
    scripts.set(`logs of ${where}`, logs.join('\n'));
    scripts.set(`dry run of ${where}`, shellScript(whole));
    scripts.set(`teardown of ${where}`, undos.map(({ argv }) => shellLine(argv)).join('\n'));
    scripts.set(`grants for ${where}`, pasted(grantAdvice(permissions, 'my-project', 'me@example.com')));
  }
  const migration = readMigration({ GCP_PROJECT_ID: 'my-project' });
  const settings = readDeploySettings(migration.env);
  const migrated = migrationPlan(plan(settings, {}), settings, migration.reference, { retires: true });
  scripts.set('migration', shellScript(migrated));
  scripts.set('way back', pasted(wayBack(settings, migration.reference)));
  for (const page of pages) scripts.set(page, shown(page));
  for (const file of globSync('scripts/operate/doctor/*.ts', { cwd: ROOT }))
    scripts.set(file, quoted(readFileSync(ROOT + file, 'utf8')));
  return scripts;
}

/** What a deployment says of an instance that it does not change. */
function driftLines({ steps }: Plan): string {
  const text = JSON.stringify({ state: 'READY', tier: 'BASIC', memorySizeGb: 1 });
  const told = steps.flatMap(({ tasks }) =>
    tasks.flatMap((task) => task.drift?.([{ found: true, text }]) ?? []),
  );
  return told.flatMap((line) => / to change it: (gcloud .*)$/.exec(line)?.[1] ?? []).join('\n');
}

/** The lines among sentences that can be pasted. */
function pasted(text: string): string {
  return text
    .split('\n')
    .filter((line) => /^(?:gcloud |[A-Z_]+=\$\(gcloud )/.test(line))
    .join('\n');
}

/** What a page shows. A command that is only named is asked for its help, which proves that there is one. */
function shown(page: string): string {
  const text = readDoc(page);
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, block = '']) => pasted(block));
  const spans = codeSpans(text)
    .filter((span) => span.startsWith('gcloud '))
    .map((span) => span.replace('=TIME', '=2026-01-01T00:00:00Z'));
  return [...blocks, ...spans.map(orHelp)].join('\n');
}

/** What is said in the strings of a program: after a colon, or as a line of its own. */
function quoted(source: string): string {
  return [...source.matchAll(/(?:: |\n\s*`)(gcloud [^'`,]+)/g)]
    .map(([, line = '']) => orHelp(line.replaceAll(/\$\{[^}]*\}/g, '1')))
    .join('\n');
}

function orHelp(line: string): string {
  return /[A-Z0-9=]| --/.test(line) ? line : `${line} --help`;
}

/** What a script calls gcloud with, one list for each call. What is looked up is 1, as a version of a secret may be. */
export function callsOf(script: string): string[][] {
  const folder = mkdtempSync(join(tmpdir(), 'lines-'));
  try {
    const log = join(folder, 'log');
    writeFileSync(log, '');
    // One write for each call: those on both sides of a pipe run at the same time.
    const stub = '#!/bin/bash\nprintf "%s\\0" "$@" $\'\\1\' >> "$LOG"; cat >/dev/null; echo 1\n';
    for (const program of ['gcloud', 'openssl', 'node']) {
      writeFileSync(join(folder, program), program === 'gcloud' ? stub : '#!/bin/bash\necho 1\n');
      chmodSync(join(folder, program), 0o755);
    }
    execFileSync('bash', ['--norc', '-euc', script], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: `${folder}:/usr/bin:/bin`, LOG: log },
    });
    return readFileSync(log, 'utf8')
      .split('\u0001\0')
      .slice(0, -1)
      .map((call) => call.split('\0').slice(0, -1));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

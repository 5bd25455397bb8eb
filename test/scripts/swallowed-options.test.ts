// Which starts of a script are refused because npm has kept an option, and with which line.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { refusal } from '../../scripts/swallowed-options.mjs';
import { TASKS } from '../../scripts/tasks.mjs';

interface Given {
  script?: string;
  /** What npm handed on. */
  args?: string[];
  /** What npm itself was started with, behind `run SCRIPT`; undefined where that is not known. */
  typed?: string[];
  env?: Record<string, string>;
}

function refused(task: string, { script = task, args = [], typed, env = {} }: Given): string | undefined {
  const declared = TASKS[task];
  assert.ok(declared, task);
  const npmArgs = typed === undefined ? undefined : ['run', script, ...typed];
  return refusal({ script, task, declared, args, npmArgs, env });
}

/** The line to run instead. */
const lineOf = (message: string | undefined) => /^ {2}(npm .*)$/m.exec(message ?? '')?.[1];

const TYPED: readonly [task: string, typed: string[], args: string[], line: string][] = [
  ['deploy', ['--dry-run'], [], '--dry-run'],
  ['deploy', ['--dry-run', '--settings', 'x.env'], ['x.env'], '--dry-run --settings x.env'],
  ['deploy', ['--dry'], [], '--dry-run'],
  ['deploy', ['--dryRun'], [], '--dry-run'],
  ['deploy', ['--dry_run'], [], '--dry-run'],
  ['deploy', ['--dry-rnu'], [], '--dry-run'],
  ['deploy', ['--dri-run'], [], '--dry-run'],
  ['deploy', ['--dryy-run'], [], '--dry-run'],
  ['teardown', ['--onyl', 'redis'], ['redis'], '--only redis'],
  ['deploy', ['--only', 'redis'], [], '--only redis'],
  ['deploy', ['--only', 'redis', '--', '--dry-run'], ['--dry-run'], '--only redis --dry-run'],
  ['deploy', ['--parseable', '--long', '--all', '--no-yes', 'json'], ['json'], '--plan json'],
  ['deploy', ['--loglevel', 'silent', '--dry-run'], [], '--dry-run'],
  ['deploy', ['--settings', 'my settings'], ['my settings'], "--settings 'my settings'"],
  ['doctor', ['--no-events'], [], '--no-events'],
  ['doctor', ['--events', 'false'], [], '--no-events'],
  ['doctor', ['--credential-env', 'NAME', '--json'], ['NAME'], '--credential-env NAME --json'],
  ['teardown', ['--data', '--yes'], [], '--data --yes'],
  ['rotate-secret', ['--revoke'], [], '--revoke'],
  ['replay-dead-letters', ['inject', '--yes', '--to', 't'], ['inject'], '--yes --to t inject'],
  ['replay-dead-letters', ['--kind', 'a', '--kind', 'b'], ['a', 'b'], '--kind a --kind b'],
  ['demo', ['--once'], [], '--once'],
  ['simulate', ['--calls', '3', '--duplicates', '5%'], ['3', '5%'], "--calls 3 --duplicates '5%'"],
  ['simulate', ['--yes', '--with-content'], [], '--yes --with-content'],
  [
    'simulate',
    ['--rate', '2', '--call', '--all', '--long', '--long', '--loglevel', 'silent', '7', '--late', '9'],
    ['2', '7', '9'],
    '--rate 2 --calls 7 --late 9',
  ],
  ['bench', ['--only', 'a'], [], '--only a'],
  ['test', ['relay/auth', '--long'], ['relay/auth'], '--long relay/auth'],
  ['costs', ['--prices', 'p.json'], ['p.json'], '--prices p.json'],
];
for (const [task, typed, args, line] of TYPED) {
  test(`npm run ${task} ${typed.join(' ').slice(0, 40)} is refused`, () => {
    assert.is(lineOf(refused(task, { typed, args })), `npm run ${task} -- ${line}`);
  });
}

test('an option that npm gets before "run" is refused', () => {
  const declared = TASKS.deploy;
  assert.ok(declared);
  const npmArgs = ['--dry-run', 'run', 'deploy'];
  const message = refusal({ script: 'deploy', task: 'deploy', declared, args: [], npmArgs, env: {} });
  assert.is(lineOf(message), 'npm run deploy -- --dry-run');
});

test('the line names the npm script, not its task', () => {
  const message = refused('test', { script: 'test:long', typed: ['--root', 'r'], args: ['r'] });
  assert.is(lineOf(message), 'npm run test:long -- --root r');
});

const EXPORTED: readonly [task: string, env: Record<string, string>, args: string[], line: string][] = [
  ['deploy', { npm_config_dry_run: 'true' }, [], '--dry-run'],
  ['deploy', { npm_config_dryrun: 'true' }, [], '--dry-run'],
  ['deploy', { npm_config_dry_rnu: 'true' }, [], '--dry-run'],
  ['deploy', { npm_config_settings: 'x.env' }, [], '--settings x.env'],
  ['deploy', { npm_config_settings: 'true' }, ['x.env'], '--settings x.env'],
  ['deploy', { npm_config_only: 'a' }, [], '--only a'],
  ['doctor', { npm_config_events: '' }, [], '--no-events'],
  ['doctor', { npm_config_json: 'true' }, [], '--json'],
  ['teardown', { npm_config_yes: 'true' }, [], '--yes'],
  ['replay-dead-letters', { npm_config_kind: 'a\n\nb' }, [], '--kind a --kind b'],
  ['replay-dead-letters', { npm_config_token_description: 't' }, ['inject'], '--to t inject'],
  ['test', { npm_config_long: 'true' }, ['relay'], '--long relay'],
  ['bench', { npm_config_json: 'true' }, ['f.json'], '--json f.json'],
];
for (const [task, env, args, line] of EXPORTED) {
  test(`without arguments ${JSON.stringify(env).slice(0, 40)} stops ${task}`, () => {
    assert.is(lineOf(refused(task, { env, args })), `npm run ${task} -- ${line}`);
  });
}

test('an option of npm from its configuration stops nothing when it was not typed', () => {
  const env = { npm_config_yes: 'true', npm_config_json: 'true', npm_config_long: 'true' };
  for (const task of Object.keys(TASKS)) assert.is(refused(task, { typed: [], env }), undefined, task);
});

test("a dry run in npm's configuration stops a deployment with the remedy", () => {
  for (const name of ['npm_config_dry_run', 'NPM_CONFIG_DRY_RUN']) {
    const message = refused('deploy', { typed: [], env: { [name]: 'true' } });
    assert.is(lineOf(message), 'npm run deploy -- --dry-run');
    assert.match(message ?? '', /start the script without npm:\n {2}node scripts\/run\.mjs deploy$/);
  }
});

test('an option that npm does not have stops a task wherever it comes from', () => {
  const message = refused('deploy', { typed: [], env: { npm_config_migrate: 'true' } });
  assert.is(lineOf(message), 'npm run deploy -- --migrate');
});

const ALLOWED: readonly [task: string, given: Given][] = [
  ['deploy', { typed: [] }],
  ['deploy', {}],
  ['deploy', { typed: ['--', '--dry-run', '--only', 'redis'], args: ['--dry-run', '--only', 'redis'] }],
  ['deploy', { args: ['--dry-run', '--only=redis'] }],
  ['deploy', { typed: ['--dry-run', 'false'] }],
  ['deploy', { typed: ['--fund', 'false', '--no-audit', '--offline', '--tag', 'x'] }],
  ['deploy', { typed: ['--loglevel', 'silent', '--foreground-scripts'] }],
  ['deploy', { env: { npm_config_dry_run: '', npm_config_only: 'production' } }],
  ['costs', { env: { npm_config_yes: 'true' } }],
  ['doctor', { env: { npm_config_json: '' } }],
  ['teardown', { typed: ['--no-yes'], args: ['--dry-run'], env: { npm_config_yes: '' } }],
  ['teardown', { typed: [], env: { npm_config_yes: '' } }],
  ['simulate', { typed: ['--no-yes'], env: { npm_config_yes: '' } }],
  ['test', { typed: ['relay/auth'], args: ['relay/auth'] }],
  ['check', { typed: ['--dry-run'], env: { npm_config_dry_run: 'true' } }],
];
for (const [task, given] of ALLOWED) {
  test(`${task} may start with ${JSON.stringify(given).slice(0, 50)}`, () => {
    assert.is(refused(task, given), undefined);
  });
}

const SHORT: readonly [task: string, given: Given, line: string][] = [
  ['deploy', { typed: ['--no-yes'], env: { npm_config_yes: '' } }, '--dry-run'],
  ['deploy', { env: { npm_config_yes: '' } }, '--dry-run'],
  [
    'deploy',
    { typed: ['--no-yes', '--', '--only', 'redis'], args: ['--only', 'redis'] },
    '--dry-run --only redis',
  ],
  ['teardown', { typed: ['--no-yes'] }, '--dry-run'],
  ['rotate-secret', { typed: ['--no-yes'] }, '--dry-run'],
  ['replay-dead-letters', { typed: ['--no-yes', 'inject'], args: ['inject'] }, '--dry-run inject'],
];
for (const [task, given, line] of SHORT) {
  const how = given.typed === undefined ? 'exported' : 'typed';
  test(`-n of ${task}, ${how}: ${line.slice(0, 40)}`, () => {
    const message = refused(task, given);
    assert.is(lineOf(message), `npm run ${task} -- ${line}`);
    assert.match(message ?? '', 'npm reads -n as --no-yes');
  });
}

test('an argument that a task does not take is refused', () => {
  const message = refused('deploy', { typed: ['--config', 'x.env'], args: ['x.env'] });
  assert.match(message ?? '', /^deploy takes no argument "x\.env"\. Nothing was done\./);
});

test.run();

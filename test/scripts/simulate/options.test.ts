import { join } from 'node:path';
import { CommanderError } from '@commander-js/extra-typings';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../../scripts/cli/command.ts';
import { UsageError } from '../../../scripts/cli/usage-error.ts';
import { refuseMixed } from '../../../scripts/simulate/mixed-options.ts';
import { simulateCommand } from '../../../scripts/simulate/options.ts';
import { planCalls } from '../../../scripts/simulate/plan.ts';
import { ROOT } from '../../docs/markdown.ts';

const options = (...args: string[]) => parse(simulateCommand().configureOutput({ writeErr: () => {} }), args);

test('the command line of the manual is read', () => {
  assert.equal(
    options(
      ...[
        '--calls',
        '20',
        '--scenario',
        'billing',
        '--rate',
        '1.5',
        '--duplicates',
        '5%',
        '--reorder',
        '2.5',
      ],
      ...['--relay', 'https://relay.example.com/', '--publish', 'pubsub:my-project', '--yes'],
    ),
    {
      calls: 20,
      scenario: ['billing'],
      rate: 1.5,
      duplicates: 0.05,
      reorder: 0.025,
      relay: new URL('https://relay.example.com/'),
      publish: { to: 'pubsub', project: 'my-project' },
      yes: true,
    },
  );
});

test('the command line of a load is read', () => {
  assert.equal(
    options('--agents=500', '--ramp=60s', '--hold', '2m', '--native=25%', '--fault=cut:10%', '--report=r'),
    {
      ...{ agents: 500, ramp: 60_000, hold: 120_000, native: 0.25, report: 'r' },
      fault: [{ name: 'cut', share: 0.1 }],
    },
  );
});

test('nothing needs to be said', () => {
  assert.equal(options(), {});
  const { calls, rate, speed, shares, lateMs } = planCalls(options());
  assert.equal([calls.length, rate, speed, shares, lateMs], [10, 1, 1, { duplicates: 0, reorder: 0 }, 1_000]);
});

for (const args of [
  ['--calls=0'],
  ['--calls=501'],
  ['--calls=many'],
  ['--rate=0'],
  ['--rate=-1'],
  ['--rate=51'],
  ['--rate=1e3'],
  ['--speed=0'],
  ['--speed=1000'],
  ['--duplicates=101%'],
  ['--duplicates=-5%'],
  ['--reorder=five'],
  ['--late=0'],
  ['--seed=-1'],
  ['--scenario=opera'],
  ['--publish=kafka'],
  ['--publish=pubsub:'],
  ['--publish=pubsub:a/b'],
  ['--relay=relay.example.com'],
  ['--relay=ftp://relay.example.com'],
  ['--relay=https://relay.example.com/?a=b'],
  ['--function=http://127.0.0.1:1'],
  ['--function=new-message-event=x'],
  ['--location=nowhere!'],
  ['--agents=0'],
  ['--agents=2001'],
  ['--ramp=60'],
  ['--ramp=0s'],
  ['--hold=31m'],
  ['--native=half'],
  ['--fault=fire'],
  ['call'],
]) {
  test(`${args.join(' ')} is a wrong command line`, () => {
    assert.throws(
      () => options(...args),
      (error: unknown) =>
        error instanceof UsageError || (error instanceof CommanderError && error.exitCode !== 0),
    );
  });
}

for (const [args, message] of [
  [['--conversation', 'c'], '--conversation goes with --record'],
  [['--with-content'], '--with-content goes with --record'],
  [['--replay', 'f', '--scenario', 'billing'], '--replay and --scenario'],
  [['--record', 'f', '--relay', 'http://localhost', '--calls', '3'], '--calls does not go with --record'],
  [['--record', 'f', '--relay', 'http://localhost', '--publish', 'emulator'], '--publish does not go'],
  [['--record', 'f', '--relay', 'http://localhost'], '--conversation is missing'],
  [['--record', 'f', '--relay', 'http://localhost', '--agents', '3'], '--agents does not go with --record'],
  [['--ramp', '10s'], '--ramp goes with --agents'],
  [['--fault', 'cut:10%'], '--fault goes with --agents'],
  [['--agents', '3', '--calls', '3'], '--calls does not go with --agents'],
  [
    ['--agents', '3', '--relay', 'http://localhost', '--fault', 'restart-relay'],
    '--fault restart-relay goes without --relay',
  ],
] as const) {
  test(`${args.join(' ')} is refused`, () => {
    assert.throws(
      () => refuseMixed(options(...args)),
      (error: unknown) => error instanceof UsageError && error.message.includes(message),
    );
  });
}

test('scenarios take turns', () => {
  const { calls } = planCalls(options('--calls=4', '--scenario=travel', '--scenario=billing'));
  const [first, second, third, fourth] = calls;
  assert.ok(first === third && second === fourth && first !== second);
  const texts = calls.map((events) => JSON.stringify(events));
  assert.ok(texts[0]?.includes('card services') && texts[1]?.includes('Brightwings'));
});

test('the same seed makes the same plan of faults, and a plan has a seed without one', () => {
  const draw = (...args: string[]) => planCalls(options(...args)).random();
  assert.is(draw('--seed=7'), draw('--seed=7'));
  assert.is.not(draw('--seed=7'), draw('--seed=8'));
  assert.ok(planCalls(options()).seed >= 0);
});

test('a run that would last longer than 45 minutes is refused, and says what to change', () => {
  assert.throws(
    () => planCalls(options('--calls=500', '--rate=0.1')),
    (error: unknown) => error instanceof UsageError && /at most 45: choose fewer --calls/.test(error.message),
  );
});

test('a recording that is not there, or that is none, is named', () => {
  assert.throws(() => planCalls(options('--replay=/nowhere/call.jsonl')), /\/nowhere\/call\.jsonl/);
  const page = join(ROOT, 'README.md');
  assert.throws(() => planCalls(options('--replay', page)), /--replay .*README\.md: line 1: not JSON$/);
});

test.run();

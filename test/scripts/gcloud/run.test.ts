import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { plan } from '../../../scripts/deploy/plan.ts';
import { readDeploySettings } from '../../../scripts/deploy/settings/deploy-settings.ts';
import type { ExecResult } from '../../../scripts/gcloud/exec.ts';
import { run } from '../../../scripts/gcloud/run.ts';
import { type Imitation, imitate } from './imitation.ts';

// One topic: with several, the subscriptions' commands are alike once their names are filled in with the same value.
const REAL = plan(
  readDeploySettings({
    GCP_PROJECT_ID: 'my-project',
    NEW_MESSAGE_NOTIFICATIONS_TOPIC_ID: 'none',
    CONVERSATION_LIFECYCLE_NOTIFICATIONS_TOPIC_ID: 'none',
    NEW_RECOGNITION_RESULT_NOTIFICATION_TOPIC_ID: 'none',
  }),
  {},
);
const TITLES = REAL.steps.flatMap((step) => step.tasks.map(({ title }) => title));
const KEY = 'cd'.repeat(32);

function go(world: Imitation, only?: string, interruption = new AbortController()) {
  const pauses: number[] = [];
  const outcome = run(
    world.plan,
    {
      exec: world.exec,
      sleep: async (ms) => {
        pauses.push(ms);
      },
      randomHex: () => KEY,
      signal: interruption.signal,
    },
    { step: () => {}, task: () => {} },
    only,
  );
  return { outcome, pauses };
}

const failing = (code: number | undefined, stderr: string): ExecResult => ({ code, stdout: '', stderr });

test('a run makes every change once and in order, and the next one none', async () => {
  const world = imitate(REAL);
  assert.equal(await go(world).outcome, { state: 'done', changed: TITLES.length, unchanged: 0 });
  assert.equal(world.made, TITLES);
  assert.equal(await go(world).outcome, { state: 'done', changed: 0, unchanged: TITLES.length });
  assert.not.ok(world.lines.some((line) => line.includes(KEY)));
});

const FAULTS: Record<string, { result: ExecResult; passes: boolean }> = {
  403: { result: failing(1, 'ERROR: PERMISSION_DENIED: 403'), passes: false },
  429: { result: failing(1, 'ERROR: RESOURCE_EXHAUSTED: 429 Too Many Requests'), passes: true },
  503: { result: failing(1, 'ERROR: UNAVAILABLE: 503'), passes: true },
  timeout: { result: failing(undefined, ''), passes: true },
};

for (const [name, { result, passes }] of Object.entries(FAULTS)) {
  test(`${name} at each change ${passes ? 'is outlasted' : 'stops the run; the next one finishes'}`, async () => {
    for (const title of TITLES) {
      const world = imitate(REAL);
      world.failNext(title, result, false);
      const first = await go(world).outcome;
      assert.is(first.state, passes ? 'done' : 'failed', title);
      if (!passes) assert.is((await go(world).outcome).state, 'done', title);
      assert.equal(world.made, TITLES, title);
    }
  });
}

test('409 for what another has made in between counts as made', async () => {
  for (const title of TITLES) {
    const world = imitate(REAL);
    world.failNext(title, failing(1, 'ERROR: ALREADY_EXISTS: 409'), true);
    assert.is((await go(world).outcome).state, 'done', title);
    assert.equal(world.made, TITLES, title);
  }
});

test('409 for what stays unfinished stops the run after twenty minutes', async () => {
  const world = imitate(REAL);
  world.failNext('Redis instance aa-integration-redis', failing(1, 'already exists'), false);
  const { outcome, pauses } = go(world);
  const { state, ...rest } = await outcome;
  assert.is(state, 'failed');
  assert.match(JSON.stringify(rest), 'not ready');
  assert.is(
    pauses.reduce((sum, ms) => sum + ms, 0),
    20 * 60_000,
  );
});

test('a lost answer does not give the secret a second version', async () => {
  const world = imitate(REAL);
  const title = TITLES.find((each) => each.startsWith('a key of')) ?? '';
  world.failNext(title, failing(1, 'UNAVAILABLE'), true);
  assert.is((await go(world).outcome).state, 'done');
  assert.is(world.made.filter((each) => each === title).length, 1);
});

test('Ctrl-C at each change in turn stops the run there, and the next one finishes', async () => {
  for (const title of TITLES) {
    const world = imitate(REAL);
    const interruption = new AbortController();
    world.onChange(title, () => interruption.abort());
    const { state } = await go(world, undefined, interruption).outcome;
    assert.is(state, 'interrupted', title);
    assert.equal(world.made, TITLES.slice(0, TITLES.indexOf(title)), title);
    assert.is((await go(world).outcome).state, 'done', title);
    assert.equal(world.made, TITLES, title);
  }
});

test('Ctrl-C is an interruption, not a failure, when the program exits with 130', async () => {
  const interruption = new AbortController();
  const exec = async () => {
    interruption.abort();
    return failing(130, '');
  };
  const { state } = await go({ ...imitate(REAL), exec }, undefined, interruption).outcome;
  assert.is(state, 'interrupted');
});

test('what a change will alter is shown before it, and only when it is made', async () => {
  const world = imitate(REAL);
  const shown: string[] = [];
  const tools = {
    exec: world.exec,
    sleep: async () => {},
    randomHex: () => KEY,
    signal: new AbortController().signal,
  };
  const progress = {
    step: () => {},
    task: (title: string, outcome: string) => outcome === 'changed' && shown.push(title),
    preview: (text: string) => shown.push(`preview: ${text}`),
  };
  await run(world.plan, tools, progress);
  const first = shown.indexOf('preview: value');
  assert.equal(shown.slice(first, first + 2), ['preview: value', 'conversation profile Agent Assist Relay']);
  const before = shown.length;
  await run(world.plan, tools, progress);
  assert.is(shown.length, before);
});

test('a missing permission is answered with the permissions of the step', async () => {
  const world = imitate(REAL);
  world.failNext('service ui-connector', failing(1, 'PERMISSION_DENIED'), false);
  const outcome = await go(world).outcome;
  assert.ok(outcome.state === 'failed' && outcome.step === 'relay');
  assert.match(outcome.state === 'failed' ? outcome.message : '', 'run.services.create');
});

test('a step alone is refused while a step that it needs is missing', async () => {
  const world = imitate(REAL);
  const refused = await go(world, 'accounts').outcome;
  assert.match(refused.state === 'failed' ? refused.message : '', 'run --only apis first');
  await go(world, 'apis').outcome;
  assert.is((await go(world, 'accounts').outcome).state, 'done');
  const [, accounts] = REAL.steps;
  assert.equal([...new Set(world.made)].length, 1 + (accounts?.tasks.length ?? 0));
});

/** The imitation finds everything; here a read of this task finds nothing while it is not done. */
function missing(world: Imitation, ...titles: string[]): Imitation {
  const reads = world.plan.steps
    .flatMap(({ tasks }) => tasks)
    .filter(({ title }) => titles.includes(title) && !world.made.includes(title))
    .flatMap((task) => task.reads.map((read) => read.join(' ')));
  return {
    ...world,
    exec: async (argv, options) =>
      reads.includes(argv.join(' ')) ? failing(1, 'ERROR: NOT_FOUND: 404') : world.exec(argv, options),
  };
}

async function asking(answer: boolean, world: Imitation) {
  const asked: string[] = [];
  const tools = {
    exec: world.exec,
    sleep: async () => {},
    randomHex: () => KEY,
    signal: new AbortController().signal,
  };
  const mayMake = async (title: string) => {
    asked.push(title);
    return answer;
  };
  return { asked, outcome: await run(world.plan, tools, { step: () => {}, task: () => {}, mayMake }) };
}

test('before the first new thing is made a run asks, once, and ends at a no', async () => {
  const topic = TITLES.find((title) => title.startsWith('topic ')) ?? '';
  const account = TITLES.find((title) => title.startsWith('service account ')) ?? '';
  const refusing = imitate(REAL);
  const refused = await asking(false, missing(refusing, account, topic));
  assert.is(refused.outcome.state, 'declined');
  assert.not.ok(refusing.made.includes(account));
  const accepting = imitate(REAL);
  const accepted = await asking(true, missing(accepting, account, topic));
  assert.equal([accepted.outcome.state, accepted.asked.length], ['done', 1]);
  assert.equal(accepting.made, TITLES);
});

test('a run that changes only what is there asks nothing', async () => {
  const world = imitate(REAL);
  await go(world).outcome;
  assert.equal((await asking(false, world)).asked, []);
});

test.run();

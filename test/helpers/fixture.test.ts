import { type Test, test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fixture } from './fixture.ts';

type Hook = () => Promise<void> | void;

/** A `test` of uvu that only collects hooks, and the hooks of each kind as one function. */
function collectHooks() {
  const hooks = {
    before: [] as Hook[],
    beforeEach: [] as Hook[],
    afterEach: [] as Hook[],
    after: [] as Hook[],
  };
  const collect = (all: Hook[], each: Hook[]) =>
    Object.assign((hook: Hook) => void all.push(hook), { each: (hook: Hook) => void each.push(hook) });
  const collecting = {
    before: collect(hooks.before, hooks.beforeEach),
    after: collect(hooks.after, hooks.afterEach),
  };
  const run = async (kind: keyof typeof hooks) => {
    for (const hook of hooks[kind]) await hook();
  };
  return { test: collecting as unknown as Test, run };
}

function makeFixture() {
  const hooks = collectHooks();
  const closed: string[] = [];
  const fixture = new Fixture(hooks.test);
  const open = (name: string, fault?: Error) =>
    fixture.keep({
      close: async () => {
        closed.push(name);
        if (fault) throw fault;
      },
    });
  return { ...hooks, fixture, closed, open };
}

/** Keeps what is printed away from the output of this file, and returns it with the error of a promise. */
async function failure(promise: Promise<unknown>): Promise<{ error: unknown; printed: unknown[] }> {
  const printed: unknown[] = [];
  const { error: print } = console;
  console.error = (...parts: unknown[]) => void printed.push(...parts);
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  console.error = print;
  return { error, printed };
}

test('what a test opens is closed after it, last to first', async () => {
  const { run, closed, open } = makeFixture();
  await run('before');
  await run('beforeEach');
  open('first');
  open('second');
  await run('afterEach');
  assert.equal(closed, ['second', 'first']);
  await run('beforeEach');
  await run('afterEach');
  await run('after');
  assert.equal(closed, ['second', 'first'], 'once');
});

test('what is opened before the first test is closed after the last one, last to first', async () => {
  const { run, closed, open } = makeFixture();
  open('on load');
  await run('before');
  open('in a hook');
  await run('beforeEach');
  open('in a test');
  await run('afterEach');
  assert.equal(closed, ['in a test']);
  await run('after');
  assert.equal(closed, ['in a test', 'in a hook', 'on load']);
});

test('a close that fails is printed and thrown, and the others are closed all the same', async () => {
  for (const scope of ['beforeEach', 'after'] as const) {
    const { run, closed, open } = makeFixture();
    if (scope === 'beforeEach') await run('beforeEach');
    open('first');
    open('second', new Error('will not close'));
    open('third');
    const { error, printed } = await failure(run(scope === 'beforeEach' ? 'afterEach' : 'after'));
    assert.equal(closed, ['third', 'second', 'first']);
    assert.match(String(error), 'will not close');
    assert.equal(printed, [error]);
  }
});

test('a hook of uvu that runs twice after a failed test closes once', async () => {
  const { run, closed, open } = makeFixture();
  await run('beforeEach');
  open('first', new Error('will not close'));
  await failure(run('afterEach'));
  await run('afterEach');
  assert.equal(closed, ['first']);
});

test('a start that fails is printed and thrown, and what it had opened is closed', async () => {
  const closed: string[] = [];
  class Failing extends Fixture {
    protected override async start(): Promise<void> {
      this.defer(() => closed.push('server'));
      throw new Error('no port');
    }
  }
  const { test: collecting, run } = collectHooks();
  new Failing(collecting);
  const { error, printed } = await failure(run('before'));
  assert.match(String(error), 'no port');
  assert.equal(printed, [error]);
  await run('after');
  assert.equal(closed, ['server']);
});

test.run();

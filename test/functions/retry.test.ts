import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { pauseAfter, retry } from '../../functions/retry.ts';
import { undisturbed } from '../helpers/undisturbed.ts';

const LIMIT_MS = 300;
/** Repeats for longer than any test takes. */
const always = { limitMs: 60_000, isTransient: () => true, random: () => 0.1 };

/** A call that fails with these in turn and then succeeds; `count` tells how often it was called. */
function failing(...errors: unknown[]) {
  const call = {
    count: 0,
    run: async () => {
      const error = errors[call.count++];
      if (call.count <= errors.length) throw error;
      return 'done';
    },
  };
  return call;
}

const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

test('a call that succeeds is made once', async () => {
  const call = failing();
  assert.is(await retry(call.run, always), 'done');
  assert.is(call.count, 1);
});

test('a call is repeated until it succeeds', async () => {
  const call = failing(new Error('1'), new Error('2'), new Error('3'));
  assert.is(await retry(call.run, always), 'done');
  assert.is(call.count, 4);
});

test('an error that is not transient is handed on at once', async () => {
  const permanent = new Error('permanent');
  const call = failing(new Error('transient'), permanent, new Error('never reached'));
  const error = await errorOf(retry(call.run, { ...always, isTransient: (each) => each !== permanent }));
  assert.is(error, permanent);
  assert.is(call.count, 2);
});

test('a call that throws before there is a promise is repeated like any other', async () => {
  let count = 0;
  const throwing = (): Promise<string> => {
    if (count++ < 2) throw new Error('at once');
    return Promise.resolve('done');
  };
  assert.is(await retry(throwing, always), 'done');
});

test('a call that always fails ends with the last error when the limit has passed', () =>
  undisturbed(async () => {
    const errors: Error[] = [];
    const call = () => {
      errors.push(new Error(`attempt ${errors.length + 1}`));
      return Promise.reject(errors.at(-1));
    };
    const startedAt = performance.now();
    const error = await errorOf(retry(call, { ...always, limitMs: LIMIT_MS }));
    const tookMs = performance.now() - startedAt;
    assert.is(error, errors.at(-1));
    assert.ok(errors.length > 2);
    assert.ok(tookMs >= LIMIT_MS - 50, `it gave up after ${tookMs} ms`);
    const { length } = errors;
    await sleep(200);
    assert.is(errors.length, length, 'no further attempt');
  }));

test('a pause that would pass the limit ends with it', () =>
  undisturbed(async () => {
    // After four attempts without a pause the fifth is to wait for 800 ms.
    const randoms = [0, 0, 0, 0];
    const startedAt = performance.now();
    const error = await errorOf(
      retry(() => Promise.reject(new Error('down')), {
        ...always,
        limitMs: 50,
        random: () => randoms.pop() ?? 1,
      }),
    );
    assert.is((error as Error).message, 'down');
    assert.ok(performance.now() - startedAt < 700, 'it waited for the pause');
  }));

test('a call that hangs after one that failed is given up with the error of that', async () => {
  let count = 0;
  const error = await errorOf(
    retry(() => (count++ === 0 ? Promise.reject(new Error('refused')) : new Promise(() => {})), {
      ...always,
      limitMs: 50,
    }),
  );
  assert.is((error as Error).message, 'refused');
});

test('what a call answers after the limit is dropped without harm', async () => {
  for (const late of [() => sleep(100), () => sleep(100).then(() => Promise.reject(new Error('late')))]) {
    await undisturbed(async () => {
      let count = 0;
      const call = () => (count++ === 0 ? Promise.reject(new Error('refused')) : late());
      const error = await errorOf(retry(call, { ...always, random: () => 0, limitMs: 30 }));
      assert.is(count, 2);
      assert.is((error as Error).message, 'refused');
    });
    // An unhandled rejection would end this process, as it would end the function's.
    await sleep(120);
  }
});

for (const rejection of [undefined, null, false, 0, '', 'text', { code: 5 }]) {
  test(`a rejection with ${JSON.stringify(rejection)} becomes an Error`, async () => {
    const seen: unknown[] = [];
    const isTransient = (error: unknown) => {
      seen.push(error);
      return false;
    };
    const error = await errorOf(retry(() => Promise.reject(rejection), { ...always, isTransient }));
    assert.instance(error, Error);
    assert.is((error as Error).cause, rejection);
    assert.is(seen[0], error);
  });
}

test('a finished retry leaves no timer behind', async () => {
  await retry(failing(new Error('1')).run, { ...always, limitMs: 60_000 });
  assert.not(
    process.getActiveResourcesInfo().includes('Timeout'),
    'a timer would keep the process for a minute',
  );
});

test('many failing attempts leave no warning about listeners', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  await errorOf(
    retry(() => Promise.reject(new Error('down')), { ...always, limitMs: LIMIT_MS, random: () => 0.01 }),
  );
  await sleep(10);
  process.off('warning', note);
  assert.equal(warnings, []);
});

test('a process that is busy for longer than the limit gets no warning about its timer', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  const busy = async () => {
    for (const end = performance.now() + 20; performance.now() < end; );
    throw new Error('down');
  };
  assert.instance(await errorOf(retry(busy, { ...always, limitMs: 10 })), Error);
  await sleep(10);
  process.off('warning', note);
  assert.equal(warnings, []);
});

test('the pause before the next attempt is random, grows, and stays below 0.8 s', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (attempt, random) => {
        const pause = pauseAfter(attempt, () => random);
        assert.ok(pause >= 0 && pause <= 800);
        assert.is(pause, random * Math.min(800, 50 * 2 ** attempt));
      },
    ),
  );
  assert.equal(
    [1, 2, 3, 4, 5, 99].map((attempt) => pauseAfter(attempt, () => 1)),
    [100, 200, 400, 800, 800, 800],
  );
});

test.run();

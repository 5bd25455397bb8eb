import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Agent } from '../../../scripts/load/agent.ts';
import type { Desktop, DesktopOptions } from '../../../scripts/load/desktop.ts';
import { Measurements } from '../../../scripts/load/measurements.ts';

/** Longer than an agent waits for repetitions, in milliseconds. */
const RETURN_MS = 800;

/** Runs an agent until its desktop has joined, or was asked to. */
async function runAgent(
  desktopOf: (handlers: DesktopOptions['handlers'], end: () => void) => Partial<Desktop>,
) {
  const measured = new Measurements();
  const over = new AbortController();
  const createDesktop = ({ handlers }: DesktopOptions): Desktop => ({
    ...{ connect: handlers.connected, join() {}, leave() {}, cut() {}, cutAndReturn() {} },
    ...{ setReading() {}, close() {} },
    ...desktopOf(handlers, () => over.abort()),
  });
  const work = {
    ...{ location: 'projects/p/locations/global', project: 'p', url: 'http://localhost', measured },
    ...{ speed: 1, shares: { duplicates: 0, reorder: 0 }, random: Math.random, over: over.signal },
    arrivalLimitMs: 3 * RETURN_MS,
    register: async () => 'token',
    publisher: { publish: async () => '1', close: async () => {} },
    interrupted: new AbortController().signal,
  };
  await new Agent(work, 'call', createDesktop).run([[]], 0);
  return measured;
}

test('a desktop that is cut after its last event: the run waits until it is back', async () => {
  const measured = await runAgent((handlers, end) => ({
    join() {
      handlers.joined();
      setTimeout(() => {
        handlers.lost('cut');
        setTimeout(() => {
          handlers.connected();
          handlers.joined();
        }, RETURN_MS);
      }, 0);
      end();
    },
  }));
  assert.equal([measured.losses.total, measured.reconnects.summary().count], [1, 1]);
  assert.is(measured.refusals.total, 0);
});

test('a desktop that is not back until the end, or was never let in, counts as refused', async () => {
  const gone = await runAgent((handlers, end) => ({
    join() {
      handlers.joined();
      setTimeout(() => handlers.lost('cut'), 0);
      end();
    },
  }));
  assert.equal(gone.refusals.entries(), [{ reason: 'join: not back in the call until the end', count: 1 }]);
  const outside = await runAgent((_handlers, end) => ({ join: () => setTimeout(end, 0) }));
  assert.equal(outside.refusals.entries(), [{ reason: 'join: never in a call', count: 1 }]);
});

test.run();

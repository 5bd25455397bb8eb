import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Agent } from '../../../scripts/load/agent.ts';
import type { Desktop, DesktopOptions } from '../../../scripts/load/desktop.ts';
import { Measurements } from '../../../scripts/load/measurements.ts';

/** Longer than an agent waits for repetitions, in milliseconds. */
const RETURN_MS = 800;

test('a desktop that is cut after its last event: the run waits until it is back', async () => {
  const measured = new Measurements();
  const over = new AbortController();
  const createDesktop = ({ handlers }: DesktopOptions): Desktop => ({
    connect: handlers.connected,
    join() {
      handlers.joined();
      setTimeout(this.cut, 0);
      over.abort();
    },
    leave() {},
    cut() {
      handlers.lost('cut');
      setTimeout(() => {
        handlers.connected();
        handlers.joined();
      }, RETURN_MS);
    },
    cutAndReturn() {},
    setReading() {},
    close() {},
  });
  const work = {
    ...{ location: 'projects/p/locations/global', project: 'p', url: 'http://localhost', measured },
    ...{ speed: 1, shares: { duplicates: 0, reorder: 0 }, random: Math.random, over: over.signal },
    register: async () => 'token',
    publisher: { publish: async () => '1', close: async () => {} },
    interrupted: new AbortController().signal,
  };
  await new Agent(work, 'call', createDesktop).run([[]], 0);
  assert.equal([measured.losses.total, measured.reconnects.summary().count], [1, 1]);
});

test.run();

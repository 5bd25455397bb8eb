import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunState } from '../../../scripts/calls/run-calls.ts';
import { progressLine, showProgress } from '../../../scripts/simulate/progress.ts';
import { shareTokens } from '../../../scripts/simulate/share-tokens.ts';

const receipts = [{ conversation: 'c', kind: 'new-message-event' as const, messageId: '1', at: 0 }];
const desktop = (cut?: string) => ({ receipts, cutBy: () => cut, close: () => {} });
const state = (...desktops: RunState['desktops']): RunState => ({
  begun: 3,
  ended: 1,
  published: [],
  desktops,
});

test('the line has calls, events and desktops that were cut off', () => {
  assert.is(
    progressLine(state(desktop(), desktop()), 20),
    '1/20 calls over, 2 going on · 0 events published · 2 arrived',
  );
  assert.match(progressLine(state(desktop('transport close')), 20), '· 1 desktops cut off');
});

test('a terminal has one line that changes, anything else a line of its own', () => {
  const shown = (isTTY: boolean) => {
    const written: string[] = [];
    showProgress(state(), 3, { isTTY, write: (text) => written.push(text) })();
    return written.join('');
  };
  assert.is(shown(true), '\r\u001b[K1/3 calls over, 2 going on · 0 events published · 0 arrived\n');
  assert.is(shown(false), '1/3 calls over, 2 going on · 0 events published · 0 arrived\n');
});

test('50 desktops share a token, for 20 minutes at most', async () => {
  let registrations = 0;
  let now = 0;
  const next = shareTokens(
    async () => ({
      token: String(++registrations),
      project: 'p',
      announce: async () => {},
      getResource: async () => ({}),
    }),
    () => now,
  );
  const tokens = await Promise.all(Array.from({ length: 51 }, async () => (await next()).token));
  assert.equal([...new Set(tokens)], ['1', '2']);
  assert.is(tokens.filter((token) => token === '1').length, 50);
  now = 21 * 60_000;
  assert.is((await next()).token, '3');
});

test.run();

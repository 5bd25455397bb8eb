import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { StateChange } from '../../../relay/client/types.ts';
import {
  type ConnectionState,
  reduceConnection,
} from '../../../relay/desktop/connection/connection-state.ts';

const change = (state: StateChange['state'], code = 0, reason = ''): StateChange => ({ state, code, reason });
/** The state after changes that come a second after each other, from 0. */
const after = (...changes: StateChange[]) =>
  changes.reduce<ConnectionState>((state, each, index) => reduceConnection(state, each, index * 1_000), {
    is: 'idle',
  });

test('a page connects and is live', () => {
  assert.equal(after(change('connecting')), { is: 'connecting' });
  assert.equal(after(change('connecting'), change('ready')), { is: 'live' });
});

test('a page is offline since the first loss, however often it tries', () => {
  const lost = [change('connecting'), change('ready'), change('waiting', 1006)];
  assert.equal(after(...lost), { is: 'offline', since: 2_000, cause: 'lost', isTrying: false });
  assert.equal(after(...lost, change('connecting', 1006)), {
    is: 'offline',
    since: 2_000,
    cause: 'lost',
    isTrying: true,
  });
  const again = after(...lost, change('connecting', 1006), change('waiting', 3004));
  assert.equal(again, { is: 'offline', since: 2_000, cause: 'sign-in', isTrying: false });
  assert.equal(after(...lost, change('connecting'), change('ready')), { is: 'live' });
});

test('a computer without a network is told apart', () => {
  const state = after(change('connecting'), change('ready'), change('waiting', 3002));
  assert.equal(state, { is: 'offline', since: 2_000, cause: 'network', isTrying: false });
});

test('a relay that is about to close is no loss', () => {
  assert.equal(after(change('ready'), change('connecting', 3003)), { is: 'connecting' });
});

test('a refused token, a revoked one and no token are signed out, each with its cause', () => {
  const signedOut = (code: number) => after(change('closed', code));
  assert.equal(signedOut(3500), { is: 'signed-out', at: 'registration' });
  for (const code of [4501, 4503]) assert.equal(signedOut(code), { is: 'signed-out', at: 'token' });
});

test('another final code is a refusal with its reason', () => {
  assert.equal(after(change('closed', 4505, 'too many connections')), {
    is: 'refused',
    reason: 'too many connections',
  });
});

test.run();

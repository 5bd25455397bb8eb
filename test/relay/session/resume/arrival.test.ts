import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ConnectRequest,
  readArrival,
  type SocketIoOffsets,
} from '../../../../relay/session/resume/arrival.ts';

const ANN = { subject: 'ann', tokenId: '1' };
const BROWSER = 'Mozilla/5.0 (X11; Linux x86_64)';
const OFFSET = 'abcdef.epoch.7.tag';

const arrive = (request: Partial<ConnectRequest> = {}, claims = ANN, offsets: SocketIoOffsets = 'browsers') =>
  readArrival({ auth: {}, userAgent: BROWSER, origin: undefined, number: 1, ...request }, claims, offsets);

test('a client without a pid is a new page with a pid of its own', () => {
  const [one, other] = [arrive(), arrive()];
  assert.is(one.isBack, false);
  assert.is(one.isForeign, false);
  assert.is.not(one.page, other.page);
  assert.is.not(one.pid, other.pid);
});

test('a client that shows its pid is back, also with a new token', () => {
  const { page, pid } = arrive();
  const back = arrive({ auth: { pid, offset: OFFSET } }, { subject: 'ann', tokenId: '2' });
  assert.is(back.isBack, true);
  assert.is(back.page, page);
  assert.is.not(back.pid, pid);
  assert.is(back.offset?.get('abcdef')?.position.offset, 7);
});

test('the pid of another subject makes a new page, and its offset is not read', () => {
  const { page, pid } = arrive();
  const bob = arrive({ auth: { pid, offset: OFFSET } }, { subject: 'bob', tokenId: '2' });
  assert.is(bob.isForeign, true);
  assert.is(bob.isBack, false);
  assert.is.not(bob.page, page);
  assert.is(bob.offset, undefined);
});

test('an offset without a pid is not read', () => {
  assert.is(arrive({ auth: { offset: OFFSET } }).offset, undefined);
});

const SENT: [offsets: SocketIoOffsets, userAgent: string | undefined, sends: boolean][] = [
  ['browsers', BROWSER, true],
  ['browsers', 'node-XMLHttpRequest', false],
  ['browsers', 'python Mozilla/', false],
  ['browsers', undefined, false],
  ['all', BROWSER, true],
  ['all', undefined, true],
  ['off', BROWSER, false],
  ['off', undefined, false],
];

for (const [offsets, userAgent, sends] of SENT) {
  test(`offsets ${offsets}: ${sends ? 'sent' : 'not sent'} to ${userAgent?.slice(0, 40) ?? 'no User-Agent'}`, () => {
    assert.is(arrive({ userAgent }, ANN, offsets).sendsOffsets, sends);
  });
}

test('pages with one token and User-Agent are twins', () => {
  const { twins } = arrive();
  assert.is(arrive().twins, twins);
  assert.is.not(arrive({ userAgent: 'Mozilla/5.0' }).twins, twins);
  assert.is.not(arrive({}, { subject: 'ann', tokenId: '2' }).twins, twins);
  assert.ok(arrive({ userAgent: undefined }).twins);
});

test('python-socketio has no twins, whatever it connects with', () => {
  assert.is(arrive({ userAgent: undefined, origin: 'http://127.0.0.1' }).twins, undefined);
  for (const userAgent of ['python-requests/2.32.3', 'Python/3.12 aiohttp/3.10.5']) {
    assert.is(arrive({ userAgent }).twins, undefined);
  }
  assert.ok(arrive({ origin: 'http://127.0.0.1' }).twins);
});

test.run();

// What a desktop would be told of each fault of Dialogflow's.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CredentialsError } from '../../../../relay/google/credentials.ts';
import { Fixture } from '../../../helpers/fixture.ts';
import { undisturbed } from '../../../helpers/undisturbed.ts';
import { until } from '../../../helpers/until.ts';
import {
  arrays,
  chunk,
  failureOf,
  handshake,
  readAll,
  type Script,
  ScriptedUpstream,
  status,
  taken,
} from './scripted-upstream.ts';

const fixture = new Fixture(test);

type Answer = NonNullable<Script['open']>[number];

const stall: Answer = () => {};
const stallBody: Answer = (response) => response.write('1');
const reset: Answer = (response) => response.destroy();
const text =
  (body: string | Buffer): Answer =>
  (response) =>
    response.end(body);
const UNKNOWN = '3 Dialogflow does not know the participant, its conversation or the answer record';
const INVALID = '3 Dialogflow refuses the request as invalid';
const WRONG_STATE =
  '3 Dialogflow refuses the request as things stand: the conversation may be completed, or its profile lacks the feature';
/** An error in Google's JSON, whose message the desktop is not told. */
const google = (code: number, name: string) =>
  JSON.stringify({ error: { code, status: name, message: 'secret detail' } });

const SHORT = { openTimeoutMs: 250, sendTimeoutMs: 250, silenceMaxMs: 250, streamAgeMs: 60_000 };

const LATE = '14 Dialogflow did not answer in time';
const AWAY = '14 Dialogflow cannot be reached';
/** Short only for what has to be late: an answer may take longer than that on a busy machine. */
const isLate = (told: string) => told === LATE || told.includes('has sent nothing');
const limitsFor = (told: string) => (isLate(told) ? SHORT : {});
const UNREADABLE = "13 Dialogflow's answer cannot be read";

const OPEN_FAULTS: [what: string, answer: Answer, told: string][] = [
  ['a stall', stall, LATE],
  ['a stall within the answer', stallBody, LATE],
  ['a reset', reset, AWAY],
  [
    'a 302',
    (response) => response.writeHead(302, { location: 'http://x/' }).end(),
    '14 Dialogflow answers with a redirect',
  ],
  ['a 400', status(400), '3 Dialogflow refuses the request as invalid'],
  ['a 401', status(401), "14 Dialogflow refuses the relay's credentials"],
  ['a 403', status(403), '7 Dialogflow denies the relay access'],
  ['a 404', status(404), '3 Dialogflow refuses the request as invalid'],
  ['a 404 of an unknown conversation', status(404, google(404, 'NOT_FOUND')), UNKNOWN],
  ['the same in a list', status(404, `[${google(404, 'NOT_FOUND')}]`), UNKNOWN],
  ['a 400 of a conversation that is completed', status(400, google(400, 'FAILED_PRECONDITION')), WRONG_STATE],
  ['a 404 in JSON of another kind', status(404, '{"error":"secret"}'), INVALID],
  ['a 500 of 100 kB', status(500, 'x'.repeat(100_000)), '13 Dialogflow has an internal error'],
  ['a 429', status(429), "8 Dialogflow's quota is used up: try again later"],
  ['a 500', status(500), '13 Dialogflow has an internal error'],
  ['a 503', status(503), AWAY],
  ['HTML', text('<html>secret'), `${UNREADABLE}: the length of a chunk is not a number`],
  [
    'bytes that are no UTF-8',
    text(Buffer.from([0x32, 0x0a, 0xff, 0xff])),
    `${UNREADABLE}: the answer is not UTF-8`,
  ],
  ['nothing', text(''), `${UNREADABLE}: the answer to the open names no stream`],
  ['a chunk that is no list', text(chunk({ a: 1 })), `${UNREADABLE}: a chunk is not a list`],
  ['64 KiB', text(' '.repeat(65_537)), `${UNREADABLE}: the answer to the open is too long`],
  [
    'a stream without a name',
    text(chunk([[0, ['c']]])),
    `${UNREADABLE}: the answer to the open names no stream`,
  ],
  [
    'an error',
    text(chunk([[0, [{ error: { code: 7, message: 'secret' } }]]])),
    '7 Dialogflow denies the relay access',
  ],
];

for (const [what, answer, told] of OPEN_FAULTS) {
  test(`${what} to an open: ${told.slice(0, 20)}`, async () => {
    const upstream = await ScriptedUpstream.start(fixture, { open: [answer] });
    assert.is(await failureOf(upstream.open(limitsFor(told))), told);
  });
}

const SEND_FAULTS: [what: string, answer: Answer, told: string][] = [
  ['a stall', stall, LATE],
  ['a reset', reset, AWAY],
  ['a 400', status(400, 'Unknown SID'), '14 Dialogflow no longer knows the stream'],
  ['a 404 of an unknown conversation', status(404, google(404, 'NOT_FOUND')), UNKNOWN],
  ['a 400 of a malformed message', status(400, google(400, 'INVALID_ARGUMENT')), INVALID],
  ['a 401', status(401), "14 Dialogflow refuses the relay's credentials"],
  ['a 403', status(403), '7 Dialogflow denies the relay access'],
  ['a 429', status(429), "8 Dialogflow's quota is used up: try again later"],
  ['a 500', status(500), '13 Dialogflow has an internal error'],
];

for (const [what, answer, told] of SEND_FAULTS) {
  test(`${what} to a message: ${told.slice(0, 20)}`, async () => {
    await undisturbed(async () => {
      const upstream = await ScriptedUpstream.start(fixture, { send: [taken, answer] });
      const channel = await upstream.open({ ...limitsFor(told), silenceMaxMs: 30_000 });
      const ended = failureOf(readAll(channel));
      await channel.send({ n: 1 });
      const failures = [failureOf(channel.send({ n: 2 })), failureOf(channel.send({ n: 3 }))];
      assert.equal(await Promise.all(failures), [told, told]);
      assert.is(await ended, told);
    });
  });
}

const RECEIVE_FAULTS: [what: string, answers: Answer[], told: string][] = [
  ['a stall before the answer', [stall], LATE],
  [
    'a silence',
    [text(arrays(1, { n: 1 })), (response) => response.write(arrays(2, 'noop'))],
    '14 Dialogflow has sent nothing for 0.25 seconds',
  ],
  ['closes without a message', [text('')], '14 Dialogflow keeps closing the stream'],
  ['a refused connection', [reset], AWAY],
  ['a 400', [status(400, 'Unknown SID')], '14 Dialogflow no longer knows the stream'],
  ['a 404 of an unknown conversation', [status(404, google(404, 'NOT_FOUND'))], UNKNOWN],
  ['a 400 of a completed conversation', [status(400, google(400, 'FAILED_PRECONDITION'))], WRONG_STATE],
  ['a 401', [status(401)], "14 Dialogflow refuses the relay's credentials"],
  ['a 429', [status(429)], "8 Dialogflow's quota is used up: try again later"],
  ['a 500', [status(500)], '13 Dialogflow has an internal error'],
  ['garbage', [text('garbage')], `${UNREADABLE}: the length of a chunk is not a number`],
  ['a chunk that is too long', [text('99999999\n')], `${UNREADABLE}: a chunk is longer than 1048576 units`],
  ['JSON that is none', [text('3\n{{{')], `${UNREADABLE}: a chunk is not JSON`],
  [
    'an array without an id',
    [text(chunk([['x', [{}]]]))],
    `${UNREADABLE}: a chunk is not a list of arrays with ids`,
  ],
  [
    'a number for a message',
    [text(arrays(1, 5))],
    `${UNREADABLE}: an array is neither a message nor a control word`,
  ],
  ['the word stop', [text(arrays(1, 'stop'))], '14 Dialogflow has stopped the stream'],
  [
    'an error with a status',
    [text(arrays(1, { error: { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'secret' } }))],
    "8 Dialogflow's quota is used up: try again later",
  ],
  ['an error in a list', [text(arrays(1, [{ error: { code: 9, message: 'secret' } }]))], WRONG_STATE],
  ['an error of an unknown conversation', [text(arrays(1, JSON.parse(google(404, 'NOT_FOUND'))))], UNKNOWN],
  ['an error with a status of HTTP alone', [text(arrays(1, { error: { code: 503 } }))], AWAY],
  [
    'an error of which nothing is known',
    [text(arrays(1, { error: {} }))],
    '13 Dialogflow has an internal error',
  ],
];

for (const [what, answers, told] of RECEIVE_FAULTS) {
  test(`${what} on the GET: ${told.slice(0, 20)}`, async () => {
    await undisturbed(async () => {
      const upstream = await ScriptedUpstream.start(fixture, { receive: answers });
      const channel = await upstream.open(limitsFor(told));
      assert.is(await failureOf(readAll(channel)), told);
      assert.is(await failureOf(channel.send({})), told);
    });
  });
}

test('a stream ends at its age, while messages come: 14', () =>
  undisturbed(async () => {
    const timers: NodeJS.Timeout[] = [];
    fixture.defer(() => timers.forEach(clearInterval));
    const upstream = await ScriptedUpstream.start(fixture, {
      receive: [
        (response) => {
          let id = 0;
          timers.push(setInterval(() => response.write(arrays(++id, { id })), 20));
        },
      ],
    });
    const channel = await upstream.open({ streamAgeMs: 300 });
    assert.is(await failureOf(readAll(channel)), '14 a stream ends after 0.005 minutes: open another');
    await until(() => upstream.of('terminate').length === 1);
  }));

test('after a 401 a request is sent once more, with new credentials', async () => {
  const upstream = await ScriptedUpstream.start(fixture, {
    open: [status(401), handshake],
    receive: [status(401), text(arrays(1, { n: 1 }, 'close'))],
  });
  let token = 1;
  const credentials = {
    headers: async () => ({ authorization: `Bearer token-${token}` }),
    invalidate: () => void token++,
  };
  const channel = await upstream.open({}, { credentials });
  assert.equal(await readAll(channel), [{ n: 1 }]);
  assert.equal(
    upstream.seen.map(({ headers }) => headers.authorization),
    ['Bearer token-1', 'Bearer token-2', 'Bearer token-2', 'Bearer token-3'],
  );
});

test('credentials that cannot be had: 14, and nothing is sent', async () => {
  const upstream = await ScriptedUpstream.start(fixture, {});
  const headers = () => Promise.reject(new CredentialsError('Google credentials: secret'));
  const opened = upstream.open({}, { credentials: { headers, invalidate: () => {} } });
  assert.is(await failureOf(opened), '14 the relay has no credentials for Dialogflow');
  assert.is(upstream.seen.length, 0);
});

test('credentials that do not come are waited for as long as an answer: 14', async () => {
  const upstream = await ScriptedUpstream.start(fixture, {});
  const headers = () => new Promise<never>(() => {});
  const opened = upstream.open(SHORT, { credentials: { headers, invalidate: () => {} } });
  assert.is(await failureOf(opened), LATE);
});

test('a port where nobody listens: 14', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const upstream = await ScriptedUpstream.start(fixture, {});
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  assert.is(await failureOf(upstream.open({}, { url: `http://127.0.0.1:${port}` })), AWAY);
});

test('a message that cannot be written as JSON is an error of the relay: 13', async () => {
  const upstream = await ScriptedUpstream.start(fixture, {});
  const channel = await upstream.open();
  const message = { nested: JSON.parse(`${'['.repeat(30_000)}${']'.repeat(30_000)}`) as unknown };
  assert.is(await failureOf(channel.send(message)), '13 the relay has an internal error');
});

test.run();

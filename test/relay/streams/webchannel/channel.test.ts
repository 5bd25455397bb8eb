import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Fixture } from '../../../helpers/fixture.ts';
import { undisturbed } from '../../../helpers/undisturbed.ts';
import { until } from '../../../helpers/until.ts';
import { arrays, chunk, failureOf, readAll, ScriptedUpstream, taken } from './scripted-upstream.ts';

const fixture = new Fixture(test);

const PATH = '/google.cloud.dialogflow.v2beta1.Participants/StreamingReactiveCompanionSuggestions/channel';

test('an open, a message and an answer are the requests of WebChannel', async () => {
  const upstream = await ScriptedUpstream.start(fixture, {
    receive: [(response) => response.end(arrays(1, { is_final: true }, 'close'))],
  });
  const channel = await upstream.open();
  await channel.send({ textInput: 'caf\u00e9 & \u{1F600} 100%+' });
  assert.equal(await readAll(channel), [{ isFinal: true }]);

  const [open, send, receive] = upstream.seen;
  assert.ok(open && send && receive);
  assert.is(open.path, PATH);
  assert.equal(Object.fromEntries(open.form), { count: '0' });
  assert.is(open.headers['x-webchannel-content-type'], 'application/json');
  const rid = Number(open.query.get('RID'));
  assert.equal(Object.fromEntries(open.query), {
    VER: '8',
    MODE: 'init',
    RID: String(rid),
    'X-HTTP-Session-Id': 'gsessionid',
  });
  const names = { VER: '8', SID: 'sid-1', gsessionid: 'session-1', AID: '0' };
  assert.equal(Object.fromEntries(send.query), { ...names, RID: String(rid + 1) });
  assert.equal(Object.fromEntries(send.form), {
    count: '1',
    ofs: '0',
    req0___data__: '{"textInput":"caf\u00e9 & \u{1F600} 100%+"}',
  });
  assert.equal(Object.fromEntries(receive.query), { ...names, RID: 'rpc', CI: '0', TYPE: 'xmlhttp' });
  assert.is(upstream.of('terminate').length, 0);
});

test('an open may be answered without a length, and without the header of the session', async () => {
  const upstream = await ScriptedUpstream.start(fixture, {
    open: [(response) => response.end('[[0,["c","sid-\u00e9","",8,14]]]')],
  });
  const channel = await upstream.open();
  await channel.send({});
  const query = upstream.of('send')[0]?.query;
  assert.equal([query?.get('SID'), query?.get('gsessionid')], ['sid-\u00e9', 'sid-\u00e9']);
});

test('messages are sent one after another, in the order of the calls', async () => {
  let underWay = 0;
  const upstream = await ScriptedUpstream.start(fixture, {
    send: [
      (response, request) => {
        assert.is(++underWay, 1);
        setTimeout(() => {
          underWay--;
          taken(response, request);
        }, 5);
      },
    ],
  });
  const channel = await upstream.open();
  await Promise.all([1, 2, 3].map((n) => channel.send({ n })));
  const sends = upstream.of('send');
  assert.equal(
    sends.map(({ form }) => [form.get('ofs'), form.get('req0___data__')]),
    [
      ['0', '{"n":1}'],
      ['1', '{"n":2}'],
      ['2', '{"n":3}'],
    ],
  );
  const [first = 0, ...later] = sends.map(({ query }) => Number(query.get('RID')));
  assert.equal(later, [first + 1, first + 2]);
});

test('keep-alives and unknown control words are not handed on', async () => {
  const upstream = await ScriptedUpstream.start(fixture, {
    receive: [(response) => response.end(arrays(1, 'noop', { n: 1 }, 'noop', 'later', { n: 2 }, 'close'))],
  });
  assert.equal(await readAll(await upstream.open()), [{ n: 1 }, { n: 2 }]);
});

test('a GET that ends early is resumed behind the last array, without duplicates', async () => {
  const upstream = await ScriptedUpstream.start(fixture, {
    receive: [
      (response) => response.end(arrays(1, { n: 1 }, 'noop') + chunk([[3, [{ n: 2 }]]]).slice(0, -3)),
      (response) => response.end(arrays(2, 'noop', { n: 2 }, { n: 3 })),
      (response) => response.end(arrays(5, 'close')),
    ],
  });
  const channel = await upstream.open();
  assert.equal(await readAll(channel), [{ n: 1 }, { n: 2 }, { n: 3 }]);
  assert.equal(
    upstream.of('receive').map(({ query }) => query.get('AID')),
    ['0', '2', '4'],
  );
});

test('a GET whose connection is reset is resumed', async () => {
  const upstream = await ScriptedUpstream.start(fixture, {
    receive: [
      (response) => response.write(arrays(1, { n: 1 }), () => setTimeout(() => response.destroy(), 20)),
      (response) => response.end(arrays(2, { n: 2 }, 'close')),
    ],
  });
  assert.equal(await readAll(await upstream.open()), [{ n: 1 }, { n: 2 }]);
});

test('a POST whose connection is reset is repeated with its RID and offset', async () => {
  const upstream = await ScriptedUpstream.start(fixture, {
    send: [(response) => response.destroy(), taken],
  });
  const channel = await upstream.open();
  await channel.send({ n: 1 });
  const [first, second] = upstream.of('send').map(({ query, form }) => `${query} ${form}`);
  assert.is(second, first);
});

test('each request has the access token of its moment, and Google the endpoint', async () => {
  let tokens = 0;
  const upstream = await ScriptedUpstream.start(fixture, {
    receive: [(response) => response.end(arrays(1, 'close'))],
  });
  const credentials = {
    headers: async () => ({ authorization: `Bearer token-${++tokens}`, 'x-goog-user-project': 'p' }),
    invalidate: () => {},
  };
  const channel = await upstream.open({}, { credentials });
  await channel.send({});
  await readAll(channel);
  assert.equal(
    upstream.seen.map(({ headers }) => headers.authorization),
    ['Bearer token-1', 'Bearer token-2', 'Bearer token-3'],
  );
  for (const { headers } of upstream.seen) {
    assert.is(headers['x-test-origin'], 'https://europe-west2-dialogflow-webchannel.googleapis.com');
    assert.is(headers['x-goog-user-project'], 'p');
  }
});

test('an endpoint of the configuration gets no token', async () => {
  const upstream = await ScriptedUpstream.start(fixture, {});
  const channel = await upstream.open();
  await channel.send({});
  assert.ok(upstream.seen.every(({ headers }) => headers.authorization === undefined));
});

test('a consumer that does not read stops the GET from being read', () =>
  undisturbed(async () => {
    let written = 0;
    let isDrained = true;
    const upstream = await ScriptedUpstream.start(fixture, {
      receive: [
        (response) => {
          const text = 'x'.repeat(10_000);
          const write = () => {
            while (isDrained) {
              isDrained = response.write(arrays(++written, { text }));
              if (written === 5_000) return response.end(arrays(++written, 'close'));
            }
            response.once('drain', () => {
              isDrained = true;
              write();
            });
          };
          write();
        },
      ],
    });
    const channel = await upstream.open({ silenceMaxMs: 300 });
    const messages = channel.messages[Symbol.asyncIterator]();
    await messages.next();
    let before = -1;
    // The system's own buffers fill first. They hold some megabytes, of 50 here.
    await until(async () => {
      if (before === written) return true;
      before = written;
      await sleep(200);
      return false;
    });
    assert.ok(written < 2_500, `${written} messages were taken`);
    await sleep(400); // longer than Dialogflow may be silent: it is not Dialogflow that is
    let read = 1;
    while (!(await messages.next()).done) read++;
    assert.is(read, 5_000);
  }));

test('close ends the iteration without an error, and tells Dialogflow', async () => {
  const upstream = await ScriptedUpstream.start(fixture, {
    receive: [(response) => response.write(arrays(1, { n: 1 }))],
  });
  const channel = await upstream.open();
  const messages = channel.messages[Symbol.asyncIterator]();
  assert.equal(await messages.next(), { done: false, value: { n: 1 } });
  const waiting = messages.next();
  channel.close();
  channel.close();
  assert.equal(await waiting, { done: true, value: undefined });
  await until(() => upstream.of('terminate').length > 0);
  const [terminate, ...more] = upstream.of('terminate');
  assert.is(terminate?.query.get('SID'), 'sid-1');
  assert.is(more.length, 0);
  assert.is(await failureOf(channel.send({})), '14 the stream is closed');
});

test('a signal ends a stream, and one that opens', async () => {
  const upstream = await ScriptedUpstream.start(fixture, {});
  const end = new AbortController();
  const channel = await upstream.open({}, { signal: end.signal });
  const all = readAll(channel);
  end.abort();
  assert.equal(await all, []);
  assert.is(await failureOf(upstream.open({}, { signal: end.signal })), '14 the stream is closed');
});

test('a consumer that leaves the iteration ends the stream', async () => {
  const closed = Promise.withResolvers<void>();
  const upstream = await ScriptedUpstream.start(fixture, {
    receive: [
      (response) => {
        void once(response, 'close').then(() => closed.resolve());
        response.write(arrays(1, { n: 1 }));
      },
    ],
  });
  const channel = await upstream.open();
  for await (const _message of channel.messages) break;
  await closed.promise;
  assert.is(await failureOf(channel.send({})), '14 the stream is closed');
});

test.run();

import type { InjectOptions } from 'fastify';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { INTEGRATION_KEY_MAX_CHARS } from '../../../relay/integration-keys/limits.ts';
import { buildHttp } from '../http/build.ts';

const NAME = 'projects/demo-project/locations/us-central1/conversations/abc-123';
const PATH = '/conversation-name';
const LONGEST = 'k'.repeat(INTEGRATION_KEY_MAX_CHARS);

function query(key: string): string {
  return `${PATH}?conversationIntegrationKey=${encodeURIComponent(key)}`;
}

async function built() {
  const { app, token, names } = await buildHttp();
  const send = (options: InjectOptions) =>
    app.inject({ ...options, headers: { authorization: token, ...options.headers } });
  return { app, names, send };
}

for (const [key, name] of [
  ['+15551234567', NAME],
  ['003ABC', 'projects/demo-project/conversations/abc'],
  ['__proto__', NAME],
  ['constructor', NAME],
  ['None', NAME],
  ['schlüssel 🔑', NAME],
  [LONGEST, NAME],
  ['by number', 'projects/123456/locations/global/conversations/abc'],
] as const) {
  test(`the name of ${key.slice(0, 20)} is stored, found, and removed once`, async () => {
    const { send } = await built();
    const post = await send({
      method: 'POST',
      url: PATH,
      payload: { conversationIntegrationKey: key, conversationName: name },
    });
    assert.is(post.statusCode, 200);
    assert.is(post.body, `{${JSON.stringify(key)}:${JSON.stringify(name)}}`);

    const get = await send({ url: query(key), headers: { 'content-type': 'application/json' } });
    assert.is(get.statusCode, 200);
    assert.is(get.body, JSON.stringify({ conversationName: name }));

    const first = await send({ method: 'DELETE', url: query(key) });
    assert.equal([first.statusCode, first.body], [200, 'Success']);
    assert.is(first.headers['content-type'], 'text/html; charset=utf-8');
    const second = await send({ method: 'DELETE', url: query(key) });
    assert.equal([second.statusCode, second.body], [404, 'Not found']);
  });
}

test('an unknown key is a 200 with an empty name', async () => {
  const { send } = await built();
  const answer = await send({ url: query('unknown') });
  assert.equal([answer.statusCode, answer.json()], [200, { conversationName: '' }]);
});

for (const stored of ['+15551234567', ' 15551234567']) {
  for (const asked of [
    '+15551234567',
    '%2B15551234567',
    '%2b15551234567',
    '%2015551234567',
    ' 15551234567',
  ]) {
    test(`"${stored}" is found and removed as "${asked}"`, async () => {
      const { send } = await built();
      const post = await send({
        method: 'POST',
        url: PATH,
        payload: { conversationIntegrationKey: stored, conversationName: NAME },
      });
      assert.equal(post.json(), { [stored]: NAME });
      const url = `${PATH}?conversationIntegrationKey=${asked}`;
      assert.equal((await send({ url })).json(), { conversationName: NAME });
      assert.is((await send({ method: 'DELETE', url })).statusCode, 200);
    });
  }
}

test('only a leading space is a plus', async () => {
  const { send } = await built();
  const payload = { conversationIntegrationKey: '+1 555', conversationName: NAME };
  await send({ method: 'POST', url: PATH, payload });
  assert.is((await send({ url: `${PATH}?conversationIntegrationKey=+1+555` })).json().conversationName, NAME);
  assert.is((await send({ url: `${PATH}?conversationIntegrationKey=+1%2B555` })).json().conversationName, '');
});

for (const type of [
  'application/json',
  'application/json; charset=utf-8',
  'APPLICATION/JSON',
  'application/vnd.api+json',
]) {
  test(`a body of ${type} is taken`, async () => {
    const { send } = await built();
    const answer = await send({
      method: 'POST',
      url: PATH,
      headers: { 'content-type': type },
      payload: JSON.stringify({ conversationIntegrationKey: '1', conversationName: NAME }),
    });
    assert.equal([answer.statusCode, answer.json()], [200, { 1: NAME }]);
  });
}

const key = (conversationIntegrationKey: unknown, conversationName: unknown = NAME) => ({
  conversationIntegrationKey,
  conversationName,
});

const BAD: [name: string, payload: unknown][] = [
  ['an empty object', {}],
  ['no key', { conversationName: NAME }],
  ['no name', { conversationIntegrationKey: '1' }],
  ['an empty key', key('')],
  ['an empty name', key('1', '')],
  ['a key that is a number', key(1)],
  ['a key that is null', key(null)],
  ['a key that is a list', key(['1'])],
  ['a key that is too long', key(`${LONGEST}k`)],
  ['a name that is a number', key('1', 5)],
  ['a name that is null', key('1', null)],
  ['a name that is an object', key('1', { toString: NAME })],
  ['a name that is a list of one', key('1', [NAME])],
  ['a name that is no conversation', key('1', 'undefined')],
  ['the name of a participant', key('1', `${NAME}/participants/p`)],
  ['a name with a slash at the end', key('1', `${NAME}/`)],
  ['a conversation of another project', key('1', 'projects/other/conversations/c')],
  ['a conversation with a line break', key('1', 'projects/demo-project/conversations/c\r\nx: y')],
  ['null', null],
  ['a list', [key('1')]],
  ['a text', 'text'],
  ['a number', 5],
  ['fields in the prototype', JSON.parse(`{"__proto__":${JSON.stringify(key('1'))}}`)],
];

for (const [name, payload] of BAD) {
  test(`storing ${name} is 400 and stores nothing`, async () => {
    const { send, names } = await built();
    const answer = await send({
      method: 'POST',
      url: PATH,
      headers: { 'content-type': 'application/json' },
      payload: JSON.stringify(payload),
    });
    assert.equal([answer.statusCode, answer.body], [400, 'Bad request']);
    assert.is(answer.headers['content-type'], 'text/html; charset=utf-8');
    assert.is(names.size, 0);
  });
}

const GOOD = JSON.stringify(key('1'));

const UNREADABLE: [name: string, status: number, headers: Record<string, string>, payload: string][] = [
  ['malformed JSON', 400, { 'content-type': 'application/json' }, GOOD.slice(1)],
  ['an empty body', 400, { 'content-type': 'application/json' }, ''],
  ['JSON deeper than it should be, cut off', 400, { 'content-type': 'application/json' }, '['.repeat(16_000)],
  ['text', 415, { 'content-type': 'text/plain' }, GOOD],
  ['a form', 415, { 'content-type': 'application/x-www-form-urlencoded' }, GOOD],
  ['a malformed content type', 415, { 'content-type': 'json' }, GOOD],
  ['a type that only ends like JSON', 415, { 'content-type': 'text/x+json' }, GOOD],
  ['a body without a content type', 415, {}, GOOD],
  ['neither a body nor a content type', 415, {}, ''],
  ['more than 16 KiB', 413, { 'content-type': 'application/json' }, `${GOOD}${' '.repeat(16 * 1024)}`],
];

for (const [name, status, headers, payload] of UNREADABLE) {
  test(`storing ${name} is ${status} and stores nothing`, async () => {
    const { send, names } = await built();
    const answer = await send({ method: 'POST', url: PATH, headers, payload });
    assert.is(answer.statusCode, status, answer.body);
    assert.equal(Object.keys(answer.json()), ['message']);
    assert.is(names.size, 0);
  });
}

for (const method of ['GET', 'DELETE'] as const) {
  for (const search of [
    '',
    '?',
    '?other=1',
    '?conversationIntegrationKey',
    '?conversationIntegrationKey=',
    '?conversationIntegrationKey=1&conversationIntegrationKey=2',
    '?conversationIntegrationKey[]=1',
    `?conversationIntegrationKey=${LONGEST}k`,
  ]) {
    test(`${method} ${PATH}${search.slice(0, 40)} is 400`, async () => {
      const { send } = await built();
      const answer = await send({ method, url: PATH + search });
      assert.equal([answer.statusCode, answer.body], [400, 'Bad request']);
    });
  }

  test(`${method} looks at no body, whatever its type`, async () => {
    const { send } = await built();
    for (const [type, payload] of [
      ['application/json', ''],
      ['application/json', '{'],
      ['text/plain', 'x'],
      ['nonsense', ''],
    ] as const) {
      const answer = await send({ method, url: query('1'), headers: { 'content-type': type }, payload });
      assert.is(answer.statusCode, method === 'GET' ? 200 : 404, type);
    }
  });
}

for (const method of ['GET', 'HEAD', 'POST', 'DELETE'] as const) {
  test(`${method} without a token is a 401 before anything else`, async () => {
    const { app, names } = await built();
    for (const headers of [{}, { 'content-type': 'text/plain' }, { authorization: 'nonsense' }]) {
      const answer = await app.inject({ method, url: PATH, headers });
      assert.is(answer.statusCode, 401);
    }
    assert.is(names.size, 0);
  });
}

test('a key that changes its conversation during the check is not deleted', async () => {
  const other = `${NAME}-other`;
  const { app, token, names } = await buildHttp({
    requireAccess: async () => {
      names.set('k', other);
      return undefined;
    },
  });
  names.set('k', NAME);
  const answer = await app.inject({ method: 'DELETE', url: query('k'), headers: { authorization: token } });
  assert.is(answer.statusCode, 404);
  assert.is(names.get('k'), other);
});

test.run();

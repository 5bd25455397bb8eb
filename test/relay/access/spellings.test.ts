// A conversation that is denied stays closed however its name is written, and a supervisor writes by no detour.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { exchange, rawRequest } from '../../helpers/raw-http.ts';
import { uniqueConversation, withLocation } from '../../helpers/redis.ts';
import { AccessFixture } from './access-fixture.ts';
import { DENY } from './authorizer-server.ts';

const NUMBER = '123456789';
const mine = uniqueConversation();
const theirs = uniqueConversation();
const idOf = (name: string) => name.split('/').at(-1) ?? '';
const [own, other] = [idOf(mine), idOf(theirs)];
const project = theirs.split('/')[1];

const fixture = new AccessFixture(test, { GCP_PROJECT_NUMBER: NUMBER });
let token: string;
test.before(() => {
  token = fixture.token('test:agent');
  fixture.authorizer.replies.set(theirs, DENY);
});

/** Sends a request as it is, and resolves with its status. */
async function send(method: string, target: string, authorization: string, more: string[] = [], body = '{}') {
  const sent = method === 'GET' || method === 'HEAD' ? '' : body;
  const headers = [`Authorization: ${authorization}`, 'Content-Type: application/json', ...more];
  if (sent !== '') headers.push(`Content-Length: ${sent.length}`);
  const answer = await exchange(fixture.relay.port, rawRequest(method, target, headers, sent));
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}

const NAMES: unknown[] = [
  theirs,
  withLocation(theirs),
  withLocation(theirs, 'europe-west2'),
  theirs.replace(`/${project}/`, `/${NUMBER}/`),
  ...[
    '/',
    '//',
    ' ',
    '\n',
    '\u0000',
    '\u200b',
    '.',
    '?',
    '#',
    ':',
    '/participants/p',
    '%20',
    '/../x',
    '}',
  ].map((end) => theirs + end),
  ...['/', ' ', 'v2/', '//dialogflow.googleapis.com/', '{'].map((start) => start + theirs),
  theirs.toUpperCase(),
  theirs.replace('projects', 'Projects'),
  theirs.replace('conversations/', 'conversations//'),
  theirs.replace('conversations/', 'conversations%2F'),
  theirs.replace('conversations/', 'conversations/../conversations/'),
  theirs.replace('-', '%2D'),
  theirs.replace('-', '\u2010'),
  `${mine},${theirs}`,
  [theirs],
  [[theirs]],
  { 0: theirs, length: 1 },
  { conversation: [theirs] },
  { conversation: { name: theirs } },
  { conversation: mine, conversation_name: theirs, __proto__: { conversation: theirs } },
];

test('no spelling of its name allows a join, on Socket.IO or the native protocol', async () => {
  const old = await fixture.desktop({ token });
  const native = await fixture.nativeDesktop({ token });
  for (const name of NAMES) {
    old.socket.emit('join-conversation', name);
    old.socket.emit('join-conversation', { conversation: name });
    // More than one malformed frame would end the connection.
    if (typeof name === 'string') await native.join(name);
  }
  await old.ask('leave-conversation', 'x'); // behind all the others
  await sleep(50);
  await fixture.publish(theirs);
  await fixture.publish(mine);
  await sleep(100);
  for (const { events } of [old, native])
    assert.not.ok(JSON.stringify(events).includes(other), 'events of the other conversation');
});

const PATHS = [
  other,
  `${other}/`,
  `${other}//`,
  `%${other.charCodeAt(0).toString(16)}${other.slice(1)}`,
  ...['%00', '%20', '%0a', '%2e', '.', ';a=b', '%3b', '*', '@', '%E2%80%8B', '%c0%af'].map(
    (end) => other + end,
  ),
  `${other}:complete`,
  `${other}%3Acomplete`,
  `${other}/messages`,
  ...['..', '%2e%2e', '.%2e', '%252e%252e', '..;', '%c0%ae%c0%ae'].map((up) => `${own}/${up}/${other}`),
  ...['%2f..%2f', '\\..\\', '%5c..%5c', '/./../', '%2F%2E%2E%2F'].map((up) => `${own}${up}${other}`),
  `${own}:x/../${other}`,
  `-/messages/${other}`,
  `${own}/messages?parent=projects/${project}/locations/global/conversations/${other}`,
  `${own}/messages?%70arent=projects/${project}/locations/global/conversations/${other}`,
  `${own}?name=projects/${project}/locations/global/conversations/${other}`,
  `${own}#/../${other}`,
];

test('no spelling of its path reaches Dialogflow, by any method', async () => {
  for (const head of [
    `/v2/projects/${project}`,
    `/v2beta1/projects/${NUMBER}`,
    '//v2/projects/x/..',
    '/V2',
  ]) {
    for (const path of PATHS) {
      for (const method of ['GET', 'POST', 'PATCH', 'HEAD']) {
        await send(method, `${head}/locations/global/conversations/${path}`, token);
      }
    }
  }
  // With more behind it, such as a dot, it is another one's name, about which the authorizer was asked.
  const reached = fixture.upstream.filter((line) =>
    decodeURIComponent(line)
      .split(/[/?#:=&; ]/)
      .includes(other),
  );
  assert.equal(reached, []);
  assert.ok(fixture.authorizer.actions(theirs).length > 0, 'some of them were understood');
});

test('no method, header, query or path lets a supervisor write', async () => {
  const supervisor = fixture.token('test:boss', { role: 'supervisor' });
  fixture.upstream.length = 0;
  const path = `/v2/${withLocation(mine)}`;
  const body = JSON.stringify({ role: 'agent', conversationIntegrationKey: 'k', conversationName: mine });
  const statuses = new Set<number>();
  const tries: [method: string, target: string, more?: string][] = [
    ['GET', path, 'X-HTTP-Method-Override: PATCH'],
    ['GET', path, 'X-HTTP-Method: PATCH'],
    ['GET', path, 'X-Method-Override: PATCH'],
    ['GET', `${path}?$httpMethod=PATCH`],
    ['GET', `${path}?%24httpMethod=PATCH`],
    ['HEAD', `${path}/participants/p`, 'X-HTTP-Method-Override: PATCH'],
    ...['POST', 'post', 'PATCH', 'PUT', 'DELETE', 'QUERY'].map(
      (method) => [method, path] as [string, string],
    ),
    ['POST', path, 'X-Role: agent'],
    ['POST', `${path}:complete`],
    ['POST', `/v2/projects/${project}/locations/global/conversations`],
    ['PATCH', `/v2/projects/${project}/locations/global/answerRecords/a`],
    ['POST', '/conversation-name'],
    ['POST', '/conversation%2Dname'],
    ['POST', '/conversation-name/'],
    ['POST', '/conversation-name?role=agent'],
  ];
  for (const [method, target, more] of tries) {
    const status = await send(method, target, supervisor, more === undefined ? [] : [more], body);
    statuses.add(status);
    if (method !== 'GET' && method !== 'HEAD') assert.ok(status >= 400, `${status} ${method} ${target}`);
  }
  assert.ok(statuses.has(403) && statuses.has(200));
  assert.equal(
    fixture.upstream.filter((line) => !line.startsWith('GET ') || /httpmethod/i.test(line)),
    [],
  );
});

test.run();

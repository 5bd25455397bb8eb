import { get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createConversations } from '../../../../scripts/local/dialogflow/conversations.ts';
import { startDialogflowServer } from '../../../../scripts/local/dialogflow/server.ts';
import type { LoopbackServer } from '../../../../scripts/local/loopback-server.ts';

const PARENT = 'projects/demo-project/locations/global';
const PROFILE = `${PARENT}/conversationProfiles/demo`;

interface Published {
  kind: string;
  data: Record<string, unknown>;
  attributes: Record<string, string>;
}

let published: Published[];
let server: LoopbackServer;

test.before(async () => {
  const conversations = createConversations({
    publisher: {
      async publish(kind, json, attributes = {}) {
        published.push({ kind, data: JSON.parse(json), attributes });
        return String(published.length);
      },
    },
  });
  server = await startDialogflowServer(conversations);
});

test.before.each(() => {
  published = [];
});

test.after(() => server.stop());

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(`${server.url}/v2beta1/${path}`, {
    method,
    ...(body === undefined
      ? {}
      : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function createConversation(): Promise<string> {
  const { body } = await call('POST', `${PARENT}/conversations`, { conversationProfile: PROFILE });
  return String(body.name);
}

test('a conversation is created in both spellings, published, and read back', async () => {
  const id = `c-${crypto.randomUUID()}`;
  const created = await call('POST', `${PARENT}/conversations?conversationId=${id}`, {
    conversation_profile: PROFILE,
  });
  assert.is(created.status, 200);
  assert.is(created.body.name, `${PARENT}/conversations/${id}`);
  assert.is(created.body.lifecycleState, 'IN_PROGRESS');
  assert.equal(published, [
    {
      kind: 'conversation-lifecycle-event',
      data: { conversation: created.body.name, type: 'CONVERSATION_STARTED' },
      attributes: {},
    },
  ]);
  assert.equal((await call('GET', String(created.body.name))).body, created.body);
  const again = await call('POST', `${PARENT}/conversations?conversationId=${id}`, {
    conversationProfile: PROFILE,
  });
  assert.is(again.status, 409);
});

test('completing without a body ends the conversation, and is published each time', async () => {
  const name = await createConversation();
  published = [];
  const first = await call('POST', `${name}:complete`);
  assert.is(first.body.lifecycleState, 'COMPLETED');
  await call('POST', `${name}:complete`);
  assert.equal(
    published.map(({ data }) => data.type),
    ['CONVERSATION_FINISHED', 'CONVERSATION_FINISHED'],
  );
  const late = await call('POST', `${name}/participants`, { role: 'END_USER' });
  assert.is(late.status, 400);
  assert.match(JSON.stringify(late.body), /FAILED_PRECONDITION/);
});

test("a participant's text is a message: published, listed, with suggestions", async () => {
  const name = await createConversation();
  const customer = (await call('POST', `${name}/participants`, { role: 'END_USER' })).body;
  const agent = (await call('POST', `${name}/participants`, { role: 'HUMAN_AGENT' })).body;
  assert.equal((await call('GET', `${name}/participants`)).body, { participants: [customer, agent] });
  published = [];

  const path = `${customer.name}:analyzeContent`;
  const answer = await call('POST', path, { text_input: { text: 'Hello', languageCode: 'en-US' } });
  const message = answer.body.message as Record<string, unknown>;
  assert.is(message.content, 'Hello');
  assert.is(message.participantRole, 'END_USER');
  assert.ok(Array.isArray(answer.body.humanAgentSuggestionResults));
  assert.equal(
    published.map(({ kind }) => kind),
    ['new-message-event', 'human-agent-assistant-event'],
  );
  assert.equal(published[0]?.data.newMessagePayload, message);
  assert.equal(published[1]?.data.suggestionResults, answer.body.humanAgentSuggestionResults);

  const reply = await call('POST', `${agent.name}:analyzeContent`, { textInput: { text: 'Good morning' } });
  assert.is(reply.body.humanAgentSuggestionResults, undefined);
  const listed = (await call('GET', `${name}/messages?pageSize=1`)).body.messages;
  assert.equal(listed, [reply.body.message]);
});

test('a profile names the four topics and the format JSON', async () => {
  const { body } = await call('GET', PROFILE);
  assert.is(body.name, PROFILE);
  assert.is(JSON.stringify(body).match(/"messageFormat":"JSON"/g)?.length, 4);
});

test('feedback on an answer is taken', async () => {
  const name = `${PARENT}/answerRecords/a1`;
  const { body } = await call('PATCH', `${name}?updateMask=answerFeedback`, {
    answerFeedback: { clicked: true },
  });
  assert.equal(body, { name, answerFeedback: { clicked: true } });
});

const REFUSALS: [what: string, method: string, path: string, body: unknown, code: number, status: string][] =
  [
    ['an unknown conversation', 'GET', `${PARENT}/conversations/none`, undefined, 404, 'NOT_FOUND'],
    [
      'an unknown participant',
      'POST',
      `${PARENT}/conversations/none/participants/x:analyzeContent`,
      { textInput: { text: 'a' } },
      404,
      'NOT_FOUND',
    ],
    ['an unknown method', 'POST', `${PARENT}/conversations/none:explode`, {}, 404, 'NOT_FOUND'],
    ['a conversation without a profile', 'POST', `${PARENT}/conversations`, {}, 400, 'INVALID_ARGUMENT'],
  ];

for (const [what, method, path, body, code, status] of REFUSALS) {
  test(`${what} is refused in the shape of Google's errors`, async () => {
    const answer = await call(method, path, body);
    assert.is(answer.status, code);
    const error = answer.body.error as Record<string, unknown>;
    assert.is(error.code, code);
    assert.is(error.status, status);
    assert.type(error.message, 'string');
  });
}

test('a body that is no JSON, and a path without a version, are refused', async () => {
  const bad = await fetch(`${server.url}/v2/${PARENT}/conversations`, { method: 'POST', body: '{' });
  assert.is(bad.status, 400);
  const outside = await fetch(`${server.url}/`);
  assert.is(outside.status, 404);
});

test('an answer is compressed only for those who accept it', async () => {
  const read = (headers: Record<string, string>) =>
    new Promise<{ encoding: string | undefined; body: Buffer }>((resolve, reject) => {
      get(`${server.url}/v2/${PROFILE}`, { headers }, async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        resolve({ encoding: response.headers['content-encoding'], body: Buffer.concat(chunks) });
      }).on('error', reject);
    });
  const plain = await read({});
  assert.is(plain.encoding, undefined);
  const zipped = await read({ 'accept-encoding': 'gzip, deflate' });
  assert.is(zipped.encoding, 'gzip');
  assert.equal(gunzipSync(zipped.body), plain.body);
});

test.run();

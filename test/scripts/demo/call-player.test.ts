import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CALL } from '../../../scripts/demo/call.ts';
import { interimTranscripts, playCall } from '../../../scripts/demo/call-player.ts';
import { createConversations } from '../../../scripts/local/dialogflow/conversations.ts';
import { decodeEvent, EVENT_KINDS, type EventKind } from '../../../shared/event.ts';

interface Published {
  kind: EventKind;
  json: string;
  attributes: Record<string, string>;
}

const PARENT = 'projects/demo-project/locations/global';
const never = new AbortController().signal;

function recorded(): { published: Published[]; conversations: ReturnType<typeof createConversations> } {
  const published: Published[] = [];
  const conversations = createConversations({
    publisher: {
      async publish(kind, json, attributes = {}) {
        published.push({ kind, json, attributes });
        return String(published.length);
      },
    },
  });
  return { published, conversations };
}

test('interim transcripts grow and never hold the whole utterance', () => {
  assert.equal(interimTranscripts('a b c d e f g'), ['a b c', 'a b c d e f']);
  assert.equal(interimTranscripts('a b c'), []);
  assert.equal(interimTranscripts(''), []);
});

test('the call publishes every kind, starts with its start and ends with its end', async () => {
  const { published, conversations } = recorded();
  const name = await playCall({
    conversations,
    steps: CALL,
    parent: PARENT,
    conversationId: 'c1',
    speed: 1_000,
    signal: never,
  });
  assert.equal(new Set(published.map(({ kind }) => kind)), new Set(EVENT_KINDS));
  assert.match(published[0]?.json ?? '', /CONVERSATION_STARTED/);
  assert.match(published.at(-1)?.json ?? '', /CONVERSATION_FINISHED/);
  assert.is(conversations.get(name).lifecycleState, 'COMPLETED');
});

test('every event of the call is one that the functions take', async () => {
  const { published, conversations } = recorded();
  await playCall({
    conversations,
    steps: CALL,
    parent: PARENT,
    conversationId: 'c1',
    speed: 1_000,
    signal: never,
  });
  for (const { kind, json, attributes } of published) {
    const message = {
      data: Buffer.from(json).toString('base64'),
      attributes,
      messageId: '1',
      publishTime: '2026-11-24T09:00:00Z',
    };
    const event = decodeEvent(kind, message, {
      project: { id: 'demo-project' },
      maxBytes: 2 ** 20,
      now: new Date(),
      fallback: {},
    });
    assert.is(event.conversation, 'projects/demo-project/conversations/c1');
  }
});

test('the interim transcripts of an utterance come before the message that closes it', async () => {
  const { published, conversations } = recorded();
  await playCall({
    conversations,
    steps: CALL,
    parent: PARENT,
    conversationId: 'c1',
    speed: 1_000,
    signal: never,
  });
  const closed = new Set<string>();
  let interims = 0;
  for (const { kind, json, attributes } of published) {
    if (kind === 'new-message-event') {
      const { name } = JSON.parse(json).newMessagePayload as { name: string };
      closed.add(name.split('/').at(-1) ?? '');
    }
    if (kind !== 'new-recognition-result-notification-event') continue;
    interims += 1;
    assert.equal(Object.keys(attributes), ['participant_id', 'participant_role', 'message_id']);
    assert.not(closed.has(attributes.message_id ?? ''));
  }
  assert.ok(interims > closed.size);
});

test('the call waits until telephony has told of it, and not a word is said before', async () => {
  const { published, conversations } = recorded();
  await playCall({
    conversations,
    steps: CALL.slice(0, 1),
    parent: PARENT,
    conversationId: 'c1',
    speed: 1_000,
    onStarted: async () => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      assert.is(published.length, 1);
    },
    signal: never,
  });
  assert.ok(published.length > 1);
});

test('a call that is stopped ends at once', async () => {
  const { conversations } = recorded();
  const stop = new AbortController();
  const playing = playCall({
    conversations,
    steps: CALL,
    parent: PARENT,
    conversationId: 'c1',
    speed: 1,
    signal: stop.signal,
  });
  setTimeout(() => stop.abort(), 20);
  const error = await playing.catch((reason: Error) => reason);
  assert.is((error as Error).name, 'AbortError');
});

test.run();

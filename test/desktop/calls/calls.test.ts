import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ClientError } from '../../../relay/client/errors.ts';
import type { Client, ClientEvents } from '../../../relay/client/types.ts';
import { createCalls } from '../../../relay/desktop/calls/calls.ts';
import type { NextFrame } from '../../../relay/desktop/events/event-pacer.ts';

const NOW = 1_000_000;
const nameOf = (id: string) => `projects/p/locations/global/conversations/${id}`;

/** A client that does what a test tells it. */
class FakeClient {
  readonly joins: string[] = [];
  readonly left: string[] = [];
  refusal: ClientError | undefined;
  readonly #handlers: { name: string; call: (detail: never) => unknown }[] = [];
  #lastId = 0;

  on(name: string, call: (detail: never) => unknown): () => void {
    this.#handlers.push({ name, call });
    return () => {};
  }

  async join(name: string): Promise<unknown> {
    this.joins.push(name);
    if (this.refusal) throw this.refusal;
    return {};
  }

  leave(name: string): void {
    this.left.push(name);
  }

  emit<Name extends keyof ClientEvents>(name: Name, detail: ClientEvents[Name]): void {
    for (const handler of this.#handlers) if (handler.name === name) handler.call(detail as never);
  }

  joined(id: string): void {
    const conversation = `projects/p/conversations/${id}`;
    this.emit('joined', { conversation, cursor: '0', recovered: true });
  }

  event(
    id: string,
    data: object,
    kind: 'new-message-event' | 'conversation-lifecycle-event',
    at = NOW,
  ): void {
    this.emit('event', {
      conversation_name: `projects/p/conversations/${id}`,
      data: JSON.stringify({ conversation: nameOf(id), ...data }),
      data_type: kind,
      ack_time: '',
      publish_time: new Date(at).toISOString(),
      message_id: String(++this.#lastId),
      cursor: String(this.#lastId),
    });
  }

  say(id: string, content: string, at?: number): void {
    const name = `${nameOf(id)}/messages/m${this.#lastId}`;
    this.event(
      id,
      { newMessagePayload: { name, content, participantRole: 'END_USER' } },
      'new-message-event',
      at,
    );
  }

  finish(id: string): void {
    this.event(id, { type: 'CONVERSATION_FINISHED' }, 'conversation-lifecycle-event');
  }
}

/** There are frames all the time. */
const always: NextFrame = (run) => run();

function start({ isWriting = (): boolean => false, nextFrame = always } = {}) {
  const client = new FakeClient();
  const calls = createCalls(client as unknown as Client, () => NOW, { isWriting, nextFrame });
  return { client, calls, labels: () => calls.list.value.map(({ label }) => label) };
}

test('a conversation opens once, by its name with or without location', () => {
  const { client, calls } = start();
  const call = calls.open(nameOf('a'));
  assert.is(calls.open('projects/p/conversations/a'), call);
  assert.equal(client.joins, [nameOf('a')]);
  assert.is(calls.active.value, call);
});

test('an event goes to its call, and counts as unread where another one is shown', () => {
  const { client, calls } = start();
  const first = calls.open(nameOf('a'));
  calls.open(nameOf('b'));
  client.say('a', 'hello');
  assert.equal(
    first.transcript.value.lines.map((line) => line.is === 'spoken' && line.text),
    ['hello'],
  );
  assert.is(first.unread.value, 1);
  calls.activate(first);
  assert.is(first.unread.value, 0);
});

test('what was said before the join is replayed: not announced and not unread', () => {
  const { client, calls } = start();
  const call = calls.open(nameOf('a'));
  calls.open(nameOf('b'));
  client.joined('a');
  client.say('a', 'before', NOW - 1);
  assert.is(call.catchingUp.value, 1);
  client.say('a', 'now', NOW + 1);
  assert.is(call.catchingUp.value, 0);
  assert.equal(
    call.announced.value.map(({ text }) => text),
    ['now'],
  );
  assert.is(call.unread.value, 1);
  assert.is(call.latencyMs.value, 0);
  client.emit('state', { state: 'waiting', code: 1006, reason: '' });
});

test('a call that opens by itself waits behind one that the agent works in', () => {
  const { client, calls } = start();
  const first = calls.open(nameOf('a'), { phone: '+1', isQuiet: true });
  calls.open(nameOf('b'), { phone: '+2', isQuiet: true });
  assert.is(calls.active.value, first);
  client.finish('a');
  first.draft.value = 'not sent yet';
  calls.open(nameOf('c'), { phone: '+1', isQuiet: true });
  assert.is(calls.active.value, first);
  first.draft.value = '';
  assert.is(calls.open(nameOf('d'), { phone: '+1', isQuiet: true }), calls.active.value);
});

test('a call that opens by itself waits while the agent writes, in a finished call too', () => {
  let isWriting = true;
  const { client, calls } = start({ isWriting: () => isWriting });
  const first = calls.open(nameOf('a'), { phone: '+1', isQuiet: true });
  client.finish('a');
  calls.open(nameOf('b'), { phone: '+1', isQuiet: true });
  assert.is(calls.active.value, first);
  isWriting = false;
  assert.is(calls.open(nameOf('c'), { phone: '+1', isQuiet: true }), calls.active.value);
});

test('of the finished calls of one number the newest stay open', () => {
  const { client, calls } = start();
  for (const id of ['a', 'b', 'c', 'd', 'e', 'f']) {
    calls.open(nameOf(id), { phone: '+1', isQuiet: true });
    client.finish(id);
  }
  assert.equal(
    calls.list.value.map(({ asked }) => asked.slice(-1)),
    ['b', 'c', 'd', 'e', 'f'],
  );
  assert.equal(client.left, [nameOf('a')]);
});

test('closing a call shows its neighbour', () => {
  const { calls } = start();
  const [first, second, third] = ['a', 'b', 'c'].map((id) => calls.open(nameOf(id)));
  assert.ok(first && second && third);
  calls.close(third);
  assert.is(calls.active.value, second);
  calls.activate(first);
  calls.close(first);
  assert.is(calls.active.value, second);
  calls.close(second);
  assert.is(calls.active.value, undefined);
});

test('steps go round, also where nothing is shown', () => {
  const { calls } = start();
  calls.step(1);
  const [first, second] = ['a', 'b'].map((id) => calls.open(nameOf(id)));
  calls.step(1);
  assert.is(calls.active.value, first);
  calls.step(-1);
  assert.is(calls.active.value, second);
});

test('a refused join has its reason, and opening the call again tries again', async () => {
  const { client, calls } = start();
  client.refusal = new ClientError('not-allowed', 'no');
  const call = calls.open(nameOf('a'));
  await new Promise((resolve) => setTimeout(resolve));
  assert.is(call.failure.value, 'not-allowed');
  client.refusal = undefined;
  calls.open(nameOf('a'));
  assert.is(call.failure.value, undefined);
  assert.is(client.joins.length, 2);
});

test('a call that the relay takes away says so, one that it cannot read does not', () => {
  const { client, calls } = start();
  const call = calls.open(nameOf('a'));
  const conversation = 'projects/p/conversations/a';
  client.emit('error', { code: 'unavailable', message: '', conversation });
  assert.is(call.failure.value, undefined);
  client.emit('error', { code: 'not-allowed', message: '', conversation });
  assert.is(call.failure.value, 'not-allowed');
});

test('a reset empties the call, cards and announcements included', () => {
  const { client, calls } = start();
  const call = calls.open(nameOf('a'));
  client.say('a', 'hello');
  client.emit('reset', { conversation: 'projects/p/conversations/a', cursor: '1' });
  assert.equal(call.transcript.value.lines, []);
  assert.equal(call.announced.value, []);
  assert.equal(call.cards.value, []);
});

test('a change of the connection or the history comes after the events before it', () => {
  const frames: (() => void)[] = [];
  const { client, calls } = start({ nextFrame: (run) => frames.push(run) });
  const call = calls.open(nameOf('a'));
  const texts = () => call.transcript.value.lines.map((line) => line.is === 'spoken' && line.text);
  client.joined('a');
  for (const text of ['one', 'two']) client.say('a', text, NOW - 1);
  assert.equal(texts(), ['one']);
  client.emit('state', { state: 'waiting', code: 1006, reason: '' });
  assert.equal(texts(), ['one', 'two']);
  client.joined('a');
  client.say('a', 'three', NOW - 1);
  client.emit('reset', { conversation: 'projects/p/conversations/a', cursor: '0' });
  assert.equal(texts(), []);
  client.emit('state', { state: 'waiting', code: 1006, reason: '' });
});

test.run();

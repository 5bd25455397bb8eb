import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CallSource, conversationNames, EventSource, KIND, PROJECT } from '../../bench/event-source.ts';
import { toDelivery } from '../../functions/cloud-event.ts';
import { decodeEvent } from '../../shared/event.ts';

const split = (request: string) => request.split('\r\n\r\n') as [string, string];

function conversationOf(request: string): string {
  const { message = {} } = toDelivery({ data: JSON.parse(split(request)[1]) });
  return JSON.parse(Buffer.from(String(message.data), 'base64').toString()).conversation;
}

test('each request is whole and brings an event that a function takes', () => {
  const names = conversationNames(2);
  const source = new EventSource(names);
  const taken = [source.next(), source.next(), source.next()].map(({ id, request }) => {
    const [header, body] = split(request);
    assert.match(header, /^POST \/ HTTP\/1\.1\r\n/);
    assert.match(header, new RegExp(`^content-length: ${Buffer.byteLength(body)}$`, 'm'));
    assert.match(header, new RegExp(`^ce-id: ${id}$`, 'm'));
    const { message = {} } = toDelivery({ data: JSON.parse(body) });
    const event = decodeEvent(KIND, message, {
      project: { id: PROJECT },
      maxBytes: 10_000,
      now: new Date(),
      fallback: {},
    });
    assert.is(event.messageId, id);
    return event;
  });
  assert.equal(
    taken.map(({ conversation }) => conversation),
    [names[0], names[1], names[0]],
  );
  assert.is(new Set(taken.map(({ messageId }) => messageId)).size, 3);
  assert.is(source.count, 3);
});

test('a call begins when the call before it in its place has had its messages', () => {
  const calls = new CallSource(2);
  const conversations = Array.from({ length: 4 * 120 }, () => conversationOf(calls.next().request));
  const counts = new Map<string, number>();
  for (const name of conversations) counts.set(name, (counts.get(name) ?? 0) + 1);
  // Of the first two calls one ends early, and of the last two one is still going on.
  assert.equal(
    [...counts.values()].sort((a, b) => a - b),
    [1, 119, 120, 120, 120],
  );
  assert.is(calls.count, conversations.length);
});

test.run();

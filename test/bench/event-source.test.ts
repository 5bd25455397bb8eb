import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { conversationNames, EventSource, KIND, PROJECT } from '../../bench/event-source.ts';
import { toDelivery } from '../../functions/cloud-event.ts';
import { decodeEvent } from '../../shared/event.ts';

const split = (request: string) => request.split('\r\n\r\n') as [string, string];

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

test.run();

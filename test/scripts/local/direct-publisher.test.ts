import { HTTP } from 'cloudevents';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createDirectPublisher, type DirectPublisher } from '../../../scripts/local/direct-publisher.ts';
import type { PushBody } from '../../../scripts/local/eventarc.ts';
import { type LoopbackServer, startLoopbackServer } from '../../../scripts/local/loopback-server.ts';
import { EVENT_KINDS, type EventKind } from '../../../shared/event.ts';
import { until } from '../../helpers/until.ts';

interface Received {
  path: string;
  id: string;
  source: string;
  data: PushBody;
}

let received: Received[];
let statusOf: (request: Received, nth: number) => number;
let target: LoopbackServer;
let publisher: DirectPublisher;

test.before.each(async () => {
  received = [];
  statusOf = () => 204;
  target = await startLoopbackServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const event = HTTP.toEvent<PushBody>({ headers: request.headers, body });
    assert.not(Array.isArray(event));
    const { id, source, data } = event as Exclude<typeof event, unknown[]>;
    const each = { path: request.url ?? '', id, source, data: data as PushBody };
    received.push(each);
    response.writeHead(statusOf(each, received.length)).end();
  });
  const functionUrls = Object.fromEntries(EVENT_KINDS.map((kind) => [kind, `${target.url}/${kind}`]));
  publisher = createDirectPublisher({
    project: 'demo-project',
    functionUrls: functionUrls as Record<EventKind, string>,
    firstPauseMs: 10,
  });
});

test.after.each(async () => {
  await publisher.stop();
  await target.stop();
});

test("an event reaches its kind's function as Eventarc's CloudEvent", async () => {
  const json = '{"conversation":"projects/p/conversations/c","text":"wörld"}';
  const id = await publisher.publish('new-message-event', json, { message_id: 'm1' });
  await until(() => received.length === 1);
  const [event] = received;
  assert.is(event?.path, '/new-message-event');
  assert.is(event?.id, id);
  assert.is(event?.source, '//pubsub.googleapis.com/projects/demo-project/topics/aa-new-message-topic');
  const message = event?.data.message;
  assert.is(Buffer.from(message?.data ?? '', 'base64').toString(), json);
  assert.equal(message?.attributes, { message_id: 'm1' });
  assert.is(message?.messageId, id);
  assert.ok(Date.parse(message?.publishTime ?? '') > 0);
});

test('an event that is not taken is delivered again, the same one, until it is', async () => {
  statusOf = (_, nth) => [500, 301, 429, 200][nth - 1] ?? 204;
  const id = await publisher.publish('conversation-lifecycle-event', '{}');
  await until(() => received.length === 4);
  assert.equal(new Set(received.map((event) => event.id)), new Set([id]));
});

test('an event that nobody takes does not hold up the others', async () => {
  statusOf = ({ path }) => (path === '/new-message-event' ? 500 : 204);
  await publisher.publish('new-message-event', '{}');
  await publisher.publish('human-agent-assistant-event', '{}');
  await until(() => received.some(({ path }) => path === '/human-agent-assistant-event'));
});

test('ids are decimal numbers, and no two are equal', async () => {
  const ids = await Promise.all(
    Array.from({ length: 20 }, () => publisher.publish('new-message-event', '{}')),
  );
  assert.is(new Set(ids).size, 20);
  for (const id of ids) assert.match(id, /^[1-9]\d{10,17}$/);
});

test('stop gives up what is not delivered, and nothing is published after it', async () => {
  statusOf = () => 500;
  await publisher.publish('new-message-event', '{}');
  await until(() => received.length > 0);
  await publisher.stop();
  const count = received.length;
  const error = await publisher.publish('new-message-event', '{}').catch((reason: Error) => reason);
  assert.instance(error, Error);
  assert.is(received.length, count);
});

test.run();

// Pages that share a name, in any order of what may happen to them: none is ever sent on past what it has received.
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Places } from '../../../../relay/session/resume/places.ts';
import { type Position, START } from '../../../../shared/stream/position.ts';
import { uniqueConversation } from '../../../helpers/redis.ts';
import { redisFixture } from '../../../helpers/redis-fixture.ts';

const fixture = redisFixture(test);
const EVENTS = 60;
const STEPS_MAX = 80;

/** What the relay knows of one connection; see `ConnectionPlaces`. */
interface Connection {
  readonly id: string;
  nextId: number;
  sent: number;
  received: number;
  confirmed: number;
  kept: number;
  taker: string;
  sentBefore: number;
}

/** A page, with the id that it asks with next and what it has received over all its connections. */
interface Page {
  nextId: number;
  has: number;
  connection: Connection;
}

const index = fc.nat({ max: 1_000 });
/** Of what is under way, so many quarters arrive. */
const quarters = fc.nat({ max: 4 });
const step = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('open' as const), ids: fc.nat({ max: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('publish' as const), count: fc.nat({ max: 3 }) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('receive' as const),
      page: index,
      received: quarters,
      confirmed: quarters,
    }),
  },
  // Also of a connection whose page is connected elsewhere: its relay may not know.
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('write' as const), connection: index }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('ask' as const), page: index }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('come back' as const), page: index }) },
);

test('a page that shares its name never goes on past what it has', async () => {
  const conversation = uniqueConversation();
  const places = new Places(fixture.redis, { historyTtlSeconds: 600 });
  const positions: Position[] = [START];
  for (let event = 0; event < EVENTS; event++) positions.push((await fixture.publish(conversation)).position);
  let names = 0;

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: STEPS_MAX, size: 'max' }), async (steps) => {
      const name = `pages ${names++}`;
      const pages: Page[] = [];
      const connections: Connection[] = [];
      let published = 0;
      const placeOf = ({ id, nextId }: Connection) => ({ conversation, name, connection: id, nextId });
      const connect = (nextId: number) => {
        const id = `connection-${connections.length}`;
        const start = { sent: 0, received: 0, confirmed: 0, kept: 0, taker: '', sentBefore: 0 };
        const connection = { id, nextId, ...start };
        connections.push(connection);
        return connection;
      };

      for (const each of steps) {
        if (each.kind === 'publish') {
          published = Math.min(published + each.count, EVENTS);
        } else if (each.kind === 'open') {
          if (pages.length === 3) continue;
          const nextId = each.ids + 1;
          const connection = connect(nextId);
          pages.push({ nextId, has: 0, connection });
          await places.put(placeOf(connection), START);
        } else if (each.kind === 'write') {
          const connection = connections[each.connection % (connections.length || 1)];
          if (
            connection === undefined ||
            connection.confirmed <= Math.max(connection.kept, connection.sentBefore)
          )
            continue;
          connection.kept = connection.confirmed;
          const position = positions[connection.confirmed] ?? START;
          const options = { ifThere: true, taker: connection.taker };
          const taker = await places.put(placeOf(connection), position, options);
          if (taker !== '')
            Object.assign(connection, { taker, sentBefore: Math.max(connection.sent, published) });
        } else {
          const page = pages[each.page % (pages.length || 1)];
          if (page === undefined) continue;
          const { connection } = page;
          if (each.kind === 'receive') {
            connection.sent = Math.max(connection.sent, published);
            const part = (from: number, to: number, of: number) => from + Math.ceil(((to - from) * of) / 4);
            connection.received = part(connection.received, connection.sent, each.received);
            connection.confirmed = part(connection.confirmed, connection.received, each.confirmed);
            page.has = Math.max(page.has, connection.received);
          } else if (each.kind === 'ask') {
            connection.nextId = ++page.nextId;
          } else {
            const firstId = page.nextId++;
            page.connection = connect(page.nextId);
            const { offset } = await places.take(placeOf(page.connection), firstId);
            assert.ok(
              offset <= page.has,
              `page ${pages.indexOf(page)} has ${page.has} and goes on at ${offset}`,
            );
            const { connection: back } = page;
            back.sent = back.received = back.confirmed = back.kept = offset;
          }
        }
      }
    }),
    { numRuns: process.env.TEST_LONG ? 100_000 : 2_000 },
  );
});

test.run();

import Fastify from 'fastify';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { PendingConnections } from '../../../relay/rate-limits/pending-connections.ts';
import { watchConnections } from '../../../relay/rate-limits/watch-connections.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { dial } from '../../helpers/raw-http.ts';
import { until } from '../../helpers/until.ts';

const fixture = new Fixture(test);

const COUNT = 350;
const LOOK_MS = 300;

test(`${COUNT} half requests at once count as pending, at most 100 in a turn`, async () => {
  let inThisTurn = 0;
  let mostInATurn = 0;
  class CountingConnections extends PendingConnections {
    override add(connection: object, end: () => void): void {
      super.add(connection, end);
      if (inThisTurn++ === 0) setImmediate(() => (inThisTurn = 0));
      mostInATurn = Math.max(mostInATurn, inThisTurn);
    }
  }
  const pending = new CountingConnections(10 * COUNT);
  const app = Fastify();
  watchConnections(app, pending, LOOK_MS);
  app.get('/', async () => 'well');
  await app.listen({ port: 0, host: '127.0.0.1' });
  fixture.keep(app);
  const { port } = app.server.address() as { port: number };

  const connections = Array.from({ length: COUNT }, () =>
    fixture.keep(dial(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')),
  );
  await until(() => connections.every(({ received }) => received.includes('well')) && pending.size === 0);
  mostInATurn = 0;
  for (const { socket } of connections) socket.write('GET /st');
  await until(() => pending.size === COUNT);
  assert.is(mostInATurn, 100);
});

test.run();

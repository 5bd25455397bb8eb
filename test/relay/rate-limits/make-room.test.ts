import { createServer } from 'node:http';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { HTTP_LIMITS } from '../../../relay/http/limits.ts';
import { makeRoomWhenFull } from '../../../relay/rate-limits/watch-connections.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { type Connection, dial } from '../../helpers/raw-http.ts';
import { until } from '../../helpers/until.ts';

const fixture = new Fixture(test);

const MAX = 2;
const REQUEST = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
const isAnswered = ({ received }: Connection) => received.startsWith('HTTP/1.1 200');

test('a server that is full closes connections that idle, and none that is at work', async () => {
  let finish: (() => void) | undefined;
  const server = createServer((request, response) => {
    if (request.url === '/') response.end();
    else finish = () => void response.end();
  });
  server.maxConnections = MAX;
  makeRoomWhenFull(server, HTTP_LIMITS.dropPauseMs);
  const port = await fixture.listen(server);

  const connect = (bytes: string) => fixture.keep(dial(port, bytes));
  const idle = connect(REQUEST);
  const busy = connect('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n');
  await until(() => isAnswered(idle) && finish !== undefined);
  const refused = connect(REQUEST);
  await until(() => refused.isClosed);
  assert.not.ok(isAnswered(refused), 'there was room');
  await until(() => idle.isClosed);

  const next = connect(REQUEST);
  await until(() => isAnswered(next));
  assert.not.ok(busy.isClosed);
  finish?.();
  await until(() => isAnswered(busy));
});

test.run();

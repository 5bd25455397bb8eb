import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { redisFixture } from '../helpers/redis-fixture.ts';
import { startFleet } from './faults/fleet.ts';

const fixture = redisFixture(test);

test('the built relay serves the browser client to a page of another origin', async () => {
  const fleet = await startFleet(fixture, fixture.server.port, 1);
  const url = `http://127.0.0.1:${fleet.relays[0]?.port}/client.js`;
  const response = await fetch(url, { headers: { Origin: 'https://desk.example.com' } });
  assert.is(response.status, 200);
  assert.is(response.headers.get('content-type'), 'text/javascript; charset=utf-8');
  assert.is(response.headers.get('access-control-allow-origin'), 'https://desk.example.com');
  const built = await readFile(fileURLToPath(new URL('../../dist/relay/client.js', import.meta.url)), 'utf8');
  assert.is(await response.text(), built);
  assert.is((await fetch(url, { method: 'POST' })).status, 405);
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { choosePort } from '../../../scripts/local/free-port.ts';
import { startLoopbackServer } from '../../../scripts/local/loopback-server.ts';

test('the usual port is taken when it is free, and another one when it is not', async () => {
  const server = await startLoopbackServer((_request, response) => response.end());
  const usual = Number(new URL(server.url).port);
  assert.is.not(await choosePort(undefined, usual), usual);
  await server.stop();
  assert.is(await choosePort(undefined, usual), usual);
});

test('a port that was asked for is that port or an error, and 0 is any', async () => {
  const server = await startLoopbackServer((_request, response) => response.end());
  const taken = Number(new URL(server.url).port);
  const error = await choosePort(taken, 8080).catch((reason: Error) => reason);
  assert.match((error as Error).message, /is taken/);
  assert.is.not(await choosePort(0, taken), taken);
  await server.stop();
  assert.is(await choosePort(taken, 8080), taken);
});

test.run();

// What a session of Socket.IO over long polling is, request by request: clients do not show that.
import { once } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const fixture = relayFixture(test);

/** Opens a session, and resolves with its address. */
async function open(): Promise<string> {
  const url = `${fixture.relay.url}/socket.io/?EIO=4&transport=polling`;
  const [, sid] = /"sid":"([\w-]+)"/.exec(await (await fetch(url)).text()) ?? [];
  return `${url}&sid=${sid}`;
}

for (const method of ['PUT', 'PATCH', 'DELETE', 'HEAD']) {
  test(`a session answers ${method} with 405, and lives on`, async () => {
    const session = await open();
    const refused = await fetch(session, { method });
    assert.is(refused.status, 405);
    assert.is(refused.headers.get('allow'), 'GET, POST, OPTIONS');
    assert.is(refused.headers.get('x-content-type-options'), 'nosniff');
    if (method !== 'HEAD') assert.equal(await refused.json(), { message: 'The method is not allowed here.' });

    await fetch(session, { method: 'POST', body: `40${JSON.stringify({ token: fixture.relay.token })}` });
    assert.match(await (await fetch(session)).text(), /^40\{"sid"/);
  });
}

test('a session upgraded to WebSocket answers plain requests and lives on', async () => {
  const session = (await open()).replace('polling', 'websocket');
  const socket = new WebSocket(session.replace('http', 'ws'));
  await once(socket, 'open');
  socket.send('2probe');
  await once(socket, 'message');
  socket.send('5');
  for (const method of ['GET', 'POST']) {
    const refused = await fetch(session, { method, signal: AbortSignal.timeout(30_000) });
    assert.is(refused.status, 400);
    assert.equal(await refused.json(), { message: 'A WebSocket is opened with an upgrade.' });
  }

  socket.send(`40${JSON.stringify({ token: fixture.relay.token })}`);
  const [answer] = (await once(socket, 'message')) as [Buffer];
  assert.match(answer.toString(), /^40\{"sid"/);
  socket.close();
});

test('a session that is ended for what it sent leaves nothing behind', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((resource) => resource === 'Timeout').length;
  const atFirst = timers();
  const sessions = await Promise.all(Array.from({ length: 50 }, open));
  // A heartbeat in the wrong direction, while no poll waits that could be told of the end.
  await Promise.allSettled(sessions.map((session) => fetch(session, { method: 'POST', body: '2' })));
  for (const session of sessions) assert.is((await fetch(session)).status, 400);
  await until(() => timers() < atFirst + sessions.length / 2); // fetch has some of its own
});

test.run();

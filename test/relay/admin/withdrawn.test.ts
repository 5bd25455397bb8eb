// What desktops make of the close with which they lose a conversation: they come back once, without it.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createClient } from '../../../relay/client/index.ts';
import { CLOSE } from '../../../shared/close-codes.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { until } from '../../helpers/until.ts';
import { FAST_CLOCK } from '../client/fake-relay-server.ts';
import { adminToken, asAdmin } from './admin-requests.ts';
import '../../helpers/patient-redis.ts';

/** In which one that comes back again and again does so several times. */
const WATCHED_MS = 400;

/** Of the relay's clock, in milliseconds: what a desktop registers for after its loss is a later token. */
let offset = 0;

const fixture = relayFixture(test, { adminToken, now: () => Date.now() + offset });
test.before.each(() => {
  offset = 0;
});
const register = () => fixture.token('okta:ann');

async function withdraw(conversation: string): Promise<void> {
  assert.is((await asAdmin(fixture.relay, 'revoke', { conversation })).status, 200);
  offset = 5_000;
}

test('the browser client loses only that conversation, with a new token, too', () =>
  undisturbed(async () => {
    offset = 0;
    const [lost, kept] = [uniqueConversation(), uniqueConversation()];
    const client = createClient({ url: fixture.relay.url, getToken: register, clock: FAST_CLOCK });
    fixture.keep(client);
    const states: [string, number][] = [];
    const errors: unknown[] = [];
    const events: string[] = [];
    client.on('state', ({ state, code }) => states.push([state, code]));
    client.on('error', ({ code, conversation }) => errors.push([code, conversation]));
    client.on('event', ({ conversation_name }) => events.push(conversation_name));
    client.connect();
    await Promise.all([client.join(lost), client.join(kept)]);

    // On a busy machine the first attempts to connect may take too long.
    states.length = 0;
    await withdraw(lost);
    await until(() => errors.length > 0);
    await sleep(WATCHED_MS);
    assert.equal(errors, [['not-allowed', lost]]);
    assert.equal(
      states.map(([state]) => state),
      ['waiting', 'connecting', 'ready'],
    );
    assert.is(states[0]?.[1], CLOSE.withdrawn.code);
    await fixture.publish(lost);
    await fixture.publish(kept);
    await until(() => events.length > 0);
    assert.equal(events, [kept]);
  }));

test('a Socket.IO desktop that joins at each connect comes back once and is told why', async () => {
  const [lost, kept] = [uniqueConversation(), uniqueConversation()];
  const desktop = fixture.openDesktop({ auth: { token: register() } });
  const answers: unknown[][] = [];
  let connects = 0;
  desktop.socket.on('disconnect', () => {
    desktop.socket.auth = { token: register() };
  });
  desktop.socket.on('connect', () => {
    connects++;
    for (const name of [lost, kept]) void desktop.join(name).then((answer) => answers.push(answer));
  });
  await until(() => answers.length === 2);

  await withdraw(lost);
  await until(() => answers.length === 4);
  await sleep(WATCHED_MS);
  assert.is(connects, 2);
  // The two joins are independent: either may be answered first.
  assert.equal(new Set(answers.slice(2).map(String)), new Set(['false,access was revoked', `true,${kept}`]));
  assert.ok(desktop.socket.connected);
  await fixture.publish(kept);
  await desktop.received(1);
});

test.run();

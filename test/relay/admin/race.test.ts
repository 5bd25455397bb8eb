// Revocations in the very moment in which desktops connect, authenticate and join: a desktop that gets in is removed again.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOSE } from '../../../shared/close-codes.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import { adminToken, asAdmin, idOf } from './admin-requests.ts';
import '../../helpers/patient-redis.ts';

const ROUNDS = 25;
/** Connecting and joining take about so long, in milliseconds: the revocation falls anywhere into it. */
const SPAN_MS = 25;

const fixture = relayFixture(test, { relays: 2, adminToken });

const relayOf = (round: number) => fixture.relays[round % 2] as TestRelay;

/** A desktop of each kind, which connects and joins while something else happens. */
function come(round: number, token: string, conversation: string) {
  const relay = relayOf(round);
  const native = fixture.openNativeDesktop({ relay });
  const joining = native
    .opened()
    .then(() => native.send({ type: 'auth', token }))
    .then(() => native.send({ type: 'join', id: 1, conversation }));
  const socketIo = fixture.openDesktop({ relay, token });
  const answers: unknown[][] = [];
  socketIo.socket.on(
    'connect',
    () => void socketIo.join(conversation).then((answer) => answers.push(answer)),
  );
  return { native, joining, socketIo, answers };
}

test('a token that is revoked while it is let in ends on every relay', async () => {
  const rounds = Array.from({ length: ROUNDS }, async (_, round) => {
    const relay = relayOf(round);
    const token = relay.tokens.issue(`test:${round}`, '').token;
    const { native, socketIo } = come(round, token, uniqueConversation());
    await sleep((round / ROUNDS) * SPAN_MS);
    await asAdmin(relayOf(round + 1), 'revoke', { jti: idOf(token) });
    const [code] = await native.closed;
    assert.is(code, CLOSE.revoked.code);
    await until(() => !socketIo.socket.active);
    assert.not.ok(socketIo.socket.connected);
  });
  await Promise.all(rounds);
});

test('a conversation that is revoked while desktops join it ends up empty', async () => {
  const rounds = Array.from({ length: ROUNDS }, async (_, round) => {
    const conversation = uniqueConversation();
    const { native, answers } = come(
      round,
      relayOf(round).tokens.issue(`test:${round}`, '').token,
      conversation,
    );
    await sleep((round / ROUNDS) * SPAN_MS);
    await asAdmin(relayOf(round + 1), 'revoke', { conversation });
    // Either it was too late to join, or too early, and then the connection was closed.
    const refused = () => native.of('error').some(({ code }) => code === 'not-allowed');
    await until(() => refused() || native.socket.readyState === WebSocket.CLOSED);
    await until(() => answers.some(([isIn, reason]) => isIn === false && reason === 'access was revoked'));
    assert.not.equal(answers.at(-1)?.[0], true);
  });
  await Promise.all(rounds);
});

test.run();

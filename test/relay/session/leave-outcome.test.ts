// The audit says why a desktop left: what the relay closed it for, and not only that it is gone.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uniqueConversation } from '../../helpers/redis.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const WAIT_MS = 30_000;
/** Long enough for a join on a busy machine. */
const PATIENCE_MS = 1_500;
const fixture = relayFixture(test);

/** Waits for the outcome with which a conversation was left. */
async function outcomeOf(relay: TestRelay, conversation: string): Promise<string> {
  const find = () =>
    relay
      .log()
      .split('\n')
      .find((line) => line.includes('"audit":"leave"') && line.includes(conversation));
  await until(() => find() !== undefined, WAIT_MS, 'the leave is audited');
  return JSON.parse(find() ?? '{}').outcome;
}

test('a native desktop that answers no ping left because of that', () =>
  undisturbed(async () => {
    const conversation = uniqueConversation();
    const webSocket = { pingEveryMs: PATIENCE_MS, pongTimeoutMs: PATIENCE_MS };
    const relay = await fixture.startRelay({ limits: { webSocket } });
    const desktop = await fixture.nativeDesktop({ relay });
    await desktop.join(conversation);
    desktop.socket.pause();
    assert.is(await outcomeOf(relay, conversation), 'no answer to a ping');
  }));

test('a desktop that closes its own connection is disconnected', async () => {
  const conversation = uniqueConversation();
  const desktop = await fixture.nativeDesktop();
  await desktop.join(conversation);
  desktop.close();
  assert.is(await outcomeOf(fixture.relay, conversation), 'disconnected');
});

test.run();

import type { ShortName } from '../../../shared/conversation-name.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import type { RelayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';

/**
 * What every desktop does at the start of a shift, on one of the two protocols: it registers, looks a conversation up,
 * joins it, loses its connection, and goes on where it was. Rejects where anything of it is refused.
 */
export async function startShift(fixture: RelayFixture, number: number): Promise<void> {
  const { relay } = fixture;
  const token = await register(relay, `agent-${number}`);
  const key = `${relay.url}/conversation-name?conversationIntegrationKey=${number}`;
  await expectStatus(200, await request(key, { headers: { authorization: token } }));
  const conversation = uniqueConversation();
  const { messageId: first } = await fixture.publish(conversation);
  const work = number % 2 === 0 ? workNatively : workOverSocketIo;
  await work(fixture, token, conversation, first);
}

export async function register(relay: TestRelay, credential: string): Promise<string> {
  const headers = { authorization: `Bearer ${credential}` };
  const answer = await request(`${relay.url}/register`, { method: 'POST', headers });
  await expectStatus(200, answer.clone());
  return ((await answer.json()) as { token: string }).token;
}

type Work = (fixture: RelayFixture, token: string, conversation: ShortName, first: string) => Promise<void>;

const workNatively: Work = async (fixture, token, conversation, first) => {
  const desktop = await fixture.nativeDesktop({ token });
  await desktop.join(conversation, '0');
  await until(() => desktop.messageIds().includes(first));
  const { cursor } = desktop.events[0] ?? {};
  desktop.close();
  const { messageId: missed } = await fixture.publish(conversation);
  const again = await fixture.nativeDesktop({ token });
  const joined = await again.join(conversation, cursor);
  if (joined.type !== 'joined' || !joined.recovered)
    throw new Error(`not resumed: ${JSON.stringify(joined)}`);
  await until(() => again.messageIds().includes(missed));
  again.close();
};

const workOverSocketIo: Work = async (fixture, token, conversation, first) => {
  const desktop = await fixture.desktop({ token });
  const [isJoined, reason] = await desktop.join(conversation);
  if (isJoined !== true) throw new Error(`not joined: ${reason}`);
  await until(() => desktop.messageIds().includes(first));
  const lost = new Promise<void>((resolve) => desktop.socket.once('disconnect', () => resolve()));
  desktop.socket.io.engine.close();
  await lost;
  const { messageId: missed } = await fixture.publish(conversation);
  await desktop.connected();
  const [isResumed, why] = await desktop.join(conversation);
  if (isResumed !== true) throw new Error(`not resumed: ${why}`);
  await until(() => desktop.messageIds().includes(missed));
  desktop.close();
};

/** Again where there was no answer at all, as desktops do: on a busy machine fetch gives up on a connection. */
async function request(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch {
    return fetch(url, init);
  }
}

async function expectStatus(status: number, answer: Response): Promise<void> {
  const text = await answer.text();
  if (answer.status !== status) throw new Error(`answered with ${answer.status}: ${text}`);
}

import type { EventLog } from '../../../shared/stream/event-log.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import { makeEvent } from '../../helpers/events.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import type { TestRelay } from '../../helpers/relay.ts';
import { until } from '../../helpers/until.ts';
import { NativeDesktop } from '../../relay/websocket/native-desktop.ts';

/** Puts an event into a conversation and resolves with its message id. */
export type Publish = (conversation: ReturnType<typeof uniqueConversation>) => Promise<string>;

export function publishTo(log: EventLog): Publish {
  return async (conversation) => {
    const event = makeEvent(conversation);
    await log.append(event);
    return event.messageId;
  };
}

/**
 * What every desktop does at the start of a shift, on one of the two protocols: it registers, looks a conversation up,
 * joins it, loses its connection, and goes on where it was. Rejects where anything of it is refused.
 */
export async function startShift(relay: TestRelay, number: number, publish: Publish): Promise<void> {
  const token = await register(relay, `agent-${number}`);
  const key = `${relay.url}/conversation-name?conversationIntegrationKey=${number}`;
  await expectStatus(200, await request(key, { headers: { authorization: token } }));
  const conversation = uniqueConversation();
  const first = await publish(conversation);
  const work = number % 2 === 0 ? workNatively : workOverSocketIo;
  await work(relay, token, conversation, first, publish);
}

export async function register(relay: TestRelay, credential: string): Promise<string> {
  const headers = { authorization: `Bearer ${credential}` };
  const answer = await request(`${relay.url}/register`, { method: 'POST', headers });
  await expectStatus(200, answer.clone());
  return ((await answer.json()) as { token: string }).token;
}

type Work = (
  relay: TestRelay,
  token: string,
  conversation: ReturnType<typeof uniqueConversation>,
  first: string,
  publish: Publish,
) => Promise<void>;

const workNatively: Work = async (relay, token, conversation, first, publish) => {
  const desktop = new NativeDesktop(relay.url);
  await desktop.ready(token);
  await desktop.join(conversation, '0');
  await until(() => desktop.messageIds().includes(first));
  const { cursor } = desktop.events[0] ?? {};
  desktop.socket.terminate();
  const missed = await publish(conversation);
  const again = new NativeDesktop(relay.url);
  await again.ready(token);
  const joined = await again.join(conversation, cursor);
  if (joined.type !== 'joined' || !joined.recovered)
    throw new Error(`not resumed: ${JSON.stringify(joined)}`);
  await until(() => again.messageIds().includes(missed));
  again.socket.terminate();
};

const workOverSocketIo: Work = async (relay, token, conversation, first, publish) => {
  const desktop = await new TestDesktop(relay.url, token).connected();
  const [isJoined, reason] = await desktop.join(conversation);
  if (isJoined !== true) throw new Error(`not joined: ${reason}`);
  await until(() => desktop.messageIds().includes(first));
  const lost = new Promise<void>((resolve) => desktop.socket.once('disconnect', () => resolve()));
  desktop.socket.io.engine.close();
  await lost;
  const missed = await publish(conversation);
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

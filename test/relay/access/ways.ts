// Every way on which an agent reaches a conversation, each tried as existing desktops do it.
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { Action } from '../../../relay/access/authorizer-webhook.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import type { ClientVersion } from '../../helpers/desktop.ts';
import { withLocation } from '../../helpers/redis.ts';
import { until } from '../../helpers/until.ts';
import type { AccessFixture } from './access-fixture.ts';

/** How long a change may take to be seen, in milliseconds. */
export const PATIENCE_MS = 30_000;

/** What became of one try. */
export interface Try {
  /** `done`, or what the desktop was told. */
  outcome: string;
  /** Waits until what was allowed is not any more, and resolves with what the desktop is told then. */
  lost(): Promise<string>;
}

export interface Way {
  action: Exclude<Action, 'feedback' | 'list'>;
  /** Whether it leads to Dialogflow. */
  isProxied?: boolean;
  /** What is told to an agent that may not see the conversation, where that is not the refusal. */
  denied?: string;
  go(fixture: AccessFixture, token: string, conversation: ShortName): Promise<Try>;
}

const UNKNOWN_KEY = 'as for an unknown key';

export const WAYS: Record<string, Way> = {
  'Socket.IO 4.8': { action: 'join', go: socketIo('4.8') },
  'Socket.IO 3.0.4': { action: 'join', go: socketIo('3.0.4') },
  'the native protocol': { action: 'join', go: native },
  'GET of the proxy': {
    action: 'read',
    isProxied: true,
    go: rest('GET', (name) => `${full(name)}/messages`),
  },
  'POST of the proxy': {
    action: 'write',
    isProxied: true,
    go: rest('POST', (name) => `${full(name)}:complete`),
  },
  'PATCH of the proxy': {
    action: 'write',
    isProxied: true,
    go: rest('PATCH', (name) => `${full(name)}/participants/p`),
  },
  'GET /conversation-name': { action: 'read', denied: UNKNOWN_KEY, go: integrationKey('GET') },
  'POST /conversation-name': { action: 'write', go: integrationKey('POST') },
  'DELETE /conversation-name': { action: 'write', denied: UNKNOWN_KEY, go: integrationKey('DELETE') },
};

const full = (name: ShortName) => `/v2beta1/${withLocation(name)}`;

function socketIo(client: ClientVersion) {
  return async (fixture: AccessFixture, token: string, conversation: ShortName): Promise<Try> => {
    const desktop = fixture.openDesktop({ token, client });
    const notices: { conversation_name: string; reason: string }[] = [];
    desktop.socket.on('removed-from-conversation', (notice) => notices.push(notice));
    await desktop.connected();
    const [isIn, answer] = await desktop.join(conversation);
    if (isIn !== true) return refused(String(answer));
    return inRoom(fixture, conversation, desktop, () => {
      const [notice] = notices;
      if (notice === undefined) return undefined;
      assert.is(notice.conversation_name, conversation);
      return notice.reason;
    });
  };
}

async function native(fixture: AccessFixture, token: string, conversation: ShortName): Promise<Try> {
  const desktop = await fixture.nativeDesktop({ token });
  const answer = await desktop.join(conversation);
  if (answer.type === 'error') return refused(answer.message);
  return inRoom(fixture, conversation, desktop, () => {
    const [notice] = desktop.of('error');
    if (notice === undefined) return undefined;
    assert.equal([notice.code, notice.conversation], ['not-allowed', conversation]);
    return notice.message;
  });
}

/** A desktop that gets the events of a conversation, until `noticed` has a reason. */
async function inRoom(
  fixture: AccessFixture,
  conversation: ShortName,
  desktop: { events: unknown[] },
  noticed: () => string | undefined,
): Promise<Try> {
  await fixture.publish(conversation);
  await until(() => desktop.events.length === 1, PATIENCE_MS);
  return {
    outcome: 'done',
    async lost() {
      await until(() => noticed() !== undefined, PATIENCE_MS);
      await fixture.publish(conversation);
      await sleep(50);
      assert.is(desktop.events.length, 1, 'nothing comes after the notice');
      return noticed() ?? '';
    },
  };
}

function rest(method: string, pathOf: (name: ShortName) => string) {
  return (fixture: AccessFixture, token: string, conversation: ShortName): Promise<Try> =>
    request(() =>
      fetch(fixture.relay.url + pathOf(conversation), {
        method,
        headers: { authorization: token, 'content-type': 'application/json' },
        ...(method === 'GET' ? {} : { body: '{}' }),
      }),
    );
}

function integrationKey(method: 'GET' | 'POST' | 'DELETE') {
  return async (fixture: AccessFixture, token: string, conversation: ShortName): Promise<Try> => {
    const key = conversation.split('/').at(-1) ?? '';
    const url = `${fixture.relay.url}/conversation-name`;
    const keep = (authorization: string) =>
      fetch(url, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ conversationIntegrationKey: key, conversationName: conversation }),
      });
    if (method === 'POST') return request(() => keep(token));
    return request(async () => {
      await fixture.keepName(key, conversation);
      return fetch(`${url}?conversationIntegrationKey=${key}`, { method, headers: { authorization: token } });
    });
  };
}

/** A request, and how it ends when it is repeated until it is refused. */
async function request(send: () => Promise<Response>): Promise<Try> {
  const outcomeOf = async () => {
    const response = await send();
    const body = await response.text();
    if (/^(?:\{"conversationName":""\}|Not found)$/.test(body)) return UNKNOWN_KEY;
    if (response.ok) return 'done';
    assert.is(response.status, 403, body);
    return String(JSON.parse(body).message);
  };
  const outcome = await outcomeOf();
  return {
    outcome,
    async lost() {
      let last = outcome;
      await until(async () => {
        last = await outcomeOf();
        return last !== 'done';
      }, PATIENCE_MS);
      return last;
    },
  };
}

function refused(outcome: string): Try {
  return { outcome, lost: async () => assert.unreachable('it was refused before') as never };
}

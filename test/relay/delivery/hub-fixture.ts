import { Hub, type HubDeps } from '../../../relay/delivery/hub.ts';
import { DELIVERY_LIMITS } from '../../../relay/delivery/limits.ts';
import type { JoinAnswer, Member } from '../../../relay/delivery/member.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import type { LogPage } from '../../../shared/stream/event-log.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';

/** A hub, and a record of everything that it asks for. */
export function makeWorld(overrides: Partial<HubDeps> = {}) {
  const calls: string[] = [];
  const page: LogPage = { top: { epoch: 'e', offset: 0, tag: '0' }, events: [], interims: 0, open: [] };
  const world = {
    calls,
    page,
    failReads: 0,
    reads: 0,
    hub: undefined as unknown as Hub,
  };
  world.hub = new Hub({
    eventLog: {
      read: async (_conversation, after) => {
        world.reads++;
        if (world.failReads > 0) {
          world.failReads--;
          throw new Error('no Redis');
        }
        return { ...page, events: page.events.filter((event) => event.position.offset > after) };
      },
    },
    subscriber: {
      subscribe: async (channel) => void calls.push(`subscribe ${channel}`),
      unsubscribe: async (channel) => void calls.push(`unsubscribe ${channel}`),
    },
    presence: {
      add: (conversation) => void calls.push(`present ${conversation}`),
      delete: (conversation) => void calls.push(`absent ${conversation}`),
    },
    logger: quietLogger,
    limits: DELIVERY_LIMITS,
    ...overrides,
  });
  return world;
}

export function makeMember() {
  const delivered: number[] = [];
  const answers: JoinAnswer[] = [];
  const member: Member = {
    joined: (answer) => answers.push(answer),
    deliver: (message) => delivered.push(message.position.offset),
    reset: () => {},
  };
  return { member, delivered, answers };
}

export const channelOf = (conversation: ShortName) => conversationKeys(conversation).channel;
export const eventText = (offset: number, previous: string) =>
  `1e e ${offset} t${offset} ${previous} new-message-event ${offset}\n{"a":1}`;

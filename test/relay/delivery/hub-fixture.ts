import { type RegistryDeps, RoomRegistry } from '../../../relay/delivery/hub.ts';
import type { JoinAnswer, Member } from '../../../relay/delivery/room.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import type { LogPage } from '../../../shared/stream/event-log.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';

/** A world in which everything that the registry asks for is recorded. */
export function makeWorld(overrides: Partial<RegistryDeps> = {}) {
  const calls: string[] = [];
  const page: LogPage = { top: { epoch: 'e', offset: 0, tag: '0' }, events: [], interims: 0, open: [] };
  const world = {
    calls,
    page,
    failReads: 0,
    reads: 0,
    registry: undefined as unknown as RoomRegistry,
  };
  world.registry = new RoomRegistry({
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

import { Hub, type HubDeps } from '../../../relay/delivery/hub.ts';
import { DELIVERY_LIMITS } from '../../../relay/delivery/limits.ts';
import type { JoinAnswer, Member } from '../../../relay/delivery/member.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { conversationKeys } from '../../../shared/keys.ts';
import type { LogPage } from '../../../shared/stream/event-log.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';

/** A hub whose log, subscriber and presence only take notes. */
export interface TestHub {
  hub: Hub;
  /** What the hub has asked of its subscriber and of presence, in order. */
  calls: string[];
  /** What a read answers. */
  page: LogPage;
  /** How many of the next reads fail. */
  failReads: number;
  /** How many reads there were. */
  reads: number;
}

/** Makes hubs and closes them after their test. */
export class HubFixture extends Fixture {
  makeHub(overrides: Partial<HubDeps> = {}): TestHub {
    const calls: string[] = [];
    const page: LogPage = { top: { epoch: 'e', offset: 0, tag: '0' }, events: [], interims: 0, open: [] };
    const hub = new Hub({
      eventLog: {
        read: async (_conversation, after) => {
          made.reads++;
          if (made.failReads > 0) {
            made.failReads--;
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
    const made: TestHub = { hub: this.keep(hub), calls, page, failReads: 0, reads: 0 };
    return made;
  }
}

/** Puts the first event of a conversation into a page. */
export function addFirstEvent(page: LogPage): void {
  page.top = { epoch: 'e', offset: 1, tag: 't1' };
  page.events = [
    {
      type: 'event',
      position: page.top,
      previousTag: '0',
      kind: 'new-message-event',
      messageId: '1',
      json: '{}',
    },
  ];
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

import type { Test } from 'uvu';
import type { Role } from '../../../relay/identity/identity.ts';
import {
  type ConversationIndex,
  createConversationIndex,
} from '../../../shared/conversation-index/conversation-index.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { type AgentAssistEvent, LIFECYCLE_KIND } from '../../../shared/event.ts';
import { type EventOptions, makeEvent } from '../../helpers/events.ts';
import type { Published } from '../../helpers/redis-fixture.ts';
import { type Given, RelayFixture } from '../../helpers/relay-fixture.ts';

export type Speaker = 'END_USER' | 'HUMAN_AGENT' | 'AUTOMATED_AGENT';
export type Lifecycle =
  | 'CONVERSATION_STARTED'
  | 'CONVERSATION_FINISHED'
  | 'HUMAN_INTERVENTION_NEEDED'
  | 'UNRECOVERABLE_ERROR';

/** What nobody may read in a list. */
export const SECRET = 'zanzibar phrase';

/** How long ago something was said, as an event's options. */
export const secondsAgo = (seconds: number): { publishTime: string } => ({
  publishTime: new Date(Date.now() - seconds * 1000).toISOString(),
});

/** What somebody says. */
export const said = (speaker: Speaker, score?: number): { data: Record<string, unknown> } => ({
  data: {
    type: 'NEW_MESSAGE',
    newMessagePayload: {
      content: SECRET,
      participantRole: speaker,
      ...(score === undefined
        ? {}
        : { sentimentAnalysis: { queryTextSentiment: { score, magnitude: Math.abs(score) } } }),
    },
  },
});

/** An event of the lifecycle. */
export const lifecycleEvent = (conversation: ShortName, type: Lifecycle, options: EventOptions = {}) =>
  makeEvent(conversation, { ...options, kind: LIFECYCLE_KIND, data: { type } });

/** Relays with calls, which the tests write as the functions do. */
export class CallsFixture extends RelayFixture {
  #index: ConversationIndex | undefined;

  constructor(test: Test, given: Given = {}) {
    super(test, given);
    test.before.each(async () => void (await this.redis.flushall()));
  }

  get index(): ConversationIndex {
    this.#index ??= createConversationIndex(this.redis);
    return this.#index;
  }

  /** Appends an event and lists its conversation. */
  async takeIn(event: AgentAssistEvent): Promise<Published> {
    const [published] = await Promise.all([this.append(event), this.index.note(event)]);
    return published;
  }

  lifecycle(conversation: ShortName, type: Lifecycle, options?: EventOptions): Promise<Published> {
    return this.takeIn(lifecycleEvent(conversation, type, options));
  }

  /** Begins a call. */
  begin(conversation: ShortName, ago = 0): Promise<Published> {
    return this.lifecycle(conversation, 'CONVERSATION_STARTED', secondsAgo(ago));
  }

  say(conversation: ShortName, speaker: Speaker, score?: number, ago = 0): Promise<Published> {
    return this.publish(conversation, { ...said(speaker, score), ...secondsAgo(ago) });
  }

  tokenOf(role: Role | undefined, subject = 'test:someone'): string {
    return this.token(subject, role === undefined ? {} : { role });
  }
}

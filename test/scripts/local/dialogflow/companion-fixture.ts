// The simulator with a conversation whose agent asks the companion.
import type { Test } from 'uvu';
import { createConversations } from '../../../../scripts/local/dialogflow/conversations.ts';
import { type DialogflowServer, startDialogflowServer } from '../../../../scripts/local/dialogflow/server.ts';
import { CompanionPace } from '../../../helpers/companion-pace.ts';
import { Fixture } from '../../../helpers/fixture.ts';

export const PARENT = 'projects/demo-project/locations/global';

/** Keep-alives come between all parts of an answer. */
const KEEP_ALIVE_MS = 15;
const PART_MS = 40;

export class CompanionFixture extends Fixture {
  server!: DialogflowServer;
  readonly pace = new CompanionPace(PART_MS);
  /** The agent's name as a participant. */
  participant = '';
  /** The agent of a conversation that is completed. */
  formerParticipant = '';

  protected override async start(): Promise<void> {
    const conversations = createConversations({ publisher: { publish: async () => '1' } });
    this.server = await startDialogflowServer(conversations, {
      keepAliveMs: KEEP_ALIVE_MS,
      partMs: this.pace.partMs,
    });
    this.defer(() => this.server.stop());
    const { name } = await conversations.create(PARENT, `${PARENT}/conversationProfiles/demo`, 'c-1');
    this.participant = conversations.addParticipant(name, 'HUMAN_AGENT', 'agent').name;
    const former = await conversations.create(PARENT, `${PARENT}/conversationProfiles/demo`, 'c-2');
    this.formerParticipant = conversations.addParticipant(former.name, 'HUMAN_AGENT', 'agent').name;
    await conversations.complete(former.name);
  }
}

export function companionFixture(test: Test): CompanionFixture {
  return new CompanionFixture(test);
}

/** A message without what differs from run to run. */
export function withoutTimes(message: object): object {
  const isNew = (key: string) => /^(?:send_?time|create_?time|answer_?record)$/i.test(key);
  return JSON.parse(JSON.stringify(message, (key, value) => (isNew(key) ? undefined : value)));
}

/** Steps that a second client shall see the same: what is sent, and when it is the last message of an answer. */
export const QUESTION = 'Are returns free? \u{1F4E6} caf\u00e9';

export const CITED = [
  { responseChunk: 'Deliveries take three days. ' },
  { responseChunk: '\u{1F4E6} Returns are free for 30 days.' },
  {
    reactiveModeFinalResponse: {
      response: 'Deliveries take three days. \u{1F4E6} Returns are free for 30 days.',
      groundingMetadata: {
        groundingChunks: [
          {
            retrievedContext: {
              uri: 'https://example.com/shipping',
              title: 'Shipping and returns',
              text: 'Returns are free for 30 days.',
            },
          },
        ],
        groundingSupports: [
          {
            segment: { startIndex: 33, endIndex: 62, text: 'Returns are free for 30 days.' },
            groundingChunkIndices: [0],
          },
        ],
      },
    },
    isFinal: true,
  },
];

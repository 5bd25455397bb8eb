// The events of a call as Dialogflow publishes them, of the sizes that docs/performance.md names.

import type { ShortName } from '../shared/conversation-name.ts';
import { type AgentAssistEvent, decodeEvent, type EventKind } from '../shared/event.ts';
import { PROJECT } from './event-source.ts';

export const PARTICIPANT = 'Hc7vN2pLQ8-rT5xYb1ZkEw';
const FIRST_MESSAGE_ID = 11_873_204_520_761_323n;
let messages = 0n;

/** An event with a message id of its own, as a function decodes it. */
export function eventOf(
  kind: EventKind,
  data: string,
  {
    attributes = {},
    publishTime = '2026-03-12T09:15:41.455Z',
  }: { attributes?: object; publishTime?: string } = {},
): AgentAssistEvent {
  return decodeEvent(
    kind,
    {
      data: Buffer.from(data).toString('base64'),
      attributes: attributes as Record<string, string>,
      messageId: String(FIRST_MESSAGE_ID + messages++),
      publishTime,
    },
    { project: { id: PROJECT }, maxBytes: 1024 * 1024, now: new Date(), fallback: {} },
  );
}

const withLocation = (name: ShortName) => name.replace('/conversations', '/locations/global/conversations');

/** The start or the end of a conversation. */
export function lifecycleOf(name: ShortName, type: 'CONVERSATION_STARTED' | 'CONVERSATION_FINISHED'): string {
  return JSON.stringify({ conversation: withLocation(name), type });
}

export function interimOf(name: ShortName): string {
  return JSON.stringify({
    conversation: withLocation(name),
    type: 'NEW_RECOGNITION_RESULT',
    newRecognitionResultPayload: {
      messageType: 'TRANSCRIPT',
      transcript: 'my parcel was due on monday and the tracking page still says',
      stability: 0.9,
      speechEndOffset: '3.2s',
      languageCode: 'en-GB',
    },
  });
}

/** As long as a knowledge answer with two sources. */
export function suggestionOf(name: ShortName): string {
  const full = withLocation(name);
  const source = (n: number) => ({
    title: `Parcels that do not move, part ${n}`,
    uri: `https://help.example/parcels/${n}`,
    text: 'A parcel that was announced and not handed over has no further entries on its tracking page. '.repeat(
      4,
    ),
  });
  return JSON.stringify({
    conversation: full,
    participant: `${full}/participants/${PARTICIPANT}`,
    suggestionResults: [
      {
        suggestKnowledgeAssistResponse: {
          knowledgeAssistAnswer: {
            suggestedQuery: { queryText: 'Why does the tracking page show nothing?' },
            suggestedQueryAnswer: {
              answerText: 'The sender has announced the parcel and the carrier has not got it yet. '.repeat(
                3,
              ),
              generativeSource: { snippets: [source(1), source(2)] },
            },
            answerRecord: `projects/${PROJECT}/locations/global/answerRecords/5f3c2b1a09e8d7c6`,
          },
          latestMessage: `${full}/messages/Yk3uD0qXRv-5bN8fGw1sTA`,
          contextSize: 4,
        },
      },
    ],
  });
}

// The events of a long call, as Dialogflow publishes them.
import type { ShortName } from '../../shared/conversation-name.ts';
import { type AgentAssistEvent, decodeEvent, type EventKind, INTERIM_KIND } from '../../shared/event.ts';
import { PROJECT } from '../event-source.ts';

const WORDS =
  'my parcel was due on monday and the tracking page still says that it has not left can you check it'.split(
    ' ',
  );
const ANSWER = 'A parcel that is announced and not handed over has no further entry on its tracking page.';

type Kind = 'faq' | 'article' | 'knowledge' | 'coaching' | 'replies';
const KINDS: readonly Kind[] = ['faq', 'article', 'knowledge', 'coaching', 'replies'];

/** Makes the events of one conversation, each with an id of its own. */
export class LongCall {
  readonly name: ShortName;
  readonly #resource: string;
  #events = 0;
  #messages = 0;
  #suggestions = 0;

  constructor(name: ShortName) {
    this.name = name;
    this.#resource = name.replace('/conversations', '/locations/global/conversations');
  }

  get messages(): number {
    return this.#messages;
  }

  get suggestions(): number {
    return this.#suggestions;
  }

  /** The next message; agent and customer take turns. */
  message(): AgentAssistEvent {
    const number = this.#messages++;
    return this.#event('new-message-event', {
      type: 'NEW_MESSAGE',
      newMessagePayload: {
        name: this.#messageName(number),
        content: `Number ${number}: ${WORDS.join(' ')}?`,
        languageCode: 'en-US',
        participantRole: number % 2 === 0 ? 'END_USER' : 'HUMAN_AGENT',
        sendTime: new Date().toISOString(),
        sentimentAnalysis: { queryTextSentiment: { score: (number % 9) / 4 - 1, magnitude: 0.5 } },
      },
    });
  }

  /** The words so far of the message that is next. */
  interim(words: number): AgentAssistEvent {
    return this.#event(
      INTERIM_KIND,
      {
        type: 'NEW_RECOGNITION_RESULT',
        newRecognitionResultPayload: {
          messageType: 'TRANSCRIPT',
          transcript: WORDS.slice(0, (words % WORDS.length) + 1).join(' '),
          stability: 0.9,
          languageCode: 'en-US',
        },
      },
      {
        participant_id: 'customer',
        participant_role: 'END_USER',
        message_id: `m${this.#messages}-${Math.floor(words / WORDS.length)}`,
      },
    );
  }

  /** The next suggestion, about the latest message. The kinds take turns. */
  suggestion(): AgentAssistEvent {
    const number = this.#suggestions++;
    const kind = KINDS[number % KINDS.length] ?? 'faq';
    return this.#event('human-agent-assistant-event', {
      participant: `${this.#resource}/participants/agent`,
      suggestionResults: [this.#result(kind, number)],
    });
  }

  #result(kind: Kind, number: number): object {
    const answerRecord = `projects/${PROJECT}/locations/global/answerRecords/record-${number}`;
    const context = { latestMessage: this.#messageName(this.#messages - 1), contextSize: 4 };
    const source = (part: number) => ({
      title: `Parcels that do not move, part ${part}`,
      uri: `https://help.example/parcels/${number}/${part}`,
      text: ANSWER,
    });
    switch (kind) {
      case 'faq':
        return {
          suggestFaqAnswersResponse: {
            faqAnswers: [{ question: `Question ${number}?`, answer: ANSWER, confidence: 0.8, answerRecord }],
            ...context,
          },
        };
      case 'article':
        return {
          suggestArticlesResponse: {
            articleAnswers: [
              { title: source(number).title, uri: source(1).uri, snippets: [ANSWER], answerRecord },
            ],
            ...context,
          },
        };
      case 'knowledge':
        return {
          suggestKnowledgeAssistResponse: {
            knowledgeAssistAnswer: {
              suggestedQuery: { queryText: `Why does parcel ${number} not move?` },
              suggestedQueryAnswer: {
                answerText: `${ANSWER} ${ANSWER}`,
                generativeSource: { snippets: [source(1), source(2)] },
              },
              answerRecord,
            },
            ...context,
          },
        };
      case 'coaching':
        return {
          generateSuggestionsResponse: {
            generatorSuggestionAnswers: [
              {
                generatorSuggestion: {
                  agentCoachingSuggestion: {
                    agentActionSuggestions: [{ agentAction: `Tell the customer what step ${number} is.` }],
                    sampleResponses: [{ responseText: ANSWER }],
                  },
                },
                answerRecord,
              },
            ],
            latestMessage: context.latestMessage,
          },
        };
      case 'replies':
        return {
          suggestSmartRepliesResponse: {
            smartReplyAnswers: [0, 1, 2].map((each) => ({
              reply: `Reply ${each} to message ${number}.`,
              confidence: 0.9 - each / 10,
              answerRecord: `${answerRecord}-${each}`,
            })),
            ...context,
          },
        };
    }
  }

  #messageName(number: number): string {
    return `${this.#resource}/messages/m${number}`;
  }

  #event(kind: EventKind, data: object, attributes: Record<string, string> = {}): AgentAssistEvent {
    const json = JSON.stringify({ conversation: this.#resource, ...data });
    const message = {
      data: Buffer.from(json).toString('base64'),
      attributes,
      messageId: String(11_873_204_520_761_323n + BigInt(this.#events++)),
      publishTime: new Date().toISOString(),
    };
    return decodeEvent(kind, message, {
      project: { id: PROJECT },
      maxBytes: 1024 * 1024,
      now: new Date(),
      fallback: {},
    });
  }
}

import { createHandler, type HandlerDeps } from '../../functions/handler.ts';
import type { AgentAssistEvent } from '../../shared/event.ts';
import { createLogger } from '../../shared/log.ts';
import type { AppendResult } from '../../shared/stream/event-log.ts';

export const KIND = 'new-message-event';
export const SECRET = 'zanzibar phrase';
export const CONVERSATION = 'projects/demo-project/locations/global/conversations/c-1';
export const TOPIC = 'projects/demo-project/topics/messages';
export const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
export const RESULT: AppendResult = { outcome: 'appended', position: { epoch: 'e', offset: 1, tag: 't' } };

/** A handler over a log that answers as told, and everything that it did. */
export function startHandler(answers: (Error | AppendResult)[] = [], deps: Partial<HandlerDeps> = {}) {
  const lines: string[] = [];
  const appended: AgentAssistEvent[] = [];
  const handle = createHandler({
    kind: KIND,
    project: { id: 'demo-project' },
    maxBytes: 2_048,
    eventLog: {
      append: async (event) => {
        appended.push(event);
        const answer = answers.shift() ?? RESULT;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
    list: async () => 'listed',
    isTransient: ({ message }: Error) => message.startsWith('transient'),
    logger: createLogger(KIND, 'debug', { write: (line) => lines.push(line) }),
    now: () => new Date('2026-03-12T14:00:00Z'),
    ...deps,
  });
  return {
    handle,
    appended,
    text: () => lines.join(''),
    records: () => lines.map((line) => JSON.parse(line)),
  };
}

/** A binary-mode CloudEvent of Eventarc. */
export function eventarc(content: unknown, message: object = {}, event: object = {}) {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  const data = Buffer.from(text).toString('base64');
  return {
    id: '77',
    source: `//pubsub.googleapis.com/${TOPIC}`,
    time: '2026-03-12T09:31:48Z',
    traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
    data: {
      message: { data, messageId: '77', publishTime: '2026-03-12T09:31:47Z', ...message },
      subscription: 's',
    },
    ...event,
  };
}

/** An event that can be taken. */
export const good = (text = SECRET) =>
  eventarc({ conversation: CONVERSATION, newMessagePayload: { content: text } });

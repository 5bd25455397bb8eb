import { ApiError } from './api-error.ts';
import type { Conversations } from './conversations.ts';
import { member, text } from './json-members.ts';
import type { StreamHandler, StreamPeer } from './webchannel/endpoint.ts';

export interface CompanionOptions {
  conversations: Pick<Conversations, 'get' | 'participants'>;
  /** Pause between two parts of an answer that begins now, in milliseconds. */
  partMs: () => number;
  /** The tool calls that wait for the agent, by answer record. They outlive the stream that proposed them. */
  waiting: Map<string, object>;
  now: () => Date;
}

/** The path of the method's channel. */
export const COMPANION_PATH =
  '/google.cloud.dialogflow.v2beta1.Participants/StreamingReactiveCompanionSuggestions/channel';

/** What the answer quotes, and where it stands in it. */
const ANSWER = 'Deliveries take three days. \u{1F4E6} Returns are free for 30 days.';
const SOURCE = {
  uri: 'https://example.com/shipping',
  title: 'Shipping and returns',
  text: 'Returns are free for 30 days.',
};

/**
 * The companion agent's answers on one stream. A question gets chunks and a final response with its sources. These
 * words in a question get something else: `refund` a tool call to confirm, `quota` and `error` an error.
 */
export function companionStream(peer: StreamPeer, options: CompanionOptions): StreamHandler {
  const { conversations, partMs, waiting, now } = options;
  let nextPart: NodeJS.Timeout | undefined;

  function answer(location: string, messages: object[]): void {
    const last = messages.length - 1;
    const pauseMs = partMs();
    // One after another: timers of different lengths may overtake each other.
    const say = (index: number) => {
      const end = { is_final: true, answer_record: `${location}/answerRecords/${crypto.randomUUID()}` };
      peer.send({ ...messages[index], ...(index === last ? end : {}), send_time: now().toISOString() });
      if (index < last) nextPart = setTimeout(say, pauseMs, index + 1);
    };
    nextPart = setTimeout(say, 0, 0);
  }

  const stop = () => clearTimeout(nextPart);

  function ask(location: string, question: string): void {
    if (/\bquota\b/i.test(question)) throw new ApiError('RESOURCE_EXHAUSTED', 'Quota exceeded.');
    if (/\berror\b/i.test(question)) throw new ApiError('INTERNAL', 'Internal error encountered.');
    answer(location, /\brefund\b/i.test(question) ? proposeRefund(location) : cited());
  }

  function proposeRefund(location: string): object[] {
    const answerRecord = `${location}/answerRecords/${crypto.randomUUID()}`;
    const call = {
      tool: `${location}/tools/orders`,
      tool_display_name: 'Orders',
      action: 'refund_order',
      input_parameters: { order_id: 'A-1001', line_items: [{ unit_price: 12.5 }] },
      create_time: now().toISOString(),
      answer_record: answerRecord,
      state: 'NEEDS_CONFIRMATION',
    };
    waiting.set(answerRecord, call);
    const suggestion = { tool_call_info: { tool_call: call } };
    return [
      { response_chunk: 'I can refund ' },
      { intermediate_tool_call_events: { tool_call_suggestions: [suggestion] } },
      final('I can refund order A-1001. Please confirm.', { tool_calls: [suggestion] }),
    ];
  }

  function decide(location: string, input: unknown): void {
    const answerRecord = text(input, 'answerRecord') ?? '';
    const call = waiting.get(answerRecord);
    if (call === undefined) throw new ApiError('NOT_FOUND', 'Answer record not found.');
    waiting.delete(answerRecord);
    answer(
      location,
      text(input, 'action') === 'CANCEL' ? [final('The refund was not made.', {})] : refunded(call, input),
    );
  }

  function refunded(call: object, input: unknown): object[] {
    const parameters = member(input, 'parameters');
    const done = { ...call, state: 'TRIGGERED', ...(parameters ? { input_parameters: parameters } : {}) };
    const result = { action: 'refund_order', content: '{"refund_id":"R-1"}' };
    const info = { tool_call: done, tool_call_result: result };
    return [
      { response_chunk: 'The refund ' },
      final('The refund was made.', { tool_calls: [{ tool_call_info: info }] }),
    ];
  }

  function receive(message: unknown): void {
    const participant = text(message, 'participant') ?? '';
    const [location = ''] = participant.split('/conversations/');
    const [conversation = ''] = participant.split('/participants/');
    const known = conversations.participants(conversation).some(({ name }) => name === participant);
    if (!known) throw new ApiError('NOT_FOUND', 'Participant not found.');
    if (conversations.get(conversation).lifecycleState === 'COMPLETED')
      throw new ApiError('FAILED_PRECONDITION', `Conversation has been completed: ${conversation}`);
    const input = member(message, 'textInput');
    const question =
      typeof input === 'string' ? input : (text(input, 'text') ?? text(input, 'companionQuery'));
    stop();
    if (member(message, 'cancelReactiveQuery') !== undefined) {
      peer.send({ status: 'CANCELLED', is_final: true, send_time: now().toISOString() });
    } else if (question !== undefined && question !== '') ask(location, question);
    else if (member(message, 'suggestionInput') !== undefined)
      decide(location, member(message, 'suggestionInput'));
    else throw new ApiError('INVALID_ARGUMENT', 'An input is required.');
  }

  return {
    receive(message) {
      try {
        receive(message);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        peer.fail(error.toJSON());
      }
    },
    end: stop,
  };
}

function cited(): object[] {
  const start = ANSWER.indexOf(SOURCE.text);
  const startIndex = Buffer.byteLength(ANSWER.slice(0, start));
  const segment = {
    start_index: startIndex,
    end_index: startIndex + Buffer.byteLength(SOURCE.text),
    text: SOURCE.text,
  };
  return [
    ...ANSWER.split(/(?<=\. )/).map((part) => ({ response_chunk: part })),
    final(ANSWER, {
      grounding_metadata: {
        grounding_chunks: [{ retrieved_context: SOURCE }],
        // Of bytes, as Vertex AI counts.
        grounding_supports: [{ segment, grounding_chunk_indices: [0] }],
      },
    }),
  ];
}

function final(response: string, rest: object): object {
  return { reactive_mode_final_response: { response, ...rest } };
}

// The simulator's streams, asked by the relay's own client.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_CREDENTIALS } from '../../../../relay/google/credentials.ts';
import { STREAM_LIMITS } from '../../../../relay/streams/limits.ts';
import type { Channel } from '../../../../relay/streams/webchannel/channel.ts';
import { webChannelOpener } from '../../../../relay/streams/webchannel/open-channel.ts';
import { streamAgent } from '../../../../relay/streams/webchannel/upstream-calls.ts';
import { until } from '../../../helpers/until.ts';
import { failureOf } from '../../../relay/streams/webchannel/scripted-upstream.ts';
import { CITED, companionFixture, QUESTION, withoutTimes } from './companion-fixture.ts';

const fixture = companionFixture(test);

type Message = Record<string, unknown>;

/** An open stream, with its messages up to the last of an answer. */
async function openStream(): Promise<{ channel: Channel; answer: () => Promise<Message[]> }> {
  const dispatcher = streamAgent(STREAM_LIMITS);
  fixture.defer(() => dispatcher.destroy());
  const open = webChannelOpener({
    endpoint: fixture.server.url,
    credentials: NO_CREDENTIALS,
    dispatcher,
    limits: { ...STREAM_LIMITS, receiveRetryMs: 1 },
  });
  const method = 'streaming_reactive_companion_suggestions';
  const channel = fixture.keep(await open({ method, location: 'global' }));
  const messages = channel.messages[Symbol.asyncIterator]();
  const answer = async () => {
    const read: Message[] = [];
    for (;;) {
      const { value, done } = await messages.next();
      if (done) return read;
      read.push(value as Message);
      if ((value as Message).isFinal === true) return read;
    }
  };
  return { channel, answer };
}

function ask(textInput: unknown, rest: object = {}): object {
  return { participant: fixture.participant, textInput, ...rest };
}

const WRONG_STATE =
  '3 Dialogflow refuses the request as things stand: the conversation may be completed, or its profile lacks the feature';
const UNKNOWN = '3 Dialogflow does not know the participant, its conversation or the answer record';

test('a question is answered in chunks with sources at the end, twice', async () => {
  const { channel, answer } = await openStream();
  for (const input of [QUESTION, { text: QUESTION }]) {
    await channel.send(ask(input));
    const messages = await answer();
    assert.equal(messages.map(withoutTimes), CITED);
    assert.match(
      String(messages.at(-1)?.answerRecord),
      /^projects\/demo-project\/locations\/global\/answerRecords\/./,
    );
  }
});

test('a GET that is cut within an answer loses and repeats nothing', async () => {
  const { channel, answer } = await openStream();
  const timer = setInterval(() => fixture.server.streams.cutGets(), 10);
  fixture.defer(() => clearInterval(timer));
  await channel.send(ask(QUESTION));
  assert.equal((await answer()).map(withoutTimes), CITED);
});

/** Asks for a refund; gives the answer record of the tool call to confirm. */
async function proposed(channel: Channel, answer: () => Promise<Message[]>): Promise<string> {
  await channel.send(ask('Can I have a refund?'));
  const messages = await answer();
  const events = messages[1]?.intermediateToolCallEvents as {
    toolCallSuggestions: [{ toolCallInfo: { toolCall: Message } }];
  };
  const { toolCall } = events.toolCallSuggestions[0].toolCallInfo;
  assert.is(toolCall.state, 'NEEDS_CONFIRMATION');
  assert.equal(toolCall.inputParameters, { order_id: 'A-1001', line_items: [{ unit_price: 12.5 }] });
  return String(toolCall.answerRecord);
}

const decision = (answerRecord: string, action: string, rest: object = {}) => ({
  participant: fixture.participant,
  suggestionInput: { answerRecord, action, ...rest },
});

test("a tool call runs with the agent's parameters once it is confirmed", async () => {
  const { channel, answer } = await openStream();
  const record = await proposed(channel, answer);
  await channel.send(decision(record, 'CONFIRM', { parameters: { order_id: 'A-7' } }));
  const final = (await answer()).at(-1)?.reactiveModeFinalResponse as Message;
  assert.is(final.response, 'The refund was made.');
  assert.match(JSON.stringify(final.toolCalls), /"inputParameters":\{"order_id":"A-7"\}.*"toolCallResult"/);
});

test('a tool call is confirmed on another stream than the one that proposed it', async () => {
  const first = await openStream();
  const record = await proposed(first.channel, first.answer);
  first.channel.close();
  const { channel, answer } = await openStream();
  await channel.send(decision(record, 'CONFIRM'));
  assert.match(JSON.stringify(await answer()), /The refund was made/);
});

test('a tool call that the agent cancels does not run, and cannot be confirmed later', async () => {
  const { channel, answer } = await openStream();
  const record = await proposed(channel, answer);
  await channel.send(decision(record, 'CANCEL'));
  assert.match(JSON.stringify(await answer()), /The refund was not made/);
  await channel.send(decision(record, 'CONFIRM'));
  assert.is(await failureOf(answer()), UNKNOWN);
});

test('a cancel stops the answer and is confirmed', async () => {
  const { channel, answer } = await openStream();
  fixture.pace.holdNext();
  await channel.send(ask(QUESTION));
  await channel.send({ participant: fixture.participant, cancelReactiveQuery: {} });
  const messages = await answer();
  assert.equal(withoutTimes(messages.at(-1) ?? {}), { status: 'CANCELLED', isFinal: true });
  assert.ok(messages.length < CITED.length + 1);
});

const FAILURES: [what: string, message: () => object, told: string][] = [
  ['an error of Dialogflow', () => ask('error'), '13 Dialogflow has an internal error'],
  ['a quota that is used up', () => ask('quota'), "8 Dialogflow's quota is used up: try again later"],
  ['an unknown participant', () => ask('hello', { participant: `${fixture.participant}-2` }), UNKNOWN],
  ['a completed conversation', () => ask('hello', { participant: fixture.formerParticipant }), WRONG_STATE],
  ['a message without an input', () => ask(''), '3 Dialogflow refuses the request as invalid'],
];

for (const [what, message, told] of FAILURES) {
  test(`${what} ends the stream: ${told.slice(0, 30)}`, async () => {
    const { channel, answer } = await openStream();
    await channel.send(message());
    assert.is(await failureOf(answer()), told);
  });
}

test('a stream that the client closes is forgotten', async () => {
  const before = fixture.server.streams.size;
  const { channel } = await openStream();
  assert.is(fixture.server.streams.size, before + 1);
  channel.close();
  await until(() => fixture.server.streams.size === before);
});

test.run();

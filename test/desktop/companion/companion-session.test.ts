import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { StreamFailed } from '../../../relay/client/errors.ts';
import {
  CompanionSession,
  type CompanionSessionDeps,
} from '../../../relay/desktop/companion/companion-session.ts';
import type { CompanionStream } from '../../../relay/desktop/companion/messages.ts';
import { streamEndSentence } from '../../../relay/desktop/companion/stream-end.ts';
import { until } from '../../helpers/until.ts';

/** A stream whose other end is the test. */
class TestStream implements CompanionStream {
  readonly sent: object[];
  cancels = 0;
  isClosed = false;
  readonly #messages: object[] = [];
  #end: { error?: unknown } | undefined;
  #wake = () => {};

  constructor(first: object) {
    this.sent = [first];
  }

  send(payload: object): void {
    if (this.#end) throw this.#end.error;
    this.sent.push(payload);
  }

  cancel(): void {
    this.cancels++;
  }

  close(): void {
    this.isClosed = true;
    this.finish();
  }

  say(...messages: object[]): void {
    this.#messages.push(...messages);
    this.#wake();
  }

  finish(error?: unknown): void {
    this.#end ??= error === undefined ? {} : { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<object, void> {
    for (;;) {
      const message = this.#messages.shift();
      if (message) yield message;
      else if (this.#end?.error) throw this.#end.error;
      else if (this.#end) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

function open(deps: Partial<CompanionSessionDeps> = {}) {
  const streams: TestStream[] = [];
  const session = new CompanionSession({
    open: (payload) => {
      const stream = new TestStream(payload);
      streams.push(stream);
      return stream;
    },
    participant: 'p',
    languageCode: () => 'en-US',
    now: () => new Date(0),
    ...deps,
  });
  const states = () => session.state.value.turns.map(({ state }) => state).join();
  return { session, streams, states, becomes: (expected: string) => until(() => states() === expected) };
}

const question = (text: string) => ({ participant: 'p', textInput: { text, languageCode: 'en-US' } });
const final = (response: string) => ({ reactiveModeFinalResponse: { response }, isFinal: true });

test('each question has the language that the call has then', async () => {
  const languages = ['fr-FR', 'ja-JP'];
  const { session, streams, becomes } = open({ languageCode: () => languages.shift() ?? '' });
  session.ask('Une question ?');
  await until(() => streams.length === 1);
  streams[0]?.say(final('Oui.'));
  await becomes('done');
  session.ask('ふたつ？');
  await until(() => streams[0]?.sent.length === 2);
  assert.equal(
    streams[0]?.sent.map((sent) => (sent as ReturnType<typeof question>).textInput.languageCode),
    ['fr-FR', 'ja-JP'],
  );
});

test('two questions go over one stream', async () => {
  const { session, streams, becomes } = open();
  assert.ok(session.ask('One?'));
  assert.not.ok(session.ask('Too early?'));
  await until(() => streams.length === 1);
  streams[0]?.say({ responseChunk: 'O' }, final('One.'));
  await becomes('done');
  session.ask('Two?');
  await until(() => streams[0]?.sent.length === 2);
  assert.equal(streams[0]?.sent, [question('One?'), question('Two?')]);
});

test('a stream that ended between two questions is replaced, and nothing is said of it', async () => {
  const { session, streams, becomes, states } = open();
  session.ask('One?');
  await until(() => streams.length === 1);
  streams[0]?.say(final('One.'));
  await becomes('done');
  streams[0]?.finish(new StreamFailed(14, 'no data for 60 seconds'));
  session.ask('Two?');
  await until(() => streams.length === 2);
  streams[1]?.say(final('Two.'));
  await becomes('done,done');
  assert.is(states(), 'done,done');
});

test('a stream that ends within an answer fails it, and it can be asked again once', async () => {
  const { session, streams, becomes } = open();
  session.ask('One?');
  await until(() => streams.length === 1);
  streams[0]?.say({ responseChunk: 'O' });
  streams[0]?.finish(new StreamFailed(8, 'quota'));
  await becomes('failed');
  const [turn] = session.state.value.turns;
  assert.match(streamEndSentence(turn?.error, 0), /resource exhausted/);
  assert.ok(session.askAgain(turn?.id ?? 0));
  await until(() => streams.length === 2);
  assert.equal(streams[1]?.sent, [question('One?')]);
  streams[1]?.say(final('One.'));
  await becomes('failed,done');
  assert.not.ok(session.askAgain(turn?.id ?? 0));
});

test('a stream that ends without a reason within an answer fails it: unavailable', async () => {
  const { session, streams, becomes } = open();
  session.ask('One?');
  await until(() => streams.length === 1);
  streams[0]?.finish();
  await becomes('failed');
  assert.match(streamEndSentence(session.state.value.turns[0]?.error, 0), /\(unavailable\)/);
});

test('each code of a stream has words of its own, and what is none has words, too', () => {
  const said = [3, 7, 8, 13, 14, 16, 99].map((code) => streamEndSentence(new StreamFailed(code, ''), 0));
  assert.is(new Set(said).size, 7);
  assert.match(said[6] ?? '', /code 99/);
  assert.match(streamEndSentence(Object.assign(new Error('closed'), { name: 'ClientError' }), 0), /expired/);
  assert.match(streamEndSentence(new TypeError('x'), 0), /internal error/);
});

test('a cancel that the companion confirms leaves the stream open', async () => {
  const { session, streams, becomes } = open();
  session.ask('One?');
  await until(() => streams.length === 1);
  session.cancel();
  session.cancel();
  assert.is(streams[0]?.cancels, 1);
  streams[0]?.say({ responseChunk: 'late' }, { status: 'CANCELLED', isFinal: true });
  await becomes('cancelled');
  assert.not.ok(streams[0]?.isClosed);
  assert.is(session.state.value.turns[0]?.text, '');
});

test('a cancel that the companion does not confirm in time closes the stream', async () => {
  const { session, streams, becomes } = open({ cancelLimitMs: 20 });
  session.ask('One?');
  await until(() => streams.length === 1);
  session.cancel();
  await becomes('cancelled');
  assert.ok(streams[0]?.isClosed);
  session.ask('Two?');
  await until(() => streams.length === 2);
});

test('a question that is cancelled before it is sent is not sent', async () => {
  let found = (_name: string) => {};
  const participant = () => new Promise<string>((resolve) => (found = resolve));
  const { session, streams, becomes } = open({ participant });
  session.ask('One?');
  session.cancel();
  await becomes('cancelled');
  found('p');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.is(streams.length, 0);
});

test('a participant that is not found fails the question, and is looked for again', async () => {
  let looks = 0;
  const participant = async () => {
    if (++looks === 1) throw new Error('not now');
    return 'p';
  };
  const { session, streams, becomes } = open({ participant });
  session.ask('One?');
  await becomes('failed');
  session.askAgain(1);
  await until(() => streams.length === 1);
  session.close();
  assert.ok(streams[0]?.isClosed);
  assert.not.ok(session.ask('Closed?'));
});

test('a tool call is decided once, with its time', async () => {
  const { session, streams, becomes } = open();
  session.ask('Refund?');
  await until(() => streams.length === 1);
  streams[0]?.say(final('Please confirm.'));
  await becomes('done');
  const decision = { answerRecord: 'r', action: 'CONFIRM', parameters: { id: 1 } } as const;
  assert.ok(session.decide('Orders', decision));
  assert.not.ok(session.decide('Orders', decision));
  await until(() => streams[0]?.sent.length === 2);
  assert.equal(streams[0]?.sent[1], {
    participant: 'p',
    suggestionInput: { ...decision, sendTime: '1970-01-01T00:00:00.000Z' },
  });
  streams[0]?.say(final('Done.'));
  await becomes('done,done');
  assert.not.ok(session.decide('Orders', decision));
});

test.run();

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeFrame, eventFrame, parseClientFrame } from '../../../relay/websocket/frames.ts';
import { toCursor } from '../../../shared/stream/position.ts';
import type { LoggedEvent } from '../../../shared/stream/protocol.ts';
import { makeEvent } from '../../helpers/events.ts';

const NAME = 'projects/demo-project/conversations/c';

const parse = (frame: unknown) => parseClientFrame(JSON.stringify(frame));

const FRAMES: Record<string, unknown>[] = [
  { type: 'auth', token: 'a.b.c' },
  { type: 'auth', token: '' },
  { type: 'join', id: 'a', conversation: NAME },
  { type: 'join', id: 0, conversation: NAME, after: '0' },
  { type: 'join', id: '', conversation: '', after: '' },
  { type: 'join', id: 1, conversation: NAME, after: null },
  { type: 'leave', id: -1, conversation: NAME },
  { type: 'leave', id: Number.MAX_SAFE_INTEGER, conversation: NAME },
  { type: 'leave', id: 'x'.repeat(64), conversation: NAME },
  { type: 'ping' },
];
for (const frame of FRAMES) {
  test(`taken: ${JSON.stringify(frame).slice(0, 70)}`, () => {
    assert.equal(parse(frame), { ok: true, frame });
  });
}

test('fields that this version does not know are left out', () => {
  const frame = { type: 'join', id: 1, conversation: NAME, after: '0', priority: 'high', token: 't' };
  assert.equal(parse(frame), { ok: true, frame: { type: 'join', id: 1, conversation: NAME, after: '0' } });
  assert.equal(parse({ type: 'ping', id: 1 }), { ok: true, frame: { type: 'ping' } });
});

test('white space around the object is no fault', () => {
  assert.equal(parseClientFrame(' {\n"type" :\t"ping"}\r\n'), { ok: true, frame: { type: 'ping' } });
});

const MALFORMED = [
  '',
  ' ',
  'ping',
  '{"type":"ping"',
  '{"type":"ping"}{"type":"ping"}',
  '\ufeff{"type":"ping"}',
  'null',
  '"ping"',
  '1',
  '[]',
  '[{"type":"ping"}]',
  '{}',
  '{"type":null}',
  '{"type":"PING"}',
  '{"type":"constructor"}',
  '{"__proto__":{"type":"ping"}}',
  '{"type":"auth"}',
  '{"type":"auth","token":null}',
  '{"type":"auth","token":5}',
  `{"type":"join","conversation":"${NAME}"}`,
  `{"type":"leave","conversation":"${NAME}"}`,
];
for (const text of MALFORMED) {
  test(`malformed without an id: ${JSON.stringify(text).slice(0, 50)}`, () => {
    assert.equal(parseClientFrame(text), { ok: false });
  });
}

const WITH_ID: unknown[] = [
  { type: 'no-such-type', id: 'a' },
  { id: 'a' },
  { type: 'join', id: 'a' },
  { type: 'join', id: 'a', conversation: 5 },
  { type: 'join', id: 'a', conversation: NAME, after: 7 },
  { type: 'leave', id: 'a', conversation: null },
  { type: 'auth', id: 'a' },
];
for (const frame of WITH_ID) {
  test(`malformed with its id: ${JSON.stringify(frame).slice(0, 55)}`, () => {
    assert.equal(parse(frame), { ok: false, id: 'a' });
  });
}

const BAD_IDS = ['null', 'true', '{}', '[1]', '1.5', '1e999', '9007199254740993', `"${'x'.repeat(65)}"`];
for (const id of BAD_IDS) {
  test(`an id ${id.slice(0, 20)} cannot be sent back, so the frame is malformed`, () => {
    assert.equal(parseClientFrame(`{"type":"leave","id":${id},"conversation":"${NAME}"}`), { ok: false });
  });
}

test('every id that is taken comes back as it was written', () => {
  void fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double(), fc.integer(), fc.bigInt()), (value) => {
      const written = typeof value === 'bigint' ? String(value) : JSON.stringify(value);
      const parsed = parseClientFrame(`{"type":"leave","id":${written},"conversation":"c"}`);
      if (!parsed.ok || parsed.frame.type !== 'leave') return;
      assert.is(encodeFrame({ type: 'left', id: parsed.frame.id }), `{"type":"left","id":${written}}`);
    }),
    { numRuns: 2_000 },
  );
});

test('no text makes the parser throw', () => {
  void fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
      const parsed = parseClientFrame(text);
      assert.type(parsed.ok, 'boolean');
    }),
    { numRuns: 2_000 },
  );
});

function message(data: Record<string, unknown> = {}): LoggedEvent {
  const { json } = makeEvent(NAME, { data, messageId: '7' });
  return {
    type: 'event',
    position: { epoch: 'e', offset: 1, tag: 't' },
    previousTag: '0',
    kind: 'new-message-event',
    messageId: '7',
    json,
  };
}

test('the event frame is the stored envelope unchanged, with the cursor last', () => {
  const logged = message({ text: 'déjà "vu"\\\u2028\n😀\u0000\ud800', n: 1.1 });
  const text = eventFrame(logged).toString();
  assert.is(
    text,
    `{"type":"event","event":${logged.json.slice(0, -1)},"cursor":"${toCursor(logged.position)}"}}`,
  );
  assert.equal(JSON.parse(text), { type: 'event', event: { ...JSON.parse(logged.json), cursor: 'e.1.t' } });
});

test('a message is encoded once, however many viewers it has', () => {
  const [first, second] = [message(), message()];
  assert.is(eventFrame(first), eventFrame(first));
  assert.is.not(eventFrame(first), eventFrame(second));
});

test.run();

import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  advance,
  before,
  continuity,
  orderOf,
  type StreamPosition,
  startOf,
} from '../../../relay/delivery/position-order.ts';
import { type Position, ROOT_TAG, START } from '../../../shared/stream/position.ts';
import type { ChannelMessage, InterimEvent, LoggedEvent } from '../../../shared/stream/protocol.ts';
import { SimulatedChannel } from './simulated-channel.ts';
import { eventNamed, interimNamed, SimulatedLog } from './simulated-log.ts';

const at = (offset: number, tag: string, epoch = 'E'): Position => ({ epoch, offset, tag });
const place = (position: Position, interims = 0): StreamPosition => ({ position, interims });
const body = { kind: 'new-message-event', messageId: 'm', json: '{}' } as const;
const event = (position: Position, previousTag: string): LoggedEvent => ({
  type: 'event',
  position,
  previousTag,
  ...body,
});
const interim = (position: Position, sequence: number): InterimEvent => ({
  type: 'interim',
  position,
  sequence,
  ...body,
});

const HERE = place(at(5, 'e'), 3);
const VERDICTS: [string, StreamPosition, ChannelMessage, ReturnType<typeof orderOf>][] = [
  ['the next event', HERE, event(at(6, 'f'), 'e'), 'next'],
  ['the event of the place itself', HERE, event(at(5, 'e'), 'd'), 'past'],
  ['an event before the place', HERE, event(at(4, 'd'), 'c'), 'past'],
  ['an event after a missing one', HERE, event(at(7, 'g'), 'f'), 'gap'],
  ['the next event of another history', HERE, event(at(6, 'F'), 'E'), 'fork'],
  ['an event whose offset was given out twice', HERE, event(at(5, 'E'), 'd'), 'fork'],
  ['the first event of another life', HERE, event(at(1, 'a', 'F'), ROOT_TAG), 'fork'],
  ['the next event with another epoch', HERE, event(at(6, 'f', 'F'), 'e'), 'fork'],
  ['the next interim transcript', HERE, interim(at(5, 'e'), 4), 'next'],
  ['the same interim transcript', HERE, interim(at(5, 'e'), 3), 'past'],
  ['an interim transcript from before the last event', HERE, interim(at(4, 'd'), 3), 'past'],
  ['an interim transcript after a missing one', HERE, interim(at(5, 'e'), 5), 'gap'],
  ['an interim transcript after a missing event', HERE, interim(at(6, 'f'), 4), 'gap'],
  ['an interim transcript of another history', HERE, interim(at(5, 'E'), 4), 'fork'],
  ['a new interim transcript at a place that lies behind', HERE, interim(at(4, 'D'), 4), 'fork'],
  ['an interim transcript of another life', HERE, interim(at(5, 'e', 'F'), 4), 'fork'],
  ['the first event of any life, before there was one', place(START), event(at(1, 'a'), ROOT_TAG), 'next'],
  [
    'the first interim transcript, before there was an event',
    place(START),
    interim(at(0, ROOT_TAG), 1),
    'next',
  ],
  ['a later event, before there was one', place(START), event(at(2, 'b'), 'a'), 'gap'],
  ['a later interim transcript, before there was one', place(START), interim(at(0, ROOT_TAG), 2), 'gap'],
  [
    'the first event after the first interim transcript',
    place(at(0, ROOT_TAG), 1),
    event(at(1, 'a'), ROOT_TAG),
    'next',
  ],
];
for (const [name, from, message, verdict] of VERDICTS) {
  test(`${name} is ${verdict}`, () => {
    assert.is(orderOf(from, message), verdict);
  });
}

test('an event moves the position, an interim transcript only its own count', () => {
  assert.equal(advance(HERE, event(at(6, 'f'), 'e')), place(at(6, 'f'), 3));
  assert.equal(advance(HERE, interim(at(5, 'e'), 4)), place(at(5, 'e'), 4));
});

test('the first interim transcript of a life names the life', () => {
  assert.equal(advance(place(START), interim(at(0, ROOT_TAG), 1)), place(at(0, ROOT_TAG), 1));
});

test('the place before an event is where its predecessor stands', () => {
  assert.equal(before(event(at(6, 'f'), 'e')), at(5, 'e'));
  assert.equal(startOf('E'), place(at(0, ROOT_TAG)));
});

const PAGES: [string, Position, Position, LoggedEvent[], ReturnType<typeof continuity>][] = [
  [
    'that starts with the next event',
    at(5, 'e'),
    at(7, 'g'),
    [event(at(6, 'f'), 'e'), event(at(7, 'g'), 'f')],
    'whole',
  ],
  ['with nothing new', at(5, 'e'), at(5, 'e'), [], 'whole'],
  ['of a log that was never written', START, START, [], 'whole'],
  ['from the very first event', START, at(1, 'a'), [event(at(1, 'a'), ROOT_TAG)], 'whole'],
  ['of interim transcripts alone', START, at(0, ROOT_TAG), [], 'whole'],
  ['that starts later', at(5, 'e'), at(7, 'g'), [event(at(7, 'g'), 'f')], 'trimmed'],
  ['whose events have expired', at(5, 'e'), at(7, 'g'), [], 'trimmed'],
  ['that starts later than the very first event', START, at(2, 'b'), [event(at(2, 'b'), 'a')], 'trimmed'],
  ['of another life', at(5, 'e'), at(7, 'g', 'F'), [event(at(6, 'f', 'F'), 'e')], 'other'],
  ['of a log that is gone', at(5, 'e'), START, [], 'other'],
  ['whose top lies behind', at(5, 'e'), at(4, 'd'), [], 'other'],
  ['whose top has the same offset and another tag', at(5, 'e'), at(5, 'E'), [], 'other'],
  ['whose first event follows another one', at(5, 'e'), at(6, 'F'), [event(at(6, 'F'), 'E')], 'other'],
];
for (const [name, position, top, events, kind] of PAGES) {
  test(`a page ${name} is ${kind}`, () => {
    assert.is(continuity(position, { top, events, interims: 0, open: [] }), kind);
  });
}

test('of all that is said in one life of a log, only the message after a place is next', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), async (isEvent) => {
      const messages = hear(isEvent);
      const places = [place(START)];
      for (const message of messages) places.push(advance(places.at(-1) ?? place(START), message));
      for (const [heard, from] of places.entries()) {
        for (const [index, message] of messages.entries()) {
          const verdict = orderOf(from, message);
          if (index < heard) assert.is(verdict, 'past');
          else if (index === heard) assert.is(verdict, 'next');
          // An event does not show that interim transcripts before it are missing: they are not retained.
          else assert.is(verdict, follows(messages.slice(heard, index + 1)) ? 'next' : 'gap');
        }
      }
    }),
  );
});

/** Everything that a log says on its channel. */
function hear(isEvent: boolean[]): ChannelMessage[] {
  const log = new SimulatedLog();
  const channel = new SimulatedChannel();
  log.subscribe(channel);
  for (const [index, event] of isEvent.entries()) {
    log.append(event ? eventNamed(`e${index}`) : interimNamed(`i${index}`, 'u'));
  }
  return isEvent.flatMap(() => {
    const message = channel.next();
    return message === undefined || message === 'subscribed' ? [] : [message];
  });
}

/** Whether the last of these is an event and all before it are interim transcripts. */
function follows(messages: ChannelMessage[]): boolean {
  return messages.at(-1)?.type === 'event' && messages.slice(0, -1).every(({ type }) => type === 'interim');
}

test.run();

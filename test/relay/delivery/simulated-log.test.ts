// The tests of the rooms stand on a simulated log; here it is held against the real one.
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { conversationKeys } from '../../../shared/keys.ts';
import { parseChannelMessage } from '../../../shared/stream/protocol.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { until } from '../../helpers/until.ts';
import { SimulatedChannel } from './simulated-channel.ts';
import { eventNamed, interimNamed, SimulatedLog } from './simulated-log.ts';
import '../../helpers/patient-redis.ts';

const HISTORY_SIZE = 4;

const fixture = redisFixture(test, { history: { historySize: HISTORY_SIZE } });

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('append' as const),
      id: fc.nat(30),
      isInterim: fc.boolean(),
      utterance: fc.option(fc.nat(2), { nil: undefined }),
      closes: fc.boolean(),
      second: fc.nat(3),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('lose' as const, 'expire' as const) }) },
);

test('the simulated log answers, keeps and says what the real one does', async () => {
  const { log, redis } = fixture;
  const subscriber = fixture.client();
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const conversation = uniqueConversation();
      const keys = conversationKeys(conversation);
      const simulated = new SimulatedLog(HISTORY_SIZE);
      const channel = new SimulatedChannel();
      simulated.subscribe(channel);
      const texts: string[] = [];
      const onMessage = (name: string, text: string) => {
        if (name === keys.channel) texts.push(text);
      };
      subscriber.on('message', onMessage);
      await subscriber.subscribe(keys.channel);

      const real: unknown[] = [];
      const expected: unknown[] = [];
      for (const step of steps) {
        if (step.do === 'append') {
          const event = eventOf(step);
          real.push(await log.append({ ...event, conversation }));
          expected.push(simulated.append(event));
        } else if (step.do === 'lose') {
          await redis.del(keys.meta);
          simulated.lose();
        } else {
          await redis.del(keys.log);
          simulated.expire();
        }
        for (const [after, limit] of [
          [0, 100],
          [0, 2],
          [2, 2],
          [0, 0],
        ] as const) {
          real.push(await log.read(conversation, after, limit));
          expected.push(simulated.read(after, limit));
        }
      }
      await until(() => texts.length >= channel.size);
      real.push(texts.map((text) => parseChannelMessage(text)));
      expected.push(Array.from({ length: channel.size }, () => channel.next()));
      subscriber.off('message', onMessage);
      await subscriber.unsubscribe(keys.channel);
      assert.equal(withoutNames(real), withoutNames(expected));
    }),
    { numRuns: 100, includeErrorInReport: true },
  );
});

interface Append {
  id: number;
  isInterim: boolean;
  utterance: number | undefined;
  closes: boolean;
  second: number;
}

function eventOf({ id, isInterim, utterance, closes, second }: Append) {
  const name = utterance === undefined ? undefined : `u${utterance}`;
  if (!isInterim) return eventNamed(`m${id}`, closes && name ? { closes: name } : {});
  return interimNamed(`m${id}`, name, { isFinal: closes, publishTime: `2026-01-01T00:00:0${second}Z` });
}

/** Epochs and tags are random in the real log: each becomes the number of its first appearance. */
function withoutNames(told: unknown[]): unknown {
  const names = new Map<unknown, number>();
  const numbered = (key: string, value: unknown) => {
    if (!['epoch', 'tag', 'previousTag'].includes(key)) return value;
    names.set(value, names.get(value) ?? names.size);
    return names.get(value);
  };
  return JSON.parse(JSON.stringify(told, numbered));
}

test.run();

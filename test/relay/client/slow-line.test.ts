// Fifty conversations over a line that takes longer for their replay than a request may be unanswered.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import { createClient } from '../../../relay/client/index.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { openSlowLine } from '../../helpers/slow-line.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

const CONVERSATIONS = 50;
const EVENTS = 20;
const EVENT_BYTES = 1_000;
/** The replay takes some 5 s, which is 5 times {@link QUICK_CLOCK}'s time-out of a request. */
const BYTES_PER_SECOND = 250_000;

/** Time-outs come after a tenth of their time. */
const QUICK_CLOCK = {
  now: () => Date.now(),
  after(ms: number, callback: () => void) {
    const timer = setTimeout(callback, ms / 10);
    return () => clearTimeout(timer);
  },
};

const fixture = relayFixture(test);

test('on a slow line 50 conversations are each asked for and received once', () =>
  undisturbed(async () => {
    const names = Array.from({ length: CONVERSATIONS }, () => uniqueConversation());
    const ids = await Promise.all(
      names.map((name) => fixture.publishAll(name, EVENTS, { data: { text: 'x'.repeat(EVENT_BYTES) } })),
    );
    const line = fixture.keep(await openSlowLine(fixture.relay.port));
    line.limit(BYTES_PER_SECOND);
    const sent: string[] = [];
    const client = createClient({
      url: `http://127.0.0.1:${line.port}`,
      getToken: () => fixture.relay.token,
      clock: QUICK_CLOCK,
      WebSocket: class extends WebSocket {
        override send(data: string): void {
          sent.push(JSON.parse(data).type);
          super.send(data);
        }
      },
    });
    fixture.keep(client);
    const received: string[] = [];
    const errors: string[] = [];
    client.on('event', ({ message_id }) => received.push(message_id));
    client.on('error', ({ code }) => errors.push(code));
    const startedAt = Date.now();
    client.connect();
    await Promise.all(names.map((name) => client.join(name)));
    await until(() => received.length >= CONVERSATIONS * EVENTS, 30_000);
    await sleep(100); // for what should not come
    assert.ok(Date.now() - startedAt > 3_000, 'the line was too quick to show anything');
    assert.equal(received.toSorted(), ids.flat().toSorted());
    assert.is(sent.filter((type) => type === 'join').length, CONVERSATIONS);
    assert.equal(errors, []);
    assert.is(line.connections(), 1);
  }));

test.run();

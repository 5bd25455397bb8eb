// Two hundred streams at a time: what they cost the relay, and what a desktop that does not read costs.
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { until } from '../../helpers/until.ts';
import { openValve } from '../../helpers/valve.ts';
import { CITED, QUESTION, withoutTimes } from '../../scripts/local/dialogflow/companion-fixture.ts';
import { StreamFixture } from './stream-fixture.ts';
import { arrays, ScriptedUpstream } from './webchannel/scripted-upstream.ts';

const fixture = new StreamFixture(test);

const DESKTOPS = 20;
const STREAMS_EACH = 10;
const ROUNDS = 4;
/** Of the relay, the simulator and the desktops together, which share this process. */
const GROWTH_MAX_MIB = 12;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function memoryInUseMib(): number {
  collectGarbage();
  const { external, heapUsed } = process.memoryUsage();
  return (external + heapUsed) / 1024 / 1024;
}

test('200 streams answer round after round, and the memory stays flat', async () => {
  const desktops = await Promise.all(
    Array.from({ length: DESKTOPS }, (_, index) =>
      fixture.streamingDesktop({ token: fixture.token(`test:agent-${index}`) }),
    ),
  );
  const ids = Array.from({ length: STREAMS_EACH }, (_, index) => `s${index}`);
  const each = desktops.flatMap((desktop) => ids.map((id) => ({ desktop, id })));
  const memory: number[] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    await Promise.all(each.map(({ desktop, id }) => desktop.ask(id, QUESTION)));
    await Promise.all(each.map(({ desktop, id }) => desktop.answered(id)));
    assert.is(fixture.upstream, DESKTOPS * STREAMS_EACH);
    for (const { desktop, id } of each) assert.equal(desktop.messages(id).map(withoutTimes), CITED, id);
    for (const desktop of desktops) desktop.data.length = 0;
    memory.push(memoryInUseMib());
  }
  await Promise.all(each.map(({ desktop, id }) => desktop.end(id)));
  await until(() => fixture.upstream === 0, 30_000, 'Dialogflow has no stream');
  console.log(`# MiB after each round: ${memory.map((mib) => mib.toFixed(1)).join(', ')}`);
  const growth = (memory.at(-1) ?? 0) - (memory[0] ?? 0);
  assert.ok(growth < GROWTH_MAX_MIB, `${growth.toFixed(1)} MiB`);
  for (const desktop of desktops) assert.equal(desktop.told, []);
});

/** A stream of many more bytes than the relay, the system and a desktop's connection hold. */
const LONG = { messages: 4_000, text: 'x'.repeat(10_000) };

for (const transport of ['websocket', 'polling'] as const) {
  test(`a desktop that does not read ${transport} pauses its stream without a loss`, async () => {
    let written = 0;
    const upstream = await ScriptedUpstream.start(fixture, {
      receive: [
        (response) => {
          const write = () => {
            while (written < LONG.messages) {
              const message = { n: ++written, text: LONG.text, isFinal: written === LONG.messages };
              if (!response.write(arrays(written, message))) return response.once('drain', write);
            }
            return response.end(arrays(written + 1, 'close'));
          };
          write();
        },
      ],
    });
    const settings = { DIALOGFLOW_WEBCHANNEL_ENDPOINT: upstream.url };
    const relay = await fixture.startRelay({ settings });
    const valve = fixture.keep(await openValve(relay.port));
    const url = valve.url;
    const desktop = await fixture.streamingDesktop({ relay, url, transports: [transport] });
    await desktop.ask('s', QUESTION);
    await until(() => desktop.data.length > 10);
    valve.shut();
    let seen = -1;
    const isStalled = async () => {
      if (seen === written) return true;
      seen = written;
      await sleep(400);
      return false;
    };
    await until(isStalled, 30_000, 'Dialogflow can write no more');
    // The system's buffers of three connections take some megabytes, and the relay a few hundred kilobytes.
    console.log(`# ${written} of ${LONG.messages} messages were taken`);
    assert.ok(written < LONG.messages * 0.8, `${written} messages were taken`);
    valve.open();
    const messages = await desktop.answered('s', 1, 60_000);
    assert.equal(
      messages.map(({ n }) => n),
      Array.from({ length: LONG.messages }, (_, index) => index + 1),
    );
    desktop.desktop.close();
  });
}

test.run();

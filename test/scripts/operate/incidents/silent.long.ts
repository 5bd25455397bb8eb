// Desktops that stand still until the relay gives them up, and a pub/sub connection that hangs: minutes, and for real.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { uniqueConversation } from '../../../helpers/redis.ts';
import type { RelayProcess } from '../../../helpers/relay-program.ts';
import { startTcpProxy } from '../../../helpers/tcp-proxy.ts';
import { until } from '../../../helpers/until.ts';
import { startDesktop } from './desktop-process.ts';
import { IncidentFixture, WAIT_MS } from './incident-fixture.ts';
import { runbookRow } from './runbook.ts';

const KIND = 'new-message-event';
/** Native desktops are given up after 35 s at most, those of Socket.IO after 45 s. */
const GIVEN_UP_MS = 90_000;
const COMMAND = runbookRow('a desktop that never answers').command;

const fixture = new IncidentFixture(test);
let relay: RelayProcess;
let messages: string;

test.before(async () => {
  [relay, messages] = await Promise.all([fixture.startRelay(), fixture.startFunction(KIND)]);
});

for (const protocol of ['native', 'socketio'] as const) {
  test(`a ${protocol} desktop that was given up is named with the reason`, async () => {
    const conversation = uniqueConversation();
    const desktop = await startDesktop(fixture, relay, conversation, protocol);
    await fixture.deliver(messages, conversation);
    await until(() => desktop.received() === 1, WAIT_MS, 'the desktop has the first event');
    desktop.child.kill('SIGSTOP');
    await fixture.deliver(messages, conversation);
    const hasLeft = () =>
      relay
        .output()
        .split('\n')
        .some((line) => line.includes('"outcome":"no answer to a ping"') && line.includes(conversation));
    await until(hasLeft, GIVEN_UP_MS, 'the relay gives the desktop up');
    const { output } = await fixture.run(COMMAND, conversation, relay);
    assert.match(
      output,
      /^FAULT desktops: nobody is joined: agent okta:sleeper left \d+ s ago \(no answer to a ping\)$/m,
    );
    assert.match(output.trimEnd().split('\n').at(-1) ?? '', / First: the page is frozen, its machine sleeps/);
  });
}

test('a relay whose pub/sub connection hangs is named at once', async () => {
  const conversation = uniqueConversation();
  const proxy = await startTcpProxy(fixture.server.port);
  fixture.defer(() => proxy.close());
  const far = await fixture.startRelay({ REDISPORT: String(proxy.port) });
  await fixture.joined(far, conversation);
  proxy.stall();
  const { output } = await fixture.run(COMMAND, conversation, relay);
  assert.match(output, /^FAULT relays: (1 relay did not answer in time|relay \S{8} has desktops)/m);
});

test.run();

// Desktops on slow lines whose log is trimmed behind them: those with cursors are told, and the relay counts the others'.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { signingKey } from '../../../relay/identity/signing-key.ts';
import { createTokens } from '../../../relay/identity/tokens.ts';
import { onFreePort } from '../../../scripts/local/free-port.ts';
import { TEST_PROJECT, uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { buildRelay } from '../../helpers/relay-program.ts';
import { openSlowLine, type SlowLine } from '../../helpers/slow-line.ts';
import { until } from '../../helpers/until.ts';
import { type DesktopKind, type FaultDesktop, knowsCursors, openDesktop } from './desktops.ts';

const HISTORY_SIZE = 50;
const KINDS = ['browser, client 4.8', 'browser, client 3.0.4', 'cursor join', 'native client'] as const;
const LIMIT_MS = 60_000;
const SLOW_BYTES_PER_SECOND = 1_000;
const SIZE = process.env.TEST_LONG
  ? { events: 5_000, eventBytes: 16_000 }
  : { events: 1_000, eventBytes: 16_000 };
const KEY = 'a key for tests, of more than 32 bytes';

interface SlowDesktop {
  kind: DesktopKind;
  line: SlowLine;
  desktop: FaultDesktop;
}

const fixture = redisFixture(test, { history: { historySize: HISTORY_SIZE } });

test('events trimmed behind a slow desktop are told, or counted and logged', async () => {
  const program = await buildRelay(fixture, KEY);
  const [metricsPort, relay] = await onFreePort(async (port) => {
    const settings = { HISTORY_SIZE: String(HISTORY_SIZE), METRICS_PORT: String(port) };
    const started = await program.start({ ...fixture.server.env, AUTH_OPTION: 'Skip', ...settings });
    return [port, started] as const;
  });
  const keyRing = () => [signingKey(KEY)] as const;
  const tokens = createTokens({ projectId: TEST_PROJECT, lifetimeSeconds: 3_600, keyRing });
  const conversation = uniqueConversation();
  const slow: SlowDesktop[] = [];
  for (const kind of KINDS) {
    const line = fixture.keep(await openSlowLine(relay.port));
    const issue = () => tokens.issue(`test:${kind}`, '').token;
    slow.push({ kind, line, desktop: fixture.keep(openDesktop(kind, line.port, issue, [conversation])) });
  }
  const skipped = async () => {
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    return Number(/^agent_assist_events_skipped_total (\d+)$/m.exec(text)?.[1]);
  };
  const ids: string[] = [];
  const publish = async (count: number) =>
    ids.push(
      ...(await fixture.publishAll(conversation, count, { data: { text: 'x'.repeat(SIZE.eventBytes) } })),
    );
  const haveNewest = () =>
    slow.every(({ desktop }) => desktop.ledgers.every((ledger) => ledger.ids.includes(ids.at(-1) ?? '')));

  await until(() => slow.every(({ desktop }) => desktop.isSettled()), LIMIT_MS);
  await publish(5);
  await until(haveNewest, LIMIT_MS);
  assert.is(await skipped(), 0);
  for (const { line } of slow) line.limit(SLOW_BYTES_PER_SECOND);
  await publish(SIZE.events);
  for (const { line } of slow) line.limit();
  await until(haveNewest, LIMIT_MS);

  const missed = slow.map(({ kind, line, desktop }) => {
    const [ledger] = desktop.ledgers;
    const missing = ids.filter((id) => !ledger?.places.has(id)).length;
    return { kind, missing, told: ledger?.told ?? 0, connections: line.connections() };
  });
  console.log(`\n# of ${ids.length} events: ${JSON.stringify(missed)}; counted: ${await skipped()}`);
  for (const { kind, missing, told } of missed) {
    assert.ok(missing > 0, `${kind}: nothing was trimmed behind it`);
    assert.is(told > 0, knowsCursors(kind), `${kind}: told`);
  }
  const untold = missed.filter(({ kind }) => !knowsCursors(kind)).reduce((sum, one) => sum + one.missing, 0);
  // A desktop that comes back from before what it missed once misses it again.
  assert.ok((await skipped()) >= untold, `${await skipped()} counted of ${untold}`);
  const named = () => {
    const lines = relay.output().split('\n');
    return lines.filter((line) => line.includes('raise HISTORY_SIZE') && line.includes(conversation)).length;
  };
  // This process writes what the relay has said a moment after the relay has said it.
  await until(() => named() > 0, LIMIT_MS, 'the relay has logged it');
  assert.is(named(), 1);
});

test.run();

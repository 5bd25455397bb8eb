import { renderTable, verdict } from '../calls/delivery-report.ts';
import { runCalls } from '../calls/run-calls.ts';
import type { Scenario } from '../calls/scenario.ts';
import { scheduleScenario } from '../calls/schedule.ts';
import { openSupersededLog } from '../calls/superseded-log.ts';
import { registerAt } from '../local/relay-client.ts';
import type { Stack } from '../local/stack.ts';
import { LOCATION, PHONE } from './place.ts';

/** What takes longer than this is late, in milliseconds. */
const LATE_MS = 1_000;

/**
 * Plays one call to a desktop that joined before it began, and prints what arrived.
 *
 * @param stack Its functions log with LOG_LEVEL=debug.
 * @param speed How many times as fast as speech.
 * @returns whether every event arrived, and arrived once
 */
export async function runOnce(
  stack: Stack,
  scenario: Scenario,
  speed: number,
  signal: AbortSignal,
): Promise<boolean> {
  const idPrefix = `demo-${crypto.randomUUID()}`;
  console.log(`Playing one call: ${scenario.title}`);
  const { report } = await runCalls({
    calls: [scheduleScenario(scenario)],
    location: LOCATION,
    idPrefix,
    relayUrl: stack.url,
    register: () => registerAt(stack.url),
    publisher: stack.publisher,
    onEvent: stack.conversations.keep,
    onStarted: (name, relay) => relay.announce(PHONE, name),
    rate: 1,
    speed,
    shares: { duplicates: 0, reorder: 0 },
    random: Math.random,
    lateMs: LATE_MS,
    readSuperseded: openSupersededLog(stack.functionLogs),
    signal,
  });
  console.log(`\n${renderTable(report)}\n`);
  const relay = await registerAt(stack.url);
  const { lifecycleState } = await relay.getResource(`${LOCATION}/conversations/${idPrefix}-1`);
  console.log(`Dialogflow, asked through the proxy, says the conversation is ${lifecycleState}.`);
  console.log(verdict(report));
  return report.isComplete && lifecycleState === 'COMPLETED';
}

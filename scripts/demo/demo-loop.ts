import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { playCall } from '../calls/call-player.ts';
import type { Scenario } from '../calls/scenario.ts';
import { scheduleScenario } from '../calls/schedule.ts';
import { registerAt } from '../local/relay-client.ts';
import type { Stack } from '../local/stack.ts';
import { LOCATION, PHONE } from './place.ts';

/** How long a finished call stays on the screen before the next one, in milliseconds. */
const BETWEEN_CALLS_MS = 8_000;

/** Plays the scenarios in turn, each as a conversation of its own; ends only by rejecting. */
export async function runLoop(
  stack: Stack,
  scenarios: readonly Scenario[],
  logDirectory: string,
  signal: AbortSignal,
): Promise<never> {
  console.log(`\nAgent desktop: ${stack.url}/?phone=${encodeURIComponent(PHONE)}`);
  console.log('It shows each call as it arrives. Ctrl-C stops everything.');
  console.log(
    `Log of the relay, until then: ${join(logDirectory, 'relay.log')}. Beside it are those of the others.\n`,
  );
  for (;;) {
    for (const scenario of scenarios) {
      console.log(`${new Date().toLocaleTimeString()}  ${scenario.name}: ${scenario.title}`);
      await playOnDesktop(stack, scenario, signal);
      await sleep(BETWEEN_CALLS_MS, undefined, { signal });
    }
  }
}

async function playOnDesktop(
  { url, conversations, publisher }: Stack,
  scenario: Scenario,
  signal: AbortSignal,
): Promise<void> {
  const conversationId = `demo-${crypto.randomUUID()}`;
  await playCall({
    events: scheduleScenario(scenario),
    location: LOCATION,
    conversationId,
    speed: 1,
    async publish({ kind, data, attributes }) {
      conversations.keep(data);
      await publisher.publish(kind, JSON.stringify(data), attributes);
    },
    // Telephony has a token of its own, and a loop outlives one.
    onStarted: async (name) => (await registerAt(url)).announce(PHONE, name),
    // Somebody may complete the call on the desktop.
    isOver: () =>
      conversations.get(`${LOCATION}/conversations/${conversationId}`).lifecycleState === 'COMPLETED',
    signal,
  });
}

import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { playCall } from '../calls/call-player.ts';
import type { Scenario } from '../calls/scenario.ts';
import { scheduleScenario } from '../calls/schedule.ts';
import { registerAt } from '../local/relay-client.ts';
import type { Stack } from '../local/stack.ts';
import type { Playback } from './control/playback.ts';
import { LOCATION, PHONE } from './place.ts';

/** How long a finished call stays on the screen before the next one, in milliseconds. */
const BETWEEN_CALLS_MS = 8_000;
/** Pause before a call is announced again, in milliseconds: the relay or Redis may be away, as the drawer can make them. */
const ANNOUNCE_AGAIN_MS = 1_000;
const ANNOUNCE_LIMIT_MS = 60_000;

/**
 * Plays the calls of a playback, each as a conversation of its own; ends only by rejecting.
 *
 * @param url where the desktop is.
 */
export async function runLoop(
  stack: Stack,
  playback: Playback,
  url: string,
  logDirectory: string,
  signal: AbortSignal,
): Promise<never> {
  console.log(`\nAgent desktop: ${url}/?phone=${encodeURIComponent(PHONE)}`);
  console.log(`Supervisor's wall: ${url}/supervisor`);
  console.log('They show each call as it arrives. Ctrl-C stops everything.');
  console.log('In the drawer at the bottom of the desktop you choose calls and make faults.');
  console.log(
    `Log of the relay, until then: ${join(logDirectory, 'relay.log')}. Beside it are those of the others.\n`,
  );
  for (;;) {
    const { scenario, skipped } = playback.begin();
    console.log(`${new Date().toLocaleTimeString()}  ${scenario.name}: ${scenario.title}`);
    const isSkipped = await playOnDesktop(stack, playback, scenario, skipped, signal);
    playback.end();
    if (isSkipped) continue;
    const either = AbortSignal.any([signal, skipped]);
    await sleep(BETWEEN_CALLS_MS, undefined, { signal: either }).catch(() => signal.throwIfAborted());
  }
}

/** True when the call was ended for another one. */
async function playOnDesktop(
  { url, conversations, publisher }: Stack,
  { pace }: Playback,
  scenario: Scenario,
  skipped: AbortSignal,
  signal: AbortSignal,
): Promise<boolean> {
  const conversationId = `demo-${crypto.randomUUID()}`;
  const name = `${LOCATION}/conversations/${conversationId}`;
  const either = AbortSignal.any([signal, skipped]);
  let hasStarted = false;
  const isOver = () => conversations.get(name).lifecycleState === 'COMPLETED';
  try {
    await playCall({
      events: scheduleScenario(scenario),
      location: LOCATION,
      conversationId,
      speed: pace,
      async publish({ kind, data, attributes }) {
        conversations.keep(data);
        hasStarted = true;
        await publisher.publish(kind, JSON.stringify(data), attributes);
      },
      // Telephony has a token of its own, and a loop outlives one.
      onStarted: (started) => announce(url, started, either),
      // Somebody may complete the call on the desktop.
      isOver,
      signal: either,
    });
    return false;
  } catch (error) {
    if (!skipped.aborted || signal.aborted) throw error;
    // The desktop waits for the end of a call before it looks for the next one.
    if (hasStarted && !isOver()) await conversations.complete(name);
    return true;
  }
}

/**
 * Stores which conversation the phone's call is, as soon as the relay and Redis take it.
 *
 * @throws {Error} when they do not for a long time.
 */
async function announce(url: string, conversation: string, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + ANNOUNCE_LIMIT_MS;
  for (;;) {
    try {
      return await (await registerAt(url)).announce(PHONE, conversation);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(ANNOUNCE_AGAIN_MS, undefined, { signal });
    }
  }
}

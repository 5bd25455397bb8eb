import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { registerAt } from '../local/relay-client.ts';
import { CALL } from './call.ts';
import { playCall } from './call-player.ts';
import { PARENT, PHONE } from './place.ts';
import type { Stack } from './stack.ts';

/** How long a finished call stays on the screen before the next one, in milliseconds. */
const BETWEEN_CALLS_MS = 8_000;

/** Plays the call again and again, each time as a conversation of its own; ends only by rejecting. */
export async function runLoop(stack: Stack, logDirectory: string, signal: AbortSignal): Promise<never> {
  console.log(`\nAgent desktop: ${stack.url}/?phone=${encodeURIComponent(PHONE)}`);
  console.log('It shows each call as it arrives. Ctrl-C stops everything.');
  console.log(
    `Log of the relay, until then: ${join(logDirectory, 'relay.log')}. Beside it are those of the others.\n`,
  );
  for (let call = 1; ; call++) {
    console.log(`${new Date().toLocaleTimeString()}  call ${call}`);
    await playCall({
      conversations: stack.conversations,
      steps: CALL,
      parent: PARENT,
      conversationId: `demo-${crypto.randomUUID()}`,
      speed: 1,
      // Telephony has a token of its own, and a loop outlives one.
      onStarted: async (conversation) => (await registerAt(stack.url)).announce(PHONE, conversation),
      signal,
    });
    await sleep(BETWEEN_CALLS_MS, undefined, { signal });
  }
}

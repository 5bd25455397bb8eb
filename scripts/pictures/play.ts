import { playCall } from '../calls/call-player.ts';
import { SCENARIOS } from '../calls/scenarios/index.ts';
import { scheduleScenario } from '../calls/schedule.ts';
import { LOCATION } from '../demo/place.ts';
import { registerAt } from '../local/relay-client.ts';
import type { Stack } from '../local/stack.ts';
import type { Picture } from './pictures.ts';

export interface Play {
  /** The phone number of the call. */
  phone: string;
  conversationId: string;
  /** Told how far the call has gone, in milliseconds at the pace of speech; the call goes on meanwhile. */
  onProgress?(ms: number): void;
  signal: AbortSignal;
}

/** The events of a picture's call up to its moment. */
export function eventsUntil({ scenario: name, atMs }: Pick<Picture, 'scenario' | 'atMs'>) {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  return scheduleScenario(scenario).filter((event) => event.atMs <= atMs);
}

/** Plays a picture's call up to its moment, as the demo plays calls. */
export async function playUntil(
  { url, conversations, publisher }: Stack,
  picture: Picture,
  { phone, conversationId, onProgress, signal }: Play,
): Promise<void> {
  let playedMs = 0;
  await playCall({
    events: eventsUntil(picture),
    location: LOCATION,
    conversationId,
    speed: 1,
    async publish({ atMs, kind, data, attributes }) {
      conversations.keep(data);
      await publisher.publish(kind, JSON.stringify(data), attributes);
      if (atMs > playedMs) onProgress?.(atMs);
      playedMs = atMs;
    },
    onStarted: async (name) => (await registerAt(url)).announce(phone, name),
    signal,
  });
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { RealDesktop } from './real-desktop.ts';

/** How long a test waits for what should not come, in milliseconds. */
const QUIET_MS = 300;

/**
 * Waits until a desktop has everything. Fails when it was sent an event for the first time after a later one, or more
 * events again than it may be.
 *
 * @param repeatedAtMost over all its conversations.
 */
export async function expectSeen(desktop: RealDesktop, repeatedAtMost = 0): Promise<void> {
  await desktop.caughtUp();
  await sleep(QUIET_MS);
  const { lost, skipped, repeated } = await desktop.sightings();
  if (lost > 0 || skipped > 0 || repeated > repeatedAtMost) {
    const seen = JSON.stringify(await desktop.look());
    throw new Error(
      `lost ${lost}, skipped ${skipped}, repeated ${repeated} of at most ${repeatedAtMost}: ${seen}`,
    );
  }
}

/** Fails when the desktop was connected more or less often than once and again after each of so many cuts. */
export async function expectConnections(desktop: RealDesktop, cuts: number): Promise<void> {
  const { sockets } = await desktop.look();
  if (sockets.length !== cuts + 1) throw new Error(`${cuts} cuts, but ${sockets.length} connections`);
}

import { expectConnections, expectSeen } from './expectations.ts';
import type { Kind } from './kinds.ts';
import type { RealDesktop } from './real-desktop.ts';
import type { ResumeFixture } from './resume-fixture.ts';

/** How many events {@link openTabs} publishes. */
export const EVENTS = 2;

/** A desktop that has some events, and another tab of the same browser and token that is left alone. */
export async function openTabs(
  fixture: ResumeFixture,
  kind: Kind,
): Promise<{ desktop: RealDesktop; other: RealDesktop }> {
  const options = { context: await fixture.context(), token: fixture.token() };
  const desktop = await fixture.open(kind, options);
  const other = await fixture.open(kind, { ...options, conversations: desktop.conversations });
  await fixture.say(desktop.conversations, EVENTS);
  await desktop.caughtUp();
  return { desktop, other };
}

/** Fails when the other tab was cut, or was not sent every event once. */
export async function expectLeftAlone(other: RealDesktop): Promise<void> {
  await expectSeen(other);
  await expectConnections(other, 0);
}

// A connection that breaks: every kind of desktop goes on where it was, on one relay and on two.
import { test } from 'uvu';
import { uniqueConversation } from '../../helpers/redis.ts';
import { expectConnections, expectSeen } from './expectations.ts';
import { type Kind, NATIVE, SOCKET_IO, unknownAtFirst } from './kinds.ts';
import { type DesktopOptions, resumeFixture, withEach } from './resume-fixture.ts';

const fixture = resumeFixture(test, { relays: 2 });

const CUTS = process.env.TEST_LONG ? 8 : 2;

/** Cuts a desktop when it has everything, and publishes while it is away. */
async function cutAgainAndAgain(kind: Kind, options: DesktopOptions): Promise<void> {
  const desktop = await fixture.open(kind, options);
  const { conversations } = desktop;
  for (let cut = 1; cut <= CUTS; cut++) {
    await fixture.say(conversations);
    await desktop.caughtUp();
    await fixture.kept(desktop);
    await desktop.cut();
    await fixture.say(conversations);
    await desktop.connected(cut + 1);
    await desktop.settled();
    await desktop.caughtUp();
  }
  await expectSeen(desktop, unknownAtFirst(kind, 2 * conversations.length));
  await expectConnections(desktop, CUTS);
}

const CASES: Record<string, () => DesktopOptions> = {
  'one relay': () => ({ relays: [fixture.relay] }),
  'two relays': () => ({}),
  'five conversations on two relays': () => ({
    conversations: Array.from({ length: 5 }, () => uniqueConversation()),
  }),
};
const names = Object.keys(CASES);
for (const name of process.env.TEST_LONG ? names : names.slice(-1)) {
  const options = CASES[name] ?? (() => ({}));
  test(`a desktop that is cut goes on where it was: ${name}`, () =>
    withEach([...SOCKET_IO, ...NATIVE], (kind) => cutAgainAndAgain(kind, options())));
}

test.run();

// Several tabs, with one token or with their own: each goes on where it was, and none is cut by another.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import { uniqueConversation } from '../../helpers/redis.ts';
import { expectConnections, expectSeen } from './expectations.ts';
import { type Kind, SOCKET_IO } from './kinds.ts';
import { type DesktopOptions, resumeFixture, withEach } from './resume-fixture.ts';

const fixture = resumeFixture(test, { relays: 2 });

const ROUNDS = process.env.TEST_LONG ? 6 : 2;

interface TabsCase {
  tabs: number;
  conversations: number;
  hasOneToken: boolean;
  relays: 1 | 2;
  delayMs?: number;
}

/** Cuts one tab after the other, and all of them in each round's end, while events are published. */
async function cutTabs(kind: Kind, { tabs, hasOneToken, relays, ...given }: TabsCase): Promise<void> {
  const conversations = Array.from({ length: given.conversations }, () => uniqueConversation());
  // Each kind is another agent: together they join more often than one agent may.
  const subject = `test:${kind.name}`;
  const token = fixture.token(subject);
  const options: DesktopOptions = {
    conversations,
    relays: fixture.relays.slice(0, relays),
    ...(given.delayMs === undefined ? {} : { delayMs: given.delayMs }),
  };
  if (kind.runsIn === 'chromium') options.context = await fixture.context();
  const desktops = await Promise.all(
    Array.from({ length: tabs }, () =>
      fixture.open(kind, hasOneToken ? { ...options, token } : { ...options, token: fixture.token(subject) }),
    ),
  );
  let cuts = 0;
  const cut = async (some: typeof desktops) => {
    await Promise.all(some.map((desktop) => desktop.cut()));
    await fixture.say(conversations, 1);
  };
  for (let round = 0; round < ROUNDS; round++) {
    await fixture.say(conversations, 2);
    for (const desktop of desktops) {
      await desktop.caughtUp();
      await cut([desktop]);
      await desktop.connected(cuts + 2);
      await desktop.settled();
    }
    cuts++;
    await fixture.say(conversations, 1);
    await sleep(100);
    await cut(desktops);
    cuts++;
    for (const desktop of desktops) {
      await desktop.connected(cuts + 1);
      await desktop.settled();
    }
  }
  // The relay cannot tell the tabs of old clients apart, nor know all that a client without offsets has.
  const repeatedAtMost = kind.receipts === 'exact' ? 0 : Number.POSITIVE_INFINITY;
  for (const desktop of desktops) {
    await expectSeen(desktop, repeatedAtMost);
    await expectConnections(desktop, cuts);
  }
}

const ALWAYS: TabsCase[] = [{ tabs: 3, conversations: 5, hasOneToken: true, relays: 2 }];
const LONG: TabsCase[] = [1, 2].flatMap((relays) =>
  [2, 3].flatMap((tabs) =>
    [1, 5].flatMap((conversations) =>
      [true, false].flatMap((hasOneToken) =>
        [0, 325].map(
          (delayMs): TabsCase => ({ tabs, conversations, hasOneToken, relays: relays as 1 | 2, delayMs }),
        ),
      ),
    ),
  ),
);
for (const each of process.env.TEST_LONG ? LONG : ALWAYS) {
  const { tabs, conversations, hasOneToken, relays, delayMs = 0 } = each;
  const token = hasOneToken ? 'one token' : 'own tokens';
  const name = `${tabs} tabs, ${token}, ${conversations} calls, ${relays} relays, ${2 * delayMs} ms`;
  test(`no tab disturbs another: ${name}`, () => withEach(SOCKET_IO, (kind) => cutTabs(kind, each)));
}

test.run();

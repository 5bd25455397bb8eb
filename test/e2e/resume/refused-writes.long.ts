// Redis takes no writes for a while, as during a failover: no desktop skips an event, whatever it does meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import { expectSeen } from './expectations.ts';
import { IN_CHROMIUM, type Kind, SOCKET_IO } from './kinds.ts';
import type { RealDesktop } from './real-desktop.ts';
import { resumeFixture, withEach } from './resume-fixture.ts';

const fixture = resumeFixture(test, { relays: 2 });

/** How long Redis takes no writes, in milliseconds. */
const REFUSING_MS = 1_250;

/** How long a relay may take to try a refused write again, in milliseconds. */
const RETRY_MS = 1_000;

interface RefusedCase {
  name: string;
  kinds: readonly Kind[];
  /** What the page does while Redis takes no writes. */
  act(desktop: RealDesktop): Promise<unknown>;
  /** Whether it may be sent events again: Redis does not know of a leave yet, so the page starts at the beginning. */
  mayRepeat?: boolean;
  /** What it does when Redis takes them again; default: it is cut. */
  actAfter?(desktop: RealDesktop): Promise<unknown>;
}

const leave = async (desktop: RealDesktop) => {
  for (const conversation of desktop.conversations) await desktop.run('leave', conversation);
};
const join = async (desktop: RealDesktop) => {
  for (const conversation of desktop.conversations) await desktop.run('join', conversation);
};

const CASES: RefusedCase[] = [
  { name: 'is cut', kinds: SOCKET_IO, act: (desktop) => desktop.cut() },
  { name: 'is reloaded', kinds: IN_CHROMIUM, act: (desktop) => desktop.page.reload() },
  {
    name: 'leaves and joins',
    kinds: SOCKET_IO,
    act: (desktop) => leave(desktop).then(() => join(desktop)),
    mayRepeat: true,
  },
  { name: 'is cut twice', kinds: SOCKET_IO, act: (desktop) => desktop.cut().then(() => desktop.cut()) },
  { name: 'disconnects', kinds: SOCKET_IO, act: disconnect },
  {
    name: 'leaves',
    kinds: SOCKET_IO,
    act: leave,
    mayRepeat: true,
    actAfter: (desktop) => join(desktop).then(() => desktop.cut()),
  },
  {
    name: 'leaves and is cut after',
    kinds: SOCKET_IO,
    act: (desktop) => leave(desktop).then(() => sleep(200)),
    mayRepeat: true,
  },
];

async function disconnect(desktop: RealDesktop): Promise<void> {
  await desktop.run('disconnect');
  await sleep(200);
  await desktop.run('connect');
}

/** A desktop that has some events, as another page of its token had before, for which it must not be taken. */
async function open(kind: Kind): Promise<RealDesktop> {
  const token = fixture.token();
  const desktop = await fixture.open(kind, { token });
  const former = await fixture.open(kind, { token, conversations: desktop.conversations });
  await fixture.say(desktop.conversations, 3);
  for (const each of [former, desktop]) await each.caughtUp();
  await fixture.kept(desktop, { pages: 2 });
  await former.end();
  return desktop;
}

async function finish(desktop: RealDesktop, { actAfter, mayRepeat = false }: RefusedCase): Promise<void> {
  // A relay knows of a leave on another one from the page's offset, or when that relay has tried the write again.
  if (desktop.kind.receipts !== 'exact') await sleep(RETRY_MS);
  if (actAfter === undefined) await desktop.cut();
  else await actAfter(desktop);
  await desktop.settled();
  await fixture.say(desktop.conversations);
  await desktop.cut();
  await fixture.say(desktop.conversations);
  const isExact = desktop.kind.receipts === 'exact' && !mayRepeat;
  await expectSeen(desktop, isExact ? 0 : Number.POSITIVE_INFINITY);
}

for (const refusedCase of CASES) {
  const { name, kinds, act } = refusedCase;
  test(`a desktop that ${name} while Redis takes no writes skips nothing`, async () => {
    const desktops = new Map<Kind, RealDesktop>();
    await withEach(kinds, async (kind) => void desktops.set(kind, await open(kind)));
    await fixture.refuseWrites(true);
    const acting = withEach(
      [...desktops.keys()],
      async (kind) => void (await act(desktops.get(kind) as RealDesktop)),
    );
    await sleep(REFUSING_MS);
    await fixture.refuseWrites(false);
    await Promise.all([
      acting,
      withEach(kinds, async (kind) => finish(desktops.get(kind) as RealDesktop, refusedCase)),
    ]);
  });
}

test.run();

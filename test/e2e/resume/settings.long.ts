// What SOCKET_IO_OFFSETS and REPLAY_ON_JOIN do to real clients.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expectSeen } from './expectations.ts';
import { type Kind, SOCKET_IO, unknownAtFirst } from './kinds.ts';
import type { RealDesktop } from './real-desktop.ts';
import { resumeFixture, withEach } from './resume-fixture.ts';

const fixture = resumeFixture(test);

/** How long pings may take to be answered, in milliseconds, beside other tests. */
const PINGS_MS = 2_000;

/** A desktop that is cut once, with two events before and two while it is away. */
async function cutOnce(kind: Kind, settings: Record<string, string>): Promise<RealDesktop> {
  const relay = await fixture.startRelay({ settings });
  const desktop = await fixture.open(kind, { relays: [relay], token: relay.token });
  await fixture.say(desktop.conversations);
  await desktop.caughtUp();
  await sleep(PINGS_MS);
  await desktop.cut();
  await fixture.say(desktop.conversations);
  await desktop.connected(2);
  await desktop.settled();
  return desktop;
}

test('SOCKET_IO_OFFSETS=all gives Node exact resume, too', () =>
  withEach(SOCKET_IO, async (kind) => {
    const desktop = await cutOnce(kind, { SOCKET_IO_OFFSETS: 'all' });
    // Until it comes back once, an old client in Node is like one in a browser.
    await expectSeen(desktop, kind.hasPid ? 0 : 2);
    assert.ok((await desktop.look()).hasOffsets);
  }));

test('SOCKET_IO_OFFSETS=off sends no offsets, and browsers are asked by pings', () =>
  withEach(SOCKET_IO, async (kind) => {
    const desktop = await cutOnce(kind, { SOCKET_IO_OFFSETS: 'off' });
    await expectSeen(desktop, 0);
    assert.not((await desktop.look()).hasOffsets);
  }));

test('without SOCKET_IO_OFFSETS only browsers get offsets', () =>
  withEach(SOCKET_IO, async (kind) => {
    const desktop = await cutOnce(kind, {});
    await expectSeen(desktop, unknownAtFirst(kind, 2));
    assert.is((await desktop.look()).hasOffsets, kind.runsIn === 'chromium');
  }));

test('REPLAY_ON_JOIN=all gives the conversation so far with each connection', () =>
  withEach(SOCKET_IO, async (kind) => {
    const desktop = await cutOnce(kind, { REPLAY_ON_JOIN: 'all' });
    await expectSeen(desktop, 2);
    assert.is((await desktop.sightings()).repeated, 2);
  }));

test('REPLAY_ON_JOIN=none gives what comes after a join, and nothing again', () =>
  withEach(SOCKET_IO, async (kind) => {
    const desktop = await cutOnce(kind, { REPLAY_ON_JOIN: 'none' });
    await fixture.say(desktop.conversations);
    const [conversation = ''] = desktop.conversations;
    await desktop.until(({ ids }) => ids[conversation]?.length === 4, 'it has what was live');
    const { lost, skipped, repeated } = await desktop.sightings();
    assert.equal({ lost, skipped, repeated }, { lost: 2, skipped: 0, repeated: 0 });
  }));

test.run();

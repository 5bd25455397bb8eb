// What can befall a CONNECT: a lost answer, a refusal, another token.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expectConnections, expectSeen } from './expectations.ts';
import { SOCKET_IO, unknownAtFirst } from './kinds.ts';
import { resumeFixture, withEach } from './resume-fixture.ts';

const fixture = resumeFixture(test, { relays: 2 });

test('a lost answer to CONNECT costs nothing', () =>
  withEach(SOCKET_IO, async (kind) => {
    const desktop = await fixture.openKept(kind);
    desktop.line.loseAnswers(3);
    await desktop.cut();
    await fixture.say(desktop.conversations);
    await desktop.connected(2);
    await expectSeen(desktop, unknownAtFirst(kind, 2));
    assert.is(desktop.line.lostAnswers(), 3);
    await expectConnections(desktop, 1);
  }));

test('a refused CONNECT costs nothing', () =>
  withEach(SOCKET_IO, async (kind) => {
    const desktop = await fixture.openKept(kind);
    await desktop.run('spoilToken');
    await desktop.cut();
    await fixture.say(desktop.conversations);
    await desktop.connected(2);
    await expectSeen(desktop, unknownAtFirst(kind, 2));
    assert.is((await desktop.look()).refusedConnects, 1);
  }));

test('another token for each connection costs nothing if the client has a pid', () =>
  withEach(SOCKET_IO, async (kind) => {
    const desktop = await fixture.openKept(kind, { hasFreshTokens: true });
    for (let cut = 1; cut <= 2; cut++) {
      await desktop.cut();
      await fixture.say(desktop.conversations);
      await desktop.connected(cut + 1);
      await desktop.settled();
      await desktop.caughtUp();
      await fixture.kept(desktop);
    }
    // Old clients are known by their token alone: 2 and 4 events again.
    await expectSeen(desktop, kind.hasPid ? 0 : 6);
    await expectConnections(desktop, 2);
  }));

test('a desktop from a relay without pids is sent what it has again once', () =>
  withEach(SOCKET_IO, async (kind) => {
    const desktop = await fixture.open(kind, { startsWithoutPid: true });
    for (let cut = 1; cut <= 3; cut++) {
      await fixture.say(desktop.conversations);
      await desktop.caughtUp();
      await fixture.kept(desktop);
      await desktop.cut();
      await fixture.say(desktop.conversations);
      await desktop.connected(cut + 1);
      await desktop.settled();
    }
    await expectSeen(desktop, 2);
    await expectConnections(desktop, 3);
  }));

test.run();

// What pages do with their Socket, and handlers that fail.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { expectConnections, expectSeen } from './expectations.ts';
import { IN_CHROMIUM, SOCKET_IO, unknownAtFirst } from './kinds.ts';
import { resumeFixture, withEach } from './resume-fixture.ts';

const fixture = resumeFixture(test, { relays: 2 });

test('disconnect and connect on one Socket go on where it was', () =>
  withEach(SOCKET_IO, async (kind) => {
    const desktop = await fixture.openKept(kind);
    await desktop.run('disconnect');
    await fixture.say(desktop.conversations);
    await desktop.run('connect');
    await desktop.connected(2);
    await expectSeen(desktop, unknownAtFirst(kind, 2));
    await expectConnections(desktop, 1);
  }));

test('somebody else who logs in on the same Socket gets the conversation so far', () =>
  withEach(SOCKET_IO, async (kind) => {
    const desktop = await fixture.openKept(kind, { token: fixture.token('test:ann') });
    await desktop.run('login', fixture.token('test:bob'));
    await desktop.connected(2);
    await fixture.say(desktop.conversations);
    await expectSeen(desktop);
  }));

test('the same agent who logs in again on one Socket goes on, or gets all', () =>
  withEach(SOCKET_IO, async (kind) => {
    const desktop = await fixture.openKept(kind, { hasFreshTokens: true });
    await desktop.run('disconnect');
    await desktop.run('connect');
    await fixture.say(desktop.conversations);
    await desktop.connected(2);
    await expectSeen(desktop, kind.hasPid ? 0 : 2);
  }));

test('a page that calls io() per connection gets the conversation so far each time', () =>
  withEach(SOCKET_IO, async (kind) => {
    const desktop = await fixture.openKept(kind, { opensAnew: true });
    for (let cut = 1; cut <= 2; cut++) {
      await desktop.cut();
      await desktop.connected(cut + 1);
      await desktop.settled();
      await fixture.say(desktop.conversations);
      await desktop.caughtUp();
    }
    await expectSeen(desktop, 6);
    const { repeated } = await desktop.sightings();
    assert.is(repeated, 6);
  }));

test('an event whose handler failed comes again if no other event followed', () =>
  withEach(IN_CHROMIUM, async (kind) => {
    const desktop = await fixture.openKept(kind);
    await desktop.run('setFailing', true);
    await fixture.say(desktop.conversations, 1);
    await desktop.caughtUp();
    await desktop.run('setFailing', false);
    await desktop.cut();
    await fixture.say(desktop.conversations);
    await desktop.connected(2);
    await expectSeen(desktop, 1 + unknownAtFirst(kind, 2));
    if (kind.hasPid) assert.is((await desktop.sightings()).repeated, 1);
  }));

test('an event whose handler failed does not come again if another event followed', () =>
  withEach(IN_CHROMIUM, async (kind) => {
    const desktop = await fixture.openKept(kind);
    await desktop.run('setFailing', true);
    await fixture.say(desktop.conversations, 1);
    await desktop.caughtUp();
    await desktop.run('setFailing', false);
    await fixture.say(desktop.conversations, 1);
    await desktop.caughtUp();
    await desktop.cut();
    await fixture.say(desktop.conversations);
    await desktop.connected(2);
    await expectSeen(desktop, unknownAtFirst(kind, 4));
  }));

test.run();

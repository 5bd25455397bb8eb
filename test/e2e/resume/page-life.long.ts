// What befalls a page in a browser: it is offline, reloaded or frozen.
import { test } from 'uvu';
import { expectConnections, expectSeen } from './expectations.ts';
import { IN_CHROMIUM, NATIVE, unknownAtFirst } from './kinds.ts';
import { resumeFixture, withEach } from './resume-fixture.ts';
import { EVENTS, expectLeftAlone, openTabs } from './two-tabs.ts';

const fixture = resumeFixture(test, { relays: 2 });
const KINDS = [...IN_CHROMIUM, ...NATIVE.filter(({ runsIn }) => runsIn === 'chromium')];

test('a page that was offline goes on where it was', () =>
  withEach(KINDS, async (kind) => {
    const desktop = await fixture.open(kind);
    await fixture.say(desktop.conversations, EVENTS);
    await desktop.caughtUp();
    const context = desktop.page.context();
    await context.setOffline(true);
    // Version 3.0.4 does not listen to the browser, which keeps its connection.
    const notices = kind.client !== '3.0.4';
    if (notices) await desktop.gone();
    await fixture.say(desktop.conversations, EVENTS);
    await context.setOffline(false);
    await desktop.settled();
    await expectSeen(desktop, unknownAtFirst(kind, EVENTS));
    await expectConnections(desktop, notices ? 1 : 0);
  }));

test('a page that is reloaded gets the conversation so far, and no other tab is cut', () =>
  withEach(KINDS, async (kind) => {
    const { desktop, other } = await openTabs(fixture, kind);
    for (let round = 0; round < 3; round++) {
      await desktop.page.reload();
      await desktop.settled();
      await fixture.say(desktop.conversations);
      await expectSeen(desktop);
    }
    await expectLeftAlone(other);
  }));

test('a page that was cut while it was frozen goes on where it was', () =>
  withEach(KINDS, async (kind) => {
    const { desktop, other } = await openTabs(fixture, kind);
    const session = await desktop.page.context().newCDPSession(desktop.page);
    await session.send('Page.setWebLifecycleState', { state: 'frozen' });
    await fixture.say(desktop.conversations);
    await expectLeftAlone(other);
    desktop.line.cut();
    await fixture.say(desktop.conversations);
    await session.send('Page.setWebLifecycleState', { state: 'active' });
    await desktop.connected(2);
    await expectSeen(desktop, unknownAtFirst(kind, 2 * EVENTS));
    await expectConnections(desktop, 1);
    await expectLeftAlone(other);
  }));

test.run();

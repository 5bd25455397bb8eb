// Pages that leave and come back from the back/forward cache, and renderers that crash.
import { test } from 'uvu';
import { expectSeen } from './expectations.ts';
import { IN_CHROMIUM, NATIVE, unknownAtFirst } from './kinds.ts';
import { resumeFixture, withEach } from './resume-fixture.ts';
import { EVENTS, expectLeftAlone, openTabs } from './two-tabs.ts';

const fixture = resumeFixture(test, { relays: 2 });
const KINDS = [...IN_CHROMIUM, ...NATIVE.filter(({ runsIn }) => runsIn === 'chromium')];

test('a page from the back/forward cache goes on, and any other is a new page', () =>
  withEach(KINDS, async (kind) => {
    const { desktop, other } = await openTabs(fixture, kind);
    await desktop.page.goto(fixture.site.elsewhere);
    await fixture.say(desktop.conversations);
    await desktop.page.goBack({ waitUntil: 'commit' });
    // Versions 4.6 and older close their connection before the page is cached, without a word, and notice only when
    // heartbeats have not come for a while.
    const closesSilently = kind.client === '4.6.0' || kind.client === '4.5.4';
    await desktop.until(({ sockets }) => sockets.length > (closesSilently ? 1 : 0), 'it is connected again');
    await desktop.settled();
    const isSamePage = await desktop.page.evaluate('cameBack');
    console.log(`# ${kind.name}: ${isSamePage ? 'came back from the cache' : 'was loaded again'}`);
    await fixture.say(desktop.conversations);
    await expectSeen(desktop, isSamePage ? unknownAtFirst(kind, EVENTS) : 0);
    await expectLeftAlone(other);
  }));

test('a page that disconnects, is cached and connects goes on where it was', () =>
  withEach(IN_CHROMIUM, async (kind) => {
    const { desktop, other } = await openTabs(fixture, kind);
    await desktop.run('disconnect');
    await desktop.page.goto(fixture.site.elsewhere);
    await fixture.say(desktop.conversations);
    await desktop.page.goBack({ waitUntil: 'commit' });
    const isSamePage = await desktop.page.evaluate('cameBack');
    console.log(`# ${kind.name}: ${isSamePage ? 'came back from the cache' : 'was loaded again'}`);
    await desktop.run('connect');
    await desktop.settled();
    await expectSeen(desktop, isSamePage ? unknownAtFirst(kind, EVENTS) : 0);
    await expectLeftAlone(other);
  }));

test('a new page after a crash of the renderer gets the conversation so far', () =>
  withEach(KINDS, async (kind) => {
    const { desktop, other } = await openTabs(fixture, kind);
    const { page, conversations } = desktop;
    const crashed = page.waitForEvent('crash');
    await Promise.all([crashed, page.goto('chrome://crash').catch(() => {})]);
    await fixture.say(conversations);
    const next = await fixture.open(kind, { context: page.context(), conversations });
    await expectSeen(next);
    await expectLeftAlone(other);
  }));

test.run();

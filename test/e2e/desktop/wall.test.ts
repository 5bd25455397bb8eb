// The supervisor's wall in Chromium, in front of a real relay. Where a test needs calls of many kinds, the list is faked.
import axe from 'axe-core';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createConversationIndex } from '../../../shared/conversation-index/conversation-index.ts';
import { type Listed, conversation as listed } from '../../desktop/wall/listed.ts';
import { DesktopPageFixture, type TestCall } from '../../helpers/desktop-page.ts';
import { until } from '../../helpers/until.ts';

const fixture = new DesktopPageFixture(test);
/** For one step on the page, in milliseconds. */
const STEP_LIMIT_MS = 30_000;
const LIST = '**/conversations?*';
/** For axe, which would measure the contrast of a colour that is still changing. */
const STILL = { reducedMotion: 'reduce' } as const;

let page: Page;
let faults: string[];

/** Opens the wall with a token of this role. */
async function openWall(
  prepare: (opened: Page) => Promise<unknown> = async () => {},
  { role = 'supervisor', ...options }: BrowserContextOptions & { role?: 'agent' | 'supervisor' } = {},
): Promise<void> {
  const token = fixture.token(`test:${role}`, { role });
  ({ page, faults } = await fixture.openDesktopPage('supervisor', options, async (opened) => {
    opened.setDefaultTimeout(STEP_LIMIT_MS);
    await opened.route('**/register', (route) => route.fulfill({ json: { token } }));
    await prepare(opened);
  }));
}

/** What axe finds, of any impact. */
async function faultsFound(): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] }),
  );
  return violations.map(({ id, impact, nodes }) => `${id} (${impact}) ${nodes[0]?.target}`);
}

/** Starts a call and lists it, as a function does. */
async function startCall(secondsAgo = 0): Promise<TestCall> {
  const call = await fixture.startCall();
  const publishTime = new Date(Date.now() - secondsAgo * 1_000).toISOString();
  await createConversationIndex(fixture.redis).note({ conversation: call.shortName, publishTime });
  return call;
}

/** What the relay seems to list; the test may change it. */
interface Fake {
  status: number;
  calls: Listed[];
}

function fakeList(fake: Fake): (opened: Page) => Promise<unknown> {
  return (opened) =>
    opened.route(LIST, (route) =>
      route.fulfill({ status: fake.status, json: { conversations: fake.calls.map(listed) } }),
    );
}

const idsOf = () => page.locator('.tile-id').allTextContents();
const focused = () => page.locator('.tile:focus .tile-id').allTextContents();
const becomes = (read: () => Promise<string[]>, expected: string[]) =>
  until(async () => (await read()).join() === expected.join(), STEP_LIMIT_MS).catch(async () =>
    assert.equal(await read(), expected),
  );
/** The page asks again every 3 s; a person may ask at once. */
const askNow = () => page.evaluate(() => dispatchEvent(new Event('online')));

test('a supervisor sees three calls and opens one, by keyboard only', async () => {
  await startCall(20);
  const first = await startCall(60);
  await startCall(40);
  await fixture.conversations.say(first.customer, 'My ticket was charged twice.', 'm1');
  await openWall(undefined, STILL);
  await page.locator('.tile').nth(2).waitFor();
  // All are calm, so the longest one is the first.
  await becomes(async () => (await idsOf()).slice(0, 1), [first.name.replace(/.*\//, '')]);
  await page.keyboard.press('ArrowDown');
  await becomes(focused, [first.name.replace(/.*\//, '')]);
  await page.keyboard.press('Enter');
  await page.getByText('My ticket was charged twice.').waitFor();
  await page.locator('.answer-none').waitFor();
  assert.is(await page.locator('.answer-none').count(), 1, 'a supervisor only reads');
  assert.is(await page.locator('.answer textarea, .call-actions .button').count(), 0);
  assert.equal(await faultsFound(), []);
  await page.reload();
  await page.getByText('My ticket was charged twice.').waitFor();
  await page.keyboard.press('Escape');
  await becomes(focused, [first.name.replace(/.*\//, '')]);
  await page.keyboard.press('Enter');
  await page.getByText('My ticket was charged twice.').waitFor();
  await page.goBack();
  await becomes(focused, [first.name.replace(/.*\//, '')]);
  assert.equal(faults, []);
});

test('an agent is told that the wall is for supervisors', async () => {
  await startCall();
  await openWall(undefined, { role: 'agent' });
  await page.getByText('This page is for supervisors').waitFor();
  assert.is(await page.locator('.tile').count(), 0);
});

test('while the relay is away the calls stay, marked as old, and come back', async () => {
  const fake = { status: 200, calls: [{ id: 'a' }] };
  await openWall(fakeList(fake));
  await becomes(idsOf, ['a']);
  fake.status = 503;
  await askNow();
  await page.getByText('The relay cannot read the list of calls at the moment.').waitFor();
  assert.is(await page.locator('[data-stale=true] .tile').count(), 1);
  assert.is(await page.getByRole('button', { name: 'Try now' }).count(), 1);
  // The page tries again by itself: a click might come too late.
  fake.status = 200;
  fake.calls = [{ id: 'b' }];
  await becomes(idsOf, ['b']);
  await page.locator('.banner').waitFor({ state: 'detached' });
});

test('a call that gets worse moves to the front, and keeps the focus', async () => {
  const fake = { status: 200, calls: [{ id: 'a' }, { id: 'b' }, { id: 'c' }] as Listed[] };
  await openWall(fakeList(fake));
  await becomes(idsOf, ['a', 'b', 'c']);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await becomes(focused, ['c']);
  const tile = await page.locator('.tile:focus').elementHandle();
  fake.calls = [{ id: 'a' }, { id: 'b' }, { id: 'c', flags: ['HUMAN_INTERVENTION_NEEDED'] }];
  await becomes(idsOf, ['c', 'a', 'b']);
  // A tile that moves loses the focus for a moment.
  await becomes(focused, ['c']);
  assert.ok(await tile?.evaluate((element) => element === document.activeElement), 'the tile was replaced');
  await page.getByRole('button', { name: 'Needs an agent' }).click();
  await becomes(idsOf, ['c']);
  assert.equal(faults, []);
});

test('a threshold goes to the relay, and is there when the page is loaded again', async () => {
  const asked: (string | null)[] = [];
  await openWall((opened) =>
    opened.route(LIST, (route) => {
      asked.push(new URL(route.request().url()).searchParams.get('silenceSeconds'));
      return route.fulfill({ json: { conversations: [listed({ id: 'a' })] } });
    }),
  );
  await becomes(idsOf, ['a']);
  await page.getByRole('button', { name: 'Thresholds' }).click();
  await page.getByLabel('Silence after').fill('25');
  await until(() => asked.at(-1) === '25', STEP_LIMIT_MS);
  await page.reload();
  await becomes(idsOf, ['a']);
  assert.is(asked.at(-1), '25');
  assert.equal(await page.evaluate(() => Object.keys(localStorage)), ['agent-assist-wall-thresholds']);
  assert.equal(faults, []);
});

const THEMES = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  'high contrast': { colorScheme: 'light', contrast: 'more' },
  'dark, high contrast': { colorScheme: 'dark', contrast: 'more' },
  'forced colours': { colorScheme: 'light', contrast: null, forcedColors: 'active' },
} as const satisfies Record<string, Parameters<Page['emulateMedia']>[0]>;

test('axe finds nothing serious on the wall, at any width and in any theme', async () => {
  const fake: Fake = {
    status: 200,
    calls: [
      { id: 'error', flags: ['UNRECOVERABLE_ERROR'], stage: 'VIRTUAL_AGENT', score: -0.8 },
      { id: 'silent', flags: ['SILENCE', 'LONG_CALL'], stage: 'HUMAN_ASSIST', score: 0.6 },
      { id: 'calm' },
      { id: 'ended', stage: 'ENDED', score: 0.1 },
    ],
  };
  await openWall(fakeList(fake), STILL);
  await becomes(idsOf, ['error', 'silent', 'calm', 'ended']);
  await page.evaluate(axe.source);
  const found: string[] = [];
  const look = async (view: string) => {
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] }),
    );
    found.push(
      ...violations.map(({ id, impact, nodes }) => `${view}: ${id} (${impact}) ${nodes[0]?.target}`),
    );
  };
  for (const [theme, media] of Object.entries(THEMES)) {
    await page.emulateMedia(media);
    await look(theme);
  }
  await page.emulateMedia({ colorScheme: 'light', contrast: null, forcedColors: null });
  for (const width of [800, 400]) {
    await page.setViewportSize({ width, height: 800 });
    await look(`${width} px`);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `at ${width} px the page is ${overflow} px too wide`);
  }
  await page.getByRole('button', { name: 'Thresholds' }).click();
  await look('thresholds');
  assert.equal(found, []);
});

test.run();

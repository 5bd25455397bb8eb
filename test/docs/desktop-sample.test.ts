// Runs the sample of docs/desktops.md against a relay whose tokens live for seconds.
import { setTimeout as sleep } from 'node:timers/promises';
import { createContext, runInContext } from 'node:vm';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ShortName } from '../../shared/conversation-name.ts';
import { uniqueConversation } from '../helpers/redis.ts';
import type { TestRelay } from '../helpers/relay.ts';
import { relayFixture } from '../helpers/relay-fixture.ts';
import { undisturbed } from '../helpers/undisturbed.ts';
import { until } from '../helpers/until.ts';
import { firstCells, readDoc } from './markdown.ts';
import '../helpers/patient-redis.ts';

/** The tokens' times are whole seconds, so one may live almost a second less. */
const LIFETIME_SECONDS = 2;
const RECOVERY_LIMIT_MS = 30_000;
/** How much sooner the sample's own timers fire than they say. */
const HASTE = 20;
/** Socket.IO waits a second and more otherwise. */
const SOON = { reconnectionDelay: 50, reconnectionDelayMax: 200 };

const fixture = relayFixture(test, { relays: 0 });

/** The first block of JavaScript on a page. */
function sampleOf(page: string): string {
  const [, sample] = /^```js\n([\s\S]*?)^```/m.exec(readDoc(page)) ?? [];
  assert.ok(sample !== undefined, `${page} has a sample`);
  return sample;
}

/** A page on which the sample runs. */
interface Page {
  socket: Socket;
  /** What it shows. */
  shown: string[];
  /** What it writes to the console. */
  errors: string[];
  registrations: number;
  /** What `CONVERSATION` is: a page may have another one for the next call. */
  conversation: ShortName;
}

const startRelay = (settings: Record<string, string> = {}): Promise<TestRelay> =>
  fixture.startRelay({ settings: { JWT_LIFETIME_SECONDS: String(LIFETIME_SECONDS), ...settings } });

async function openPage(relay: TestRelay, getCredential = async () => 'a credential'): Promise<Page> {
  const page = {
    shown: [] as string[],
    errors: [] as string[],
    registrations: 0,
    conversation: uniqueConversation(),
  };
  const context = createContext({
    io: (url: string, options: Partial<ManagerOptions & SocketOptions>) => io(url, { ...options, ...SOON }),
    fetch,
    setTimeout: (run: () => void, ms: number) => setTimeout(run, ms / HASTE),
    clearTimeout,
    console: { error: (text: unknown) => page.errors.push(String(text)) },
    RELAY: relay.url,
    getCredential: () => {
      page.registrations += 1;
      return getCredential();
    },
    show: ({ text }: { text: string }) => page.shown.push(text),
  });
  Object.defineProperty(context, 'CONVERSATION', { get: () => page.conversation });
  const socket: Socket = await runInContext(
    `(async () => {${sampleOf('docs/desktops.md')}return socket;})()`,
    context,
  );
  fixture.keep(socket);
  return Object.assign(page, { socket });
}

const publish = (conversation: ShortName, text: string) => fixture.publish(conversation, { data: { text } });

const recovers = (condition: () => boolean) => until(condition, RECOVERY_LIMIT_MS);
const isShown = (page: Page, text: string) => recovers(() => page.shown.includes(text));

test('every refusal of a join that asks to register again starts as the sample expects', () => {
  const [, start = ''] = /reason\.startsWith\('(.*)'\)/.exec(sampleOf('docs/desktops.md')) ?? [];
  const reasons = firstCells(readDoc('docs/protocol.md'), 'reason').filter((reason) =>
    reason.includes('register again'),
  );
  assert.is(reasons.length, 3);
  for (const reason of reasons) assert.ok(reason.startsWith(start), reason);
  assert.ok(start.length > 0);
});

test('the sample recovers by itself when its session ends', () =>
  undisturbed(async () => {
    const relay = await startRelay({ SESSION_MAX_SECONDS: '0' });
    const page = await openPage(relay);
    await publish(page.conversation, 'before');
    await isShown(page, 'before');
    assert.is(page.registrations, 1);
    await recovers(() => !page.socket.connected);
    await publish(page.conversation, 'while it is away');
    await isShown(page, 'while it is away');
    assert.ok(page.registrations > 1);
  }));

test('the sample registers again when its expired token may not join the next call', () =>
  undisturbed(async () => {
    const relay = await startRelay();
    const page = await openPage(relay);
    await publish(page.conversation, 'first call');
    await isShown(page, 'first call');
    await sleep(LIFETIME_SECONDS * 1_000);
    assert.ok(page.socket.connected, 'a token that has expired keeps its conversations');
    page.conversation = uniqueConversation();
    page.socket.io.engine.close();
    await publish(page.conversation, 'next call');
    await isShown(page, 'next call');
    assert.is(page.registrations, 2);
  }));

test('the sample keeps its token over a broken connection while the relay accepts it', async () => {
  const relay = await startRelay({ JWT_LIFETIME_SECONDS: '600' });
  const page = await openPage(relay);
  await recovers(() => page.socket.connected);
  for (const text of ['first', 'second']) {
    await publish(page.conversation, text);
    await isShown(page, text);
    page.socket.io.engine.close();
    await recovers(() => page.socket.connected);
  }
  assert.is(page.registrations, 1);
});

test('the sample tries again when it cannot register', async () => {
  const relay = await startRelay();
  let failures = 1;
  const page = await openPage(relay, async () => {
    if (failures-- > 0) throw new Error('signed out');
    return 'a credential';
  });
  await publish(page.conversation, 'text');
  await isShown(page, 'text');
  assert.equal(page.errors, ['Error: signed out']);
});

test('the sample tells why a join was refused and does not register again', async () => {
  const relay = await startRelay({ JWT_LIFETIME_SECONDS: '600' });
  const page = await openPage(relay);
  page.conversation = 'projects/another/conversations/c' as ShortName;
  await recovers(() => page.errors.length > 0);
  assert.equal(page.errors, ['The relay refused the join: the conversation belongs to another project']);
  assert.ok(page.socket.connected);
  assert.is(page.registrations, 1);
});

test.run();

import { randomBytes } from 'node:crypto';
import type { Test } from 'uvu';
import { type SigningKey, signingKey } from '../../../relay/identity/signing-key.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import type { RelayOptions, TestRelay } from '../../helpers/relay.ts';
import { type Page, RelayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

export const MINUTE = 60_000;

export const makeKey = (): SigningKey => signingKey(randomBytes(48).toString('base64'));

/** Calls that last, on relays whose clock the test moves. Each test starts its relays and begins at the real time. */
export class CallFixture extends RelayFixture {
  readonly key = makeKey();
  /** What the relays take for the time, in milliseconds since 1970. */
  clock = Date.now();

  constructor(test: Test) {
    super(test, { relays: 0 });
    test.before.each(() => {
      this.clock = Date.now();
    });
  }

  override startRelay(options: RelayOptions = {}): Promise<TestRelay> {
    return super.startRelay({ now: () => this.clock, keyRing: () => [this.key], ...options });
  }
}

/** What a desktop is told that tries once to connect with a token. */
export async function connecting(url: string, token: string): Promise<string> {
  const page = new TestDesktop(url, token);
  page.socket.io.reconnection(false);
  try {
    await page.connected();
    return 'connected';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  } finally {
    page.close();
  }
}

export const has = (page: TestDesktop, id: string): Promise<void> =>
  until(() => page.messageIds().includes(id));

/** The messages of a page, each at its first sight. */
export const seen = (page: TestDesktop): string[] => [...new Set(page.messageIds())];

export const upTo = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => String(index + 1));

/** Until a page has been closed for the age of its connection, and has joined again. */
export async function closedAndBack(page: Page): Promise<void> {
  const joins = page.answers.length;
  await until(() => page.answers.length > joins);
}

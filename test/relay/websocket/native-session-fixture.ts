import { randomBytes } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { signingKey } from '../../../relay/identity/signing-key.ts';
import { createTokens } from '../../../relay/identity/tokens.ts';
import { SESSION_LIMITS } from '../../../relay/session/limits.ts';
import { NativeDesktop } from '../../../relay/websocket/adapter.ts';
import { WEBSOCKET_LIMITS } from '../../../relay/websocket/limits.ts';
import type { CloseReason } from '../../../shared/close-codes.ts';
import type { ServerFrame } from '../../../shared/wire.ts';
import { NOWHERE, openAccess } from '../../helpers/open-access.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { TEST_PROJECT } from '../../helpers/redis.ts';
import { FakeHub } from '../session/fake-hub.ts';

const key = signingKey(randomBytes(48).toString('base64'));

/** How long the tokens of these tests are valid, in seconds. */
export const TOKEN_LIFE_SECONDS = 600;

export function tokensFor(lifetimeSeconds = TOKEN_LIFE_SECONDS) {
  // Date.now is looked up at every call, because a test may have put another clock in its place.
  const now = () => Date.now();
  return createTokens({ projectId: TEST_PROJECT, lifetimeSeconds, keyRing: () => [key], now });
}

export const tokens = tokensFor();

/** A session between a connection that only takes notes and a hub that does what the test says. */
export class NativeSessionFixture {
  readonly sent: ServerFrame[] = [];
  readonly closes: CloseReason[] = [];
  readonly hub = new FakeHub();
  readonly desktop: NativeDesktop;

  constructor() {
    const connection = {
      admitted: () => {},
      send: (data: string | Buffer) => this.sent.push(JSON.parse(String(data))),
      close: (reason: CloseReason) => this.closes.push(reason),
      waitingBytes: 0,
      isOpen: true,
    };
    this.desktop = new NativeDesktop(connection, NOWHERE, {
      ...openAccess(),
      project: { id: TEST_PROJECT, number: '42' },
      tokens,
      hub: this.hub,
      rateLimiter: undefined,
      limits: SESSION_LIMITS,
      webSocketLimits: WEBSOCKET_LIMITS,
      logger: quietLogger,
    });
  }

  /** Lets what is under way go on as far as it can. */
  async receive(...frames: unknown[]): Promise<void> {
    for (const frame of frames) {
      this.desktop.receive(typeof frame === 'string' ? frame : JSON.stringify(frame));
    }
    await setImmediate();
  }

  async authenticate(subject = 'test:agent'): Promise<void> {
    await this.receive({ type: 'auth', token: tokens.issue(subject, 'agent').token });
    this.sent.length = 0;
  }

  /** Joins and is let in. */
  async join(conversation: string, id: string | number = 'join'): Promise<void> {
    await this.receive({ type: 'join', id, conversation });
    this.hub.last.letIn({ position: { epoch: 'e', offset: 1, tag: 't' }, recovered: true });
    await setImmediate();
    this.sent.length = 0;
  }

  answersTo(id: string | number): ServerFrame[] {
    return this.sent.filter((frame) => 'id' in frame && frame.id === id);
  }
}

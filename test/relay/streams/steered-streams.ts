// A desktop's streams, with a Dialogflow and a desktop that a test steers.

import type { RequireOptions } from '../../../relay/access/access-policy.ts';
import { RateLimitedError } from '../../../relay/rate-limits/rate-limited-error.ts';
import { DesktopStreams } from '../../../relay/streams/desktop-streams.ts';
import { STREAM_LIMITS, type StreamLimits } from '../../../relay/streams/limits.ts';
import { StreamOccupancy } from '../../../relay/streams/stream-occupancy.ts';
import type { Channel } from '../../../relay/streams/webchannel/channel.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import type { StreamFrame } from '../../../shared/wire.ts';
import type { Fixture } from '../../helpers/fixture.ts';
import { NOWHERE } from '../../helpers/open-access.ts';
import { METHOD } from './stream-fixture.ts';

export const PARTICIPANT = 'projects/p/locations/us/conversations/c/participants/a';
export const NOW = 1_000_000;

/** A stream of Dialogflow's: what was sent, and what the test lets it say. */
class SteeredChannel implements Channel {
  readonly sent: object[] = [];
  /** How many messages were asked for. */
  pulled = 0;
  isClosed = false;
  answer: () => Promise<void> = async () => {};
  #next = Promise.withResolvers<object | undefined>();
  readonly messages: AsyncIterable<object> = this.#messages();

  async send(message: object): Promise<void> {
    this.sent.push(message);
    await this.answer();
  }

  close(): void {
    this.isClosed = true;
    this.#next.resolve(undefined);
  }

  /** Lets the next message come, or the end. */
  say(message: object | undefined): void {
    this.#next.resolve(message);
  }

  fail(error: Error): void {
    this.#next.reject(error);
  }

  async *#messages(): AsyncGenerator<object, void> {
    for (;;) {
      this.pulled++;
      const message = await this.#next.promise;
      if (message === undefined) return;
      this.#next = Promise.withResolvers();
      yield message;
    }
  }
}

/** Streams with these limits beside those of production. */
export function steeredStreams(fixture: Fixture, limits: Partial<StreamLimits> = {}) {
  const state = {
    access: async (_options?: RequireOptions) => {},
    nameOf: (): ShortName => 'projects/p/conversations/c',
    called: async () => {},
    draining: new AbortController(),
    now: NOW,
    waitingBytes: 0,
    claims: { subject: 's', user: '', tokenId: 't', issuedAt: 0, expiresAt: NOW / 1000 + 60 },
  };
  const all = { ...STREAM_LIMITS, recheckMs: 20, ...limits };
  const channels: SteeredChannel[] = [];
  const emitted: unknown[] = [];
  const counted: unknown[] = [];
  const audited: unknown[] = [];
  const noted: unknown[] = [];
  const errors: unknown[] = [];
  const desktop = {
    isOpen: true,
    get waitingBytes() {
      return state.waitingBytes;
    },
    session: {
      isClosed: false,
      get claims() {
        return state.claims;
      },
    },
    sendStream: ({ type, streamId, payload }: StreamFrame) => void emitted.push([type, streamId, payload]),
  };
  const streams = new DesktopStreams(desktop, NOWHERE, {
    openChannel: async ({ signal }) => {
      const channel = new SteeredChannel();
      signal?.addEventListener('abort', () => channel.close());
      channels.push(channel);
      return channel;
    },
    access: {
      nameOf: () => state.nameOf(),
      require: async (_agent, _action, _resource, options) => {
        await state.access(options);
        return { until: undefined };
      },
    },
    rateLimiter: { called: () => state.called() },
    occupancy: new StreamOccupancy(all),
    audit: { note: (event, { outcome }) => void audited.push([event, outcome]) },
    refusals: { note: (reason, { agent } = {}) => void noted.push([reason, agent?.subject]) },
    project: { id: 'p' },
    draining: state.draining.signal,
    meter: {
      streamOpened: () => void counted.push('opened'),
      streamEnded: (code) => void counted.push(`ended ${code}`),
      streamRefused: (code) => void counted.push(`refused ${code}`),
    },
    logger: { warn: () => {}, error: (fields: unknown) => void errors.push(fields) },
    limits: all,
    now: () => state.now,
  });
  fixture.keep(streams);
  return { state, channels, emitted, counted, audited, noted, errors, streams };
}

/** For an agent that is over a limit. */
export const limited = () =>
  new RateLimitedError('Too many requests: wait.', 1_000, { reason: 'limit-calls' });

/** What a desktop sends on its stream `s`. */
export const request = (textInput: string) => ({
  streamId: 's',
  method: METHOD,
  payload: { participant: PARTICIPANT, textInput },
});
/** What a desktop is told at the end of its stream `s`. */
export const told = (code: number, message: string) => ['stream-error', 's', { error: { message, code } }];

/** Why a request was refused; 'taken' where it was not. */
export async function refused(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'taken';
  } catch (error) {
    return (error as Error).message;
  }
}

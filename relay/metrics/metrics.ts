import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { CLOSE, type CloseReason } from '../../shared/close-codes.ts';
import { isReplayed } from '../../shared/replayed.ts';
import { START } from '../../shared/stream/position.ts';
import type { ChannelMessage } from '../../shared/stream/protocol.ts';
import { WIRE_ERRORS, type WireErrorCode } from '../../shared/wire.ts';
import type { DeliveryMeter, JoinFrom } from '../delivery/member.ts';
import type { RegistrationMeter } from '../http/routes/registration.ts';
import { type LostWritesMeter, SOFT_WRITES, type SoftWrite } from '../redis-health/lost-writes.ts';
import { REFUSAL_REASONS, type RefusalReason } from '../refusals/reasons.ts';
import type { RefusalMeter } from '../refusals/refusals.ts';
import type { SessionMeter } from '../session/session-deps.ts';
import { STREAM_CODE, type StreamCode } from '../streams/stream-error.ts';
import type { StreamMeter } from '../streams/streaming-desktop.ts';
import { DELIVERY_BUCKETS_SECONDS, PROXY_BUCKETS_SECONDS, READ_BUCKETS_SECONDS } from './buckets.ts';
import { addLookedAt, type Observed } from './looked-at.ts';
import { publishedAt } from './publish-time.ts';

const STREAM_CODES = Object.values(STREAM_CODE).map((code) => ({ code }));

/** Which build runs, on what. */
export interface Build {
  /** The project's version, or `unknown`. */
  version: string;
  /** Node's version, such as `v24.21.0`. */
  node: string;
}

/**
 * The relay's metrics, in a registry of their own. No label takes a value from outside: none names a conversation, an
 * agent or a desktop. docs/metrics.md has them all.
 */
export class RelayMetrics
  implements DeliveryMeter, SessionMeter, RegistrationMeter, LostWritesMeter, StreamMeter, RefusalMeter
{
  readonly registry = new Registry();
  /** Plain numbers, for what happens with each event to each desktop; a scrape turns them into a counter. */
  readonly #delivered = new Map<ChannelMessage['kind'], number>();
  readonly #joins = this.#counter(
    'joins_total',
    'Joins that were let in.',
    ['start', 'recovered'],
    STARTS.flatMap((start) => ['true', 'false'].map((recovered) => ({ start, recovered }))),
  );
  readonly #refusals = this.#counter(
    'refusals_total',
    'What desktops asked for over a socket and did not get.',
    ['code'],
    Object.keys(WIRE_ERRORS).map((code) => ({ code })),
  );
  readonly #refusalReasons = this.#counter(
    'refusals_by_reason_total',
    'What was refused, on every way into the relay.',
    ['reason'],
    Object.keys(REFUSAL_REASONS).map((reason) => ({ reason })),
  );
  readonly #resets = this.#counter('resets_total', 'Desktops told that a history broke while they watched.');
  readonly #skipped = this.#counter(
    'events_skipped_total',
    'Events that were trimmed behind desktops that cannot be told.',
  );
  readonly #closes = this.#counter(
    'closes_total',
    'Connections that the relay closed.',
    ['reason'],
    Object.keys(CLOSE).map((reason) => ({ reason })),
  );
  readonly #reconnects = this.#counter(
    'redis_reconnects_total',
    'Connections to Redis that were lost.',
    ['connection'],
    [{ connection: 'commands' }, { connection: 'pubsub' }],
  );
  readonly #lostWrites = this.#counter(
    'redis_lost_writes_total',
    'Writes that Redis did not take and nobody waits for.',
    ['what'],
    SOFT_WRITES.map((what) => ({ what })),
  );
  readonly #registrations = this.#counter(
    'registrations_total',
    'Tokens asked for.',
    ['outcome'],
    [{ outcome: 'done' }, { outcome: 'refused' }],
  );
  readonly #streams = new Gauge({
    name: 'agent_assist_streams',
    help: 'Open streams to Dialogflow.',
    registers: [this.registry],
  });
  readonly #streamEnds = this.#counter(
    'stream_ends_total',
    'Streams that have ended.',
    ['code'],
    [{ code: 0 }, ...STREAM_CODES],
  );
  readonly #streamRefusals = this.#counter(
    'stream_refusals_total',
    'Requests on streams that were refused.',
    ['code'],
    STREAM_CODES,
  );
  readonly #reads = new Histogram({
    name: 'agent_assist_log_read_seconds',
    help: "How long reads of a conversation's log took.",
    buckets: READ_BUCKETS_SECONDS,
    registers: [this.registry],
  });
  readonly #publishToDelivery = new Histogram({
    name: 'agent_assist_publish_to_delivery_seconds',
    help: 'From the publish of an event to its live delivery. One observation for each event, not for each desktop.',
    buckets: DELIVERY_BUCKETS_SECONDS,
    registers: [this.registry],
  });
  readonly #proxied = new Histogram({
    name: 'agent_assist_proxy_request_seconds',
    help: 'How long requests to Dialogflow took, from their headers to the last byte of their answer.',
    labelNames: ['route', 'status'],
    buckets: PROXY_BUCKETS_SECONDS,
    registers: [this.registry],
  });

  constructor(build: Build = { version: 'unknown', node: process.version }) {
    const info = new Gauge({
      name: 'agent_assist_build_info',
      help: 'Always 1. Which build runs, on which Node.',
      labelNames: ['version', 'node'],
      registers: [this.registry],
    });
    info.set({ ...build }, 1);
    const delivered = this.#delivered;
    new Counter({
      name: 'agent_assist_events_delivered_total',
      help: 'Events that were handed to the connections of desktops.',
      labelNames: ['kind'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [kind, count] of delivered) this.inc({ kind }, count);
      },
    });
  }

  /** Adds what only a scrape looks at, and what the process tells of itself. */
  observe(observed: Observed): void {
    addLookedAt(this.registry, observed);
  }

  delivered(kind: ChannelMessage['kind'], members: number): void {
    this.#delivered.set(kind, (this.#delivered.get(kind) ?? 0) + members);
  }

  /**
   * A dead letter that was published again keeps the time of its first publish. What passed since then is no delay of
   * the delivery, and is left out.
   */
  deliveredLive(message: ChannelMessage, members: number): void {
    this.delivered(message.kind, members);
    if (isReplayed(message.messageId)) return;
    const ms = Date.now() - publishedAt(message.json);
    // The clocks of two machines differ: an event may seem to come before it was published.
    if (!Number.isNaN(ms)) this.#publishToDelivery.observe(Math.max(0, ms) / 1000);
  }

  /** @param since by `performance.now()`; the default is a request that was answered at once. */
  proxied(route: string, status: number, since = performance.now()): void {
    this.#proxied.observe({ route, status }, (performance.now() - since) / 1000);
  }

  joined(from: JoinFrom, recovered: boolean): void {
    this.#joins.inc({ start: startLabel(from), recovered: String(recovered) });
  }

  refused(code: WireErrorCode): void {
    this.#refusals.inc({ code });
  }

  refusedFor(reason: RefusalReason): void {
    this.#refusalReasons.inc({ reason });
  }

  reset(members: number): void {
    this.#resets.inc(members);
  }

  skipped(events: number): void {
    this.#skipped.inc(events);
  }

  closing(reason: CloseReason): void {
    const [name = 'unknown'] = Object.entries(CLOSE).find(([, { code }]) => code === reason.code) ?? [];
    this.#closes.inc({ reason: name });
  }

  reconnected(connection: 'commands' | 'pubsub'): void {
    this.#reconnects.inc({ connection });
  }

  writeLost(what: SoftWrite): void {
    this.#lostWrites.inc({ what });
  }

  registered(outcome: 'done' | 'refused'): void {
    this.#registrations.inc({ outcome });
  }

  streamOpened(): void {
    this.#streams.inc();
  }

  streamEnded(code: StreamCode | undefined): void {
    this.#streams.dec();
    this.#streamEnds.inc({ code: code ?? 0 });
  }

  streamRefused(code: StreamCode): void {
    this.#streamRefusals.inc({ code });
  }

  read(seconds: number): void {
    this.#reads.observe(seconds);
  }

  /** @param series that are there from the start, as 0: what a series begins with is no increase to Prometheus. */
  #counter<L extends string>(
    name: string,
    help: string,
    labelNames: L[] = [],
    series: readonly Record<L, string | number>[] = [],
  ): Counter<L> {
    const counter = new Counter({
      name: `agent_assist_${name}`,
      help,
      labelNames,
      registers: [this.registry],
    });
    for (const labels of series) counter.inc(labels, 0);
    return counter;
  }
}

/** Where a join starts: with the next event, at the beginning of the conversation, or at the position that a desktop had. */
const STARTS = ['live', 'beginning', 'place'] as const;

function startLabel(from: JoinFrom): (typeof STARTS)[number] {
  if (from === 'live') return 'live';
  return from.offset === START.offset ? 'beginning' : 'place';
}

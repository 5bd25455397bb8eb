// The report of one relay on one conversation. Relays send it to each other, so the one that receives it checks it. It holds
// names of agents, addresses of clients that were refused, times and positions. It never holds content or a token.
import * as v from 'valibot';

/** Milliseconds since 1970, by the clock of the relay that reports. */
const time = v.number();

const desktop = v.object({
  /** As in the audit log. */
  sub: v.string(),
  jti: v.string(),
  protocol: v.picklist(['native', 'socketio']),
  /** `joining`: it has asked, and is not let in yet. */
  state: v.picklist(['joining', 'joined']),
  /** When it was let in, or else when it asked, where that is known. */
  since: v.nullable(time),
  /** The last event that the relay has handed to its connection. */
  epoch: v.string(),
  offset: v.number(),
  /** The last event that it has certainly received, of clients whose receipts the relay keeps. */
  received: v.nullable(v.number()),
});

const visit = v.object({
  sub: v.string(),
  jti: v.string(),
  joinedAt: v.nullable(time),
  leftAt: v.nullable(time),
  /** Why it left, in the audit's words; '' while it has not. */
  outcome: v.string(),
});

const refusal = v.object({
  /** What was refused, as in the audit log, or `origin`, or `dialogflow` for a request that Dialogflow did not take. */
  refused: v.string(),
  outcome: v.string(),
  /** One of `REFUSAL_REASONS`; absent from a relay of an older build. */
  reason: v.optional(v.string()),
  /** '' where nobody knows who it was. */
  sub: v.string(),
  jti: v.string(),
  /** The address that the last one came from; '' where that is not known, absent like `reason`. */
  from: v.optional(v.string()),
  /** '' where it was about no conversation, or about one that the relay cannot tell. */
  conversation: v.string(),
  route: v.string(),
  count: v.number(),
  firstAt: time,
  lastAt: time,
});

export const relayReport = v.object({
  /** The relay's name, which it has until it ends. */
  relay: v.string(),
  at: time,
  startedAt: time,
  /** What the last look at Redis met; '' while Redis answers and takes writes. */
  redisFault: v.string(),
  /** Desktops that have joined the conversation or have asked to. */
  desktops: v.array(desktop),
  /** Those that are not in the list, because it is full. */
  desktopsLeftOff: v.number(),
  /** When it first handed an event to a desktop that was live. */
  delivered: v.array(v.object({ epoch: v.string(), offset: v.number(), at: time })),
  visits: v.array(visit),
  refusals: v.array(refusal),
});

export type RelayReport = v.InferOutput<typeof relayReport>;
export type DesktopReport = v.InferOutput<typeof desktop>;
export type VisitReport = v.InferOutput<typeof visit>;
export type RefusalReport = v.InferOutput<typeof refusal>;

import { ENDED_LISTED_MS } from '../../shared/conversation-index/conversation-index.ts';
import type { ShortName } from '../../shared/conversation-name.ts';
import type { Call } from './call-reader.ts';
import type { Sentiment } from './call-state.ts';
import type { ListedConversation } from './conversation-list.ts';

/** What may need a supervisor, in the order in which a call has it. */
export const FLAGS = [
  'LONG_CALL',
  'SILENCE',
  'FALLING_SENTIMENT',
  'HUMAN_INTERVENTION_NEEDED',
  'UNRECOVERABLE_ERROR',
] as const;

export type Flag = (typeof FLAGS)[number];

/** From when on a call has a flag, in seconds. */
export interface Thresholds {
  longCallSeconds: number;
  silenceSeconds: number;
}

/** A conversation as the list shows it. It holds no content. */
export interface CallSummary {
  /** With its location where an event has told it. */
  name: string;
  /** Times are RFC 3339 in UTC. */
  startTime: string;
  lastEventTime: string;
  stage?: 'VIRTUAL_AGENT' | 'HUMAN_ASSIST' | 'ENDED';
  /** How many desktops have joined it, over all relays. */
  desktops: number;
  /** The mean of the customer's newest messages. */
  sentiment?: Sentiment;
  flags: Flag[];
}

/** How many of the customer's newest messages make the sentiment that is shown. */
const NEWEST = 3;
/** By how much the newest messages are worse than those before them when the sentiment falls. */
const FALL = 0.3;
/** How many messages before the newest ones there have to be for that. */
const EARLIER_MIN = 2;

/**
 * @param now in milliseconds since 1970.
 * @returns undefined for a call that has ended too long ago to be listed.
 */
export function summarize(
  { conversation, startedAt, endedAt }: ListedConversation,
  call: Call,
  desktops: number,
  thresholds: Thresholds,
  now: number,
): CallSummary | undefined {
  const lastEventMs = call.lastEventAt === '' ? undefined : Date.parse(`${call.lastEventAt}Z`);
  // The index may not have noted the end, or have lost it.
  const ended = endedAt ?? (call.isFinished ? (lastEventMs ?? startedAt) : undefined);
  if (ended !== undefined && ended <= now - ENDED_LISTED_MS) return undefined;
  const stage = ended === undefined ? stageOf(call) : 'ENDED';
  const newest = call.sentiments.slice(-NEWEST);
  return {
    name: nameOf(conversation, call.location),
    startTime: new Date(startedAt).toISOString(),
    lastEventTime: new Date(lastEventMs ?? startedAt).toISOString(),
    ...(stage === undefined ? {} : { stage }),
    desktops,
    ...(newest.length === 0 ? {} : { sentiment: meanOf(newest) }),
    flags:
      ended === undefined ? flagsOf(call, { startedAt, lastEventMs }, thresholds, now) : endedFlags(call),
  };
}

function stageOf({ answeredBy, humanNeededAt }: Call): 'VIRTUAL_AGENT' | 'HUMAN_ASSIST' | undefined {
  if (humanNeededAt !== '' || answeredBy === 'HUMAN_AGENT') return 'HUMAN_ASSIST';
  return answeredBy === 'AUTOMATED_AGENT' ? 'VIRTUAL_AGENT' : undefined;
}

function flagsOf(
  call: Call,
  { startedAt, lastEventMs }: { startedAt: number; lastEventMs: number | undefined },
  { longCallSeconds, silenceSeconds }: Thresholds,
  now: number,
): Flag[] {
  const has: Readonly<Record<Flag, boolean>> = {
    LONG_CALL: now - startedAt >= longCallSeconds * 1000,
    SILENCE: lastEventMs !== undefined && now - lastEventMs >= silenceSeconds * 1000,
    FALLING_SENTIMENT: isFalling(call.sentiments),
    // Until a human agent has said something.
    HUMAN_INTERVENTION_NEEDED: call.humanNeededAt !== '' && call.humanAgentAt <= call.humanNeededAt,
    UNRECOVERABLE_ERROR: call.failedAt !== '',
  };
  return FLAGS.filter((flag) => has[flag]);
}

/** Nobody can do anything about the others any more. */
function endedFlags({ failedAt }: Call): Flag[] {
  return failedAt === '' ? [] : ['UNRECOVERABLE_ERROR'];
}

/** Whether the customer's newest messages are negative, and clearly worse than those before them. */
export function isFalling(sentiments: readonly Sentiment[]): boolean {
  const [earlier, newest] = [sentiments.slice(0, -NEWEST), sentiments.slice(-NEWEST)];
  if (earlier.length < EARLIER_MIN) return false;
  const score = meanOf(newest).score;
  return score < 0 && meanOf(earlier).score - score >= FALL;
}

function meanOf(sentiments: readonly Sentiment[]): Sentiment {
  const mean = (of: (sentiment: Sentiment) => number) =>
    Math.round((sentiments.reduce((sum, sentiment) => sum + of(sentiment), 0) / sentiments.length) * 100) /
    100;
  return { score: mean(({ score }) => score), magnitude: mean(({ magnitude }) => magnitude) };
}

function nameOf(conversation: ShortName, location: string | undefined): string {
  return location === undefined
    ? conversation
    : conversation.replace('/conversations/', `/locations/${location}/conversations/`);
}

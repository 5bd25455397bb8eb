import type { TraceReport } from '../../../relay/trace/create-trace.ts';
import type { LogReport } from '../../../relay/trace/log-report.ts';
import type { DesktopReport } from '../../../relay/trace/relay-report.ts';
import { CLOSE } from '../../../shared/close-codes.ts';
import { type Finding, fault, note, ok } from '../doctor/finding.ts';
import { remedyFor } from './trace-remedies.ts';
import { clock, plural, span } from './words.ts';

/** Delivery takes milliseconds. What is in the log for longer, in milliseconds, and not handed out, is late. */
const LATE_MS = 5_000;
/** A desktop over a WebSocket confirms within a second, and a relay writes that down every 2 s. In milliseconds. */
const UNCONFIRMED_MS = 10_000;

/** A refusal and the leave that follows from it come within this time, in milliseconds. */
const SAME_MS = 1_000;

const RELOAD = 'let the agent load the page again: the desktop continues where it was';
const SILENT =
  'the page is frozen, its machine sleeps, or its network is down: let the agent load the page again. The relay closes such a connection within 45 s';

/** Where the desktop that is looked for may be among those that were refused before anybody knew whose they are. */
export const SEE_REFUSALS = 'is one of the refusals below the desktop that you look for?';

/** What to do about a desktop that left, by the reason in the audit. */
const LEFT: Readonly<Record<string, string>> = {
  left: 'the desktop left by itself: let the agent open the call again',
  disconnected:
    'the connection has ended: is the page closed, or its network down? Let the agent load the page again',
  [CLOSE.silent.reason]: SILENT,
  [CLOSE.slow.reason]: `the network of the desktop is too slow, or its page is frozen: ${RELOAD}`,
  [CLOSE.expired.reason]: 'the desktop has to register again and connect with its new token',
  [CLOSE.draining.reason]: `the relay was replaced, and desktops connect again by themselves: ${RELOAD}`,
  [CLOSE.reset.reason]:
    `Redis has lost or trimmed the history, and the desktop connects again by itself: ${RELOAD}`,
  [CLOSE.malformed.reason]: 'the page sent frames that the relay does not know: update its client',
  [CLOSE.flooded.reason]: 'the page sent too many frames: look for one that sends in a loop',
  'the join failed': 'see the finding on Redis, and the log of the relay',
  [CLOSE.aged.reason]: `connections end once an hour, and desktops connect again by themselves: ${RELOAD}`,
};
const PUT_OUT =
  'the desktop lost its access: see the token, your authorizer and the revocations in the audit log';

/** Who has joined, and how far behind the log each desktop is. */
export function judgeDesktops(report: TraceReport, now: number): Finding[] {
  const { log, reports } = report;
  const desktops = reports.flatMap(({ relay, desktops: each }) =>
    each.map((desktop) => ({ ...desktop, relay })),
  );
  if (desktops.length === 0) return [nobody(report, now)];
  const found = desktops.flatMap((desktop) => judgeDesktop(desktop, log, now));
  const joined = desktops.filter(({ state }) => state === 'joined');
  const more = reports.reduce((sum, { desktopsLeftOff }) => sum + desktopsLeftOff, 0);
  const relays = new Set(joined.map(({ relay }) => relay)).size;
  const count = `${plural(joined.length + more, 'desktop')} on ${plural(relays, 'relay')}`;
  if (found.length === 0) found.push(ok('desktops', `${count}, at event ${log.top} of ${log.top}`));
  return found;
}

function nobody({ conversation, log, reports }: TraceReport, now: number): Finding {
  const say = log.isFinished ? note : fault;
  const refusals = reports.flatMap((each) => each.refusals);
  const [refused] = refusals
    .filter((each) => each.refused === 'join' && each.conversation === conversation)
    .toSorted((one, other) => other.lastAt - one.lastAt);
  const [left] = reports
    .flatMap(({ visits }) => visits)
    .filter(({ leftAt }) => leftAt !== null)
    .toSorted((one, other) => (other.leftAt ?? 0) - (one.leftAt ?? 0));
  // One that was let in after a refusal, and left, tells more than the refusal. A refusal that ends a join is told as that.
  if (refused !== undefined && refused.lastAt >= (left?.leftAt ?? 0) - SAME_MS)
    return say(
      'desktops',
      `nobody is joined: agent ${refused.sub} was refused ${span(now - refused.lastAt)} ago`,
      remedyFor(refused),
    );
  if (left !== undefined)
    return say(
      'desktops',
      `nobody is joined: agent ${left.sub} left ${span(now - (left.leftAt ?? now))} ago (${left.outcome})`,
      LEFT[left.outcome] ?? PUT_OUT,
    );
  const unclear = refusals.some((each) => each.conversation === '');
  return say(
    'desktops',
    'nobody is joined: no desktop has asked for the conversation in the last hour',
    unclear ? SEE_REFUSALS : "does the desktop use this service's address and this conversation's name?",
  );
}

function judgeDesktop(desktop: DesktopReport & { relay: string }, log: LogReport, now: number): Finding[] {
  const { sub, protocol, state, since, epoch, offset, received } = desktop;
  const who = `the desktop of ${sub} (${protocol}, relay ${desktop.relay.slice(0, 8)})`;
  if (state === 'joining') {
    const waits = since === null ? LATE_MS : now - since;
    return waits < LATE_MS
      ? []
      : [
          fault(
            'desktops',
            `${who} has asked for the conversation and has waited ${span(waits)}`,
            'Redis or your authorizer does not answer: npm run doctor, and the log of the authorizer',
          ),
        ];
  }
  const isElsewhere = epoch !== '' && epoch !== log.epoch;
  if (isElsewhere && log.epoch !== '')
    return [
      fault(
        'desktops',
        `${who} is in a history that Redis has lost`,
        `the relay notices within 30 s; else ${RELOAD}`,
      ),
    ];
  const behindSince = appendedAfter(log, offset);
  if (behindSince !== undefined && now - behindSince > LATE_MS)
    return [
      fault(
        'desktops',
        `the log has ${plural(log.top, 'event')}, ${who} is at ${offset} since ${clock(behindSince)}`,
        `it reads slowly, or its relay lost Redis pub/sub and reads the log within 30 s; else ${RELOAD}`,
      ),
    ];
  const unconfirmedSince = received === null ? undefined : appendedAfter(log, received);
  if (unconfirmedSince !== undefined && now - unconfirmedSince > UNCONFIRMED_MS)
    return [
      note(
        'desktops',
        `${who} does not answer: it was sent event ${offset} and has confirmed ${received} since ${clock(unconfirmedSince)}`,
        `${SILENT}. Over long polling a confirmation takes a minute`,
      ),
    ];
  return [];
}

/** When the event behind this offset was appended; undefined where there is none, or its time is unknown. */
function appendedAfter({ events, top }: LogReport, offset: number): number | undefined {
  if (offset >= top) return undefined;
  const at = Date.parse(events.find((event) => event.offset > offset)?.appendedAt ?? '');
  return Number.isNaN(at) ? undefined : at;
}

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TraceReport } from '../../../../relay/trace/create-trace.ts';
import type { DeadLetters } from '../../../../scripts/operate/trace/dead-letters.ts';
import { judge } from '../../../../scripts/operate/trace/verdict.ts';
import { desktop, event, logOf, NAME, NOW, OTHER, refusal, relayOf, timeAgo } from './reports.ts';

interface Given extends Partial<TraceReport> {
  letters?: DeadLetters;
}

/** The findings as `state check: detail -> remedy`, without those that are fine. */
function verdict({ letters, ...given }: Given): string[] {
  const report: TraceReport = {
    conversation: NAME,
    log: logOf([event(1)]),
    reports: [relayOf({ desktops: [desktop(1)] })],
    missing: 0,
    isHeard: true,
    ...given,
  };
  return judge(report, letters)
    .filter(({ state }) => state !== 'ok')
    .map(({ state, check, detail, remedy }) => `${state} ${check}: ${detail} -> ${remedy}`);
}

const CASES: [name: string, given: Given, expected: RegExp[]][] = [
  ['a desktop at the top of the log needs nothing', {}, []],
  [
    'an empty log asks for the name, the profile and the doctor',
    { log: logOf([]), reports: [relayOf({ desktops: [desktop(0, { epoch: '' })] })] },
    [/^fault events: no event has ever arrived.*-> is the name right.*npm run doctor/],
  ],
  [
    'four minutes without an event are a note',
    { log: logOf([event(1, 240)]) },
    [/^note events: no event has arrived for 4 minutes: .* -> if the call continues: npm run doctor/],
  ],
  [
    'an open interim transcript counts as an arrival',
    { log: logOf([event(1, 240)], { openUtterances: [timeAgo(3)] }) },
    [],
  ],
  ['a finished conversation may be silent', { log: logOf([event(1, 900)], { isFinished: true }) }, []],
  [
    'a hole in the log is a fault with its range',
    {
      log: logOf([event(1), event(4, 1, { followsPrevious: false })]),
      reports: [relayOf({ desktops: [desktop(4)] })],
    },
    [/^fault log: events 2 to 3 are missing in the log -> Redis has lost data/],
  ],
  [
    'an event of another history is a fault',
    {
      log: logOf([event(1), event(2, 1, { followsPrevious: false })]),
      reports: [relayOf({ desktops: [desktop(2)] })],
    },
    [/^fault log: event 2 does not follow the event before it/],
  ],
  [
    'a hole among events that are not listed is counted',
    {
      log: logOf([event(8)], { first: 1, retained: 5 }),
      reports: [relayOf({ desktops: [desktop(8)] })],
    },
    [/^fault log: 3 older events missing in the log/],
  ],
  [
    'a log that HISTORY_SIZE has cut is a note',
    { log: logOf([event(8)]), reports: [relayOf({ desktops: [desktop(8)] })] },
    [/^note log: events 1 to 7 are not retained any more.*HISTORY_SIZE/],
  ],
  [
    'a desktop behind the log is a fault with the time since when',
    {
      log: logOf([event(1, 90), event(2, 70), event(3, 5)]),
      reports: [relayOf({ desktops: [desktop(1)] })],
    },
    [
      /^fault desktops: the log has 3 events, the desktop of okta:ann \(native, relay 0a1b2c3d\) is at 1 since 10:43:50\.000Z/,
    ],
  ],
  ['a desktop that is behind for a second is not late', { log: logOf([event(1, 9), event(2, 1)]) }, []],
  [
    'a desktop in a history that is gone is a fault',
    { reports: [relayOf({ desktops: [desktop(1, { epoch: 'former' })] })] },
    [/^fault desktops: .* is in a history that Redis has lost/],
  ],
  [
    'a desktop that confirms nothing for a minute is a note',
    {
      log: logOf([event(1, 90), event(2, 70)]),
      reports: [relayOf({ desktops: [desktop(2, { protocol: 'socketio', received: 1 })] })],
    },
    [/^note desktops: .* was sent event 2 and has confirmed 1 since 10:43:50/],
  ],
  [
    'a desktop that waits to be let in is a fault',
    { reports: [relayOf({ desktops: [desktop(0, { state: 'joining', epoch: '', since: NOW - 20_000 })] })] },
    [/^fault desktops: .* has asked for the conversation and has waited 20 s/],
  ],
  [
    'nobody joined and nobody refused asks for address and name',
    { reports: [relayOf()] },
    [/^fault desktops: nobody is joined: no desktop has asked .* this service's address/],
  ],
  [
    'nobody joined in a finished conversation is a note',
    { log: logOf([event(1, 900)], { isFinished: true }), reports: [relayOf()] },
    [/^note desktops: nobody is joined/],
  ],
  [
    'a refused join says who, how often and what to do',
    {
      reports: [
        relayOf({ refusals: [refusal({ count: 2 })] }),
        relayOf({ relay: OTHER, refusals: [refusal({})] }),
      ],
    },
    [
      /^fault desktops: nobody is joined: agent okta:bob was refused 10 s ago/,
      /^fault refusals: join was refused to agent okta:bob \(3 times, the last 10 s ago\): .* -> .*authorizer/,
    ],
  ],
  [
    'a refusal of an agent that has joined since is a note',
    { reports: [relayOf({ desktops: [desktop(1)], refusals: [refusal({ sub: 'okta:ann' })] })] },
    [/^note refusals: join was refused to agent okta:ann/],
  ],
  [
    'the last desktop that left is named with the reason',
    {
      reports: [
        relayOf({
          visits: [
            { sub: 'okta:cem', jti: 'j', joinedAt: null, leftAt: NOW - 240_000, outcome: 'disconnected' },
            { sub: 'okta:dan', jti: 'j', joinedAt: null, leftAt: NOW - 900_000, outcome: 'left' },
          ],
        }),
      ],
    },
    [
      /^fault desktops: nobody is joined: agent okta:cem left 4 minutes ago \(disconnected\) -> .*load the page again/,
    ],
  ],
  [
    'a refused origin is shown where nobody is joined',
    {
      reports: [
        relayOf({
          refusals: [
            refusal({
              refused: 'origin',
              outcome: 'CORS_ALLOWED_ORIGINS does not list https://desk.example',
              sub: '',
              conversation: '',
            }),
          ],
        }),
      ],
    },
    [
      /^fault desktops: nobody is joined.* -> is one of the refusals below/,
      /^note refusals: origin was refused to somebody unknown.*https:\/\/desk\.example -> add the origin/,
    ],
  ],
  [
    'refusals of somebody unknown are no matter where a desktop is joined',
    {
      reports: [
        relayOf({
          desktops: [desktop(1)],
          refusals: [refusal({ refused: 'connect', sub: '', conversation: '' })],
        }),
      ],
    },
    [],
  ],
  [
    'relays that do not answer are a fault',
    { missing: 2 },
    [/^fault relays: 2 relays did not answer in time/],
  ],
  [
    'a relay that hears nothing is a fault',
    { isHeard: false },
    [/^fault relays: this relay hears nothing over Redis pub\/sub/],
  ],
  [
    'a presence of a relay that is gone is a note',
    { log: logOf([event(1)], { presence: OTHER }) },
    [/^note relays: a relay had a desktop in the conversation/],
  ],
  [
    'a full Redis is a fault with its remedy',
    { reports: [relayOf({ desktops: [desktop(1)], redisFault: 'full' })] },
    [/^fault Redis: .*full -> a larger REDIS_SIZE_GB/],
  ],
  [
    'an event that a function took late is a note with the lag',
    { log: logOf([event(1, 1, { publishedAt: timeAgo(41) })]) },
    [
      /^note lag: 1 event came late to the log; event 1 40 s after its publication -> look at the logs of the functions/,
    ],
  ],
  [
    'an event that was taken before it was published shows a wrong clock',
    { log: logOf([event(1, 1, { publishedAt: timeAgo(-59) })]) },
    [/^note clocks: event 1 was taken 60 s before its publication: two clocks differ/],
  ],
  [
    'an event that left a relay late is a note',
    {
      log: logOf([event(1, 60)]),
      reports: [
        relayOf({ desktops: [desktop(1)], delivered: [{ epoch: 'life', offset: 1, at: NOW - 30_000 }] }),
      ],
    },
    [/^note lag: 1 event left a relay more than 10 s after it was in the log/],
  ],
  [
    'dead letters are a fault with the command that lists them',
    { letters: { state: 'seen', count: 2, faults: ['protobuf'], isCut: false } },
    [
      /^fault dead letters: 2 events could not be delivered; a function drops them: protobuf -> npm run replay-dead-letters -- list --conversation projects\/demo-project\/conversations\/c$/,
    ],
  ],
  [
    'dead letters that cannot be looked at are a note with the reason',
    { letters: { state: 'skipped', reason: 'gcloud is not installed' } },
    [/^note dead letters: not looked at: gcloud is not installed/],
  ],
];

for (const [name, given, expected] of CASES) {
  test(name, () => {
    const found = verdict(given);
    assert.is(found.length, expected.length, found.join('\n'));
    for (const [index, pattern] of expected.entries()) assert.match(found[index] ?? '', pattern);
  });
}

test.run();

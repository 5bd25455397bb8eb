// The limits in docs/operations.md are those of the relay.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LIMITS } from '../../relay/limits.ts';
import type { BucketRate } from '../../relay/rate-limits/token-bucket.ts';
import { readDoc, rowsUnder } from './markdown.ts';

const aMinute = (count: number) => `${count} a minute`;
const inMiB = (bytes: number) => `${bytes / 2 ** 20} MiB`;
const inARow = ({ burst, perSecond }: BucketRate) => `${burst} at once, then ${perSecond} a second`;

test('every limit on agents, addresses and connections is documented with its value', () => {
  const documented = rowsUnder(readDoc('docs/operations.md'), 'limit').map(([limit, value]) => [
    limit,
    value,
  ]);
  assert.equal(documented, [
    ['registrations of one agent', aMinute(LIMITS.rateLimits.registrationsPerMinute)],
    ['calls of one agent to Dialogflow', aMinute(LIMITS.rateLimits.callsPerMinute)],
    ['calls of one agent to Dialogflow that are under way', String(LIMITS.rateLimits.callsUnderWayMax)],
    ['connections to Dialogflow, of one relay', String(LIMITS.rateLimits.dialogflowConnectionsMax)],
    ['bodies of calls to Dialogflow in memory, of one relay', inMiB(LIMITS.rateLimits.callBodiesMaxBytes)],
    ['open streams, of one relay', String(LIMITS.streams.openStreamsMax)],
    ['messages on streams that wait, of one relay', inMiB(LIMITS.streams.sendsWaitingMaxBytes)],
    ['lookups of integration keys by one agent', aMinute(LIMITS.rateLimits.keyLookupsPerMinute)],
    ['integration keys that one agent stores or deletes', aMinute(LIMITS.rateLimits.keyWritesPerMinute)],
    ['integration keys that one agent stores', `${LIMITS.rateLimits.keysStoredPerDay} a day`],
    ['pages of the list of calls that one agent reads', aMinute(LIMITS.rateLimits.listsPerMinute)],
    ['`analyzeContent` of all agents together', 'ANALYZE_CONTENT_PER_MINUTE'],
    ['refused attempts of one address', aMinute(LIMITS.rateLimits.refusalsPerMinute)],
    ['joins of one connection', inARow(LIMITS.session.joinRate)],
    ['frames of one connection', inARow(LIMITS.session.frameRate)],
    ['conversations that one connection has joined', String(LIMITS.session.joinedMax)],
    ['connections without a token, of one relay', String(LIMITS.http.pendingConnectionsMax)],
  ]);
});

test('the limits on agents and applications are documented with their values', () => {
  const { agent, application, renewalRate } = LIMITS.rateLimits;
  const { joinRate, joinedMax, frameRate } = LIMITS.session;
  const documented = rowsUnder(readDoc('docs/security.md'), 'with a token').map((row) => row.slice(0, 4));
  for (const row of [
    ['open connections', '', String(agent.connectionsMax), String(application.connectionsMax)],
    ['join conversations', ...[joinRate, agent.joinRate, application.joinRate].map(inARow)],
    ['have joined conversations', String(joinedMax), '', ''],
    ['renew a token', ...[renewalRate, agent.renewalRate, application.renewalRate].map(inARow)],
    ['send messages', ...[frameRate, agent.messageRate, application.messageRate].map(inARow)],
  ]) {
    assert.equal(
      documented.find(([what]) => what === row[0]),
      row,
    );
  }
});

test('an expired token keeps as many conversations as two connections may join', () => {
  assert.is(LIMITS.access.resumableMax, 2 * LIMITS.session.joinedMax);
});

test.run();

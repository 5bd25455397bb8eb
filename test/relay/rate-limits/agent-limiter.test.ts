import { mock } from 'node:test';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { AgentLimiter, type ConnectionAllowance } from '../../../relay/rate-limits/agent-limiter.ts';

const LIMITS = {
  agent: {
    connectionsMax: 2,
    joinRate: { burst: 3, perSecond: 1 },
    renewalRate: { burst: 3, perSecond: 1 },
    messageRate: { burst: 3, perSecond: 1 },
  },
  application: {
    connectionsMax: 4,
    joinRate: { burst: 6, perSecond: 1 },
    renewalRate: { burst: 6, perSecond: 1 },
    messageRate: { burst: 6, perSecond: 1 },
  },
  renewalRate: { burst: 2, perSecond: 0.01 },
  idleAgentsMax: 10,
  idleAgentMs: 60_000,
};

let limiter: AgentLimiter;
let lastToken = 0;

test.before.each(() => {
  mock.timers.enable({ apis: ['Date'], now: 0 });
  limiter = new AgentLimiter({
    limits: LIMITS,
    joinRate: { burst: 2, perSecond: 0.01 },
  });
});
test.after.each(() => mock.timers.reset());

const connect = (subject = 'test:agent', tokenId = `jti-${++lastToken}`) =>
  limiter.connect({ subject, tokenId });

function connected(subject?: string, tokenId?: string) {
  const allowance = connect(subject, tokenId);
  if (allowance === undefined) throw new Error('the connection was refused');
  return allowance;
}

/** How many of ten are allowed. */
const countOf = (allowance: ConnectionAllowance, what: 'takeJoin' | 'takeRenewal' | 'takeMessage') =>
  Array.from({ length: 10 }, () => allowance[what]()).filter(Boolean).length;

test('a connection too many of one agent is refused, whatever its token', () => {
  connected();
  connected();
  assert.is(connect(), undefined);
  assert.ok(connect('test:other'));
});

test('a connection that has ended makes room once', () => {
  const first = connected();
  connected();
  first.release();
  first.release();
  assert.ok(connect());
  assert.is(connect(), undefined);
});

for (const subject of ['twilio-app:AC1', 'skip:anonymous', '']) {
  test(`tokens of "${subject}" count each for itself, as an application's`, () => {
    for (let count = 0; count < 4; count++) connected(subject, 'one');
    assert.is(connect(subject, 'one'), undefined);
    assert.ok(connect(subject, 'two'));
  });
}

test('a token of a provider that names no user counts for itself, as an agent', () => {
  const subject = 'twilio:example.twil.io';
  connected(subject, 'one');
  connected(subject, 'one');
  assert.is(connect(subject, 'one'), undefined);
  assert.ok(connect(subject, 'two'));
});

for (const what of ['takeJoin', 'takeRenewal'] as const) {
  test(`${what} has a limit for the connection and one for the agent`, () => {
    const take = (subject?: string) => countOf(connected(subject), what);
    assert.equal([take(), take(), take('test:other')], [2, 1, 2]);
  });
}

test('messages of all connections of an agent count together', () => {
  assert.is(countOf(connected(), 'takeMessage'), 3);
  assert.is(countOf(connected(), 'takeMessage'), 0);
});

test('an agent that connects again within a minute may not join more', () => {
  const first = connected();
  countOf(first, 'takeJoin');
  first.release();
  assert.is(countOf(connected(), 'takeJoin'), 1);
});

test.run();

// Access as the settings have it, with the times that a relay has by default.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createAccess } from '../../../relay/access/create-access.ts';
import { ACCESS_LIMITS } from '../../../relay/access/limits.ts';
import { accessSettings } from '../../../relay/access/settings.ts';
import { readConfig } from '../../../shared/config.ts';
import type { ShortName } from '../../../shared/conversation-name.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { AuthorizerServer, type Reply, SILENCE } from './authorizer-server.ts';

const AGENT = { tokenId: 't', subject: 'oidc:issuer:ann', issuedAt: 0 };
const UNKNOWN = 'access cannot be checked right now: try again';
/** Of a busy machine, in milliseconds: without the limit there would never be an answer. */
const TOLERANCE_MS = 28_000;

/** An allow of which a little comes all the time, and the end never. */
const DRIP: Reply = async (response) => {
  response.writeHead(200, { 'content-type': 'application/json' }).write('{"decision":"allow","why":"');
  while (response.writable && !response.destroyed) {
    response.write('x');
    await sleep(50);
  }
};

const fixture = new Fixture(test);
const server = await fixture.keep(new AuthorizerServer()).start();

function opened(env: Record<string, string> = {}) {
  const config = readConfig(accessSettings, { AUTHORIZER_URL: server.url, ...env });
  const access = createAccess(config, ACCESS_LIMITS, {
    project: { id: 'demo-project' },
    logger: quietLogger,
    revocations: undefined,
  });
  return fixture.keep(access);
}

/** What becomes of a join, and after how many milliseconds. */
async function join({ access }: ReturnType<typeof opened>, conversation: ShortName) {
  const startedAt = performance.now();
  const outcome = await access.require(AGENT, 'join', conversation).then(
    () => 'done',
    (error: Error) => error.message,
  );
  return { outcome, ms: performance.now() - startedAt };
}

test('an answer that takes over two seconds is a no, or a yes if that is set', async () => {
  const [strict, lenient] = [opened(), opened({ AUTHORIZER_ON_FAILURE: 'allow' })];
  const [silent, dripping] = [uniqueConversation(), uniqueConversation()];
  server.replies.set(silent, SILENCE).set(dripping, DRIP);
  const tries = await Promise.all([
    join(strict, silent),
    join(strict, dripping),
    join(lenient, silent),
    join(lenient, dripping),
  ]);
  assert.equal(
    tries.map(({ outcome }) => outcome),
    [UNKNOWN, UNKNOWN, 'done', 'done'],
  );
  const { authorizerTimeoutMs } = ACCESS_LIMITS;
  assert.is(authorizerTimeoutMs, 2_000, 'as docs/access.md says');
  for (const { ms } of tries)
    assert.ok(ms > authorizerTimeoutMs - 50 && ms < authorizerTimeoutMs + TOLERANCE_MS, `${ms}`);
});

test('its answer is used again', () =>
  undisturbed(async () => {
    const relay = opened();
    const conversation = uniqueConversation();
    for (let count = 0; count < 3; count++) assert.is((await join(relay, conversation)).outcome, 'done');
    assert.is(server.actions(conversation).length, 1);
    const { until = 0 } = await relay.access.require(AGENT, 'join', conversation);
    assert.ok(
      until > Date.now() + 50_000 && until <= Date.now() + 60_000,
      'for a minute, as docs/access.md says',
    );
  }));

test.run();

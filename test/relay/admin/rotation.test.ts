// The administrators' token is changed while relays run: nobody has to wait, and the old one ends.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { IDENTITY_LIMITS } from '../../../relay/identity/limits.ts';
import { watchKeys } from '../../../relay/identity/rotation/key-ring.ts';
import type { KeySource } from '../../../relay/identity/rotation/key-source.ts';
import { signingKey } from '../../../relay/identity/signing-key.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';
import { relayFixture } from '../../helpers/relay-fixture.ts';
import { asAdmin } from './admin-requests.ts';
import '../../helpers/patient-redis.ts';

const POLL_MS = 30_000;
const [OLD, NEW] = ['the old token of the administrators', 'the new token of the administrators'];

let held = OLD;
let reads = 0;
let clock = 0;
const source: KeySource = {
  read: async () => {
    reads++;
    return [signingKey(held)];
  },
};
const keys = await watchKeys({
  source,
  graceMs: 0,
  what: 'admin token',
  logger: quietLogger,
  limits: { ...IDENTITY_LIMITS, keyPollMs: POLL_MS },
  now: () => clock,
});

const fixture = relayFixture(test, { adminToken: keys });
fixture.keep(keys);

const statusOf = async (token: string) =>
  (await asAdmin(fixture.relay, 'revoke', { jti: 'x' }, `Bearer ${token}`)).status;

test('a new token is valid at its first use, and the old one for two more polls', async () => {
  assert.equal([await statusOf(OLD), await statusOf(NEW)], [200, 401]);
  held = NEW;
  clock += IDENTITY_LIMITS.unknownKeyReadEveryMs;
  assert.equal([await statusOf(NEW), await statusOf(OLD)], [200, 200]);
  clock += 2 * POLL_MS;
  await keys.check();
  assert.equal([await statusOf(NEW), await statusOf(OLD)], [200, 401]);
});

test('tried tokens do not make the relay read its secret each time', async () => {
  clock += IDENTITY_LIMITS.unknownKeyReadEveryMs;
  const before = reads;
  for (let index = 0; index < 5; index++) assert.is(await statusOf(`a token that is none ${index}`), 401);
  assert.is(reads, before + 1);
});

test.run();

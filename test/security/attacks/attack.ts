// One attack over many connections, with good desktops beside it, and the same without the attack.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { assertWithstood, countOf, startAttackers, startRelay } from './attacked-relay.ts';
import { watchDesktops } from './good-desktops.ts';

/** How long the attack runs before the good desktops are watched, in milliseconds: until all have connected. */
const ATTACK_LEAD_MS = process.env.TEST_LONG ? 15_000 : 2_000;
const STRANGERS = fileURLToPath(new URL('./strangers.ts', import.meta.url));
const AGENTS = fileURLToPath(new URL('./agents.ts', import.meta.url));

const fixture = redisFixture(test);

/** Registers the test of an attack by one agent, who has a token: `name` is of `ATTACKS` in `agents.ts`. */
export function withstandsAgent(name: string, connections: number): void {
  withstands(name, connections, AGENTS);
}

/**
 * Registers the test of an attack by strangers.
 *
 * @param name of `ATTACKS`.
 */
export function withstands(name: string, connections: number, program = STRANGERS): void {
  const count = countOf(connections);
  test(`${count} connections with ${name} keep no good desktop out`, async () => {
    const adminToken = join(fixture.directory(), 'admin-token');
    writeFileSync(adminToken, 'an admin token for tests, of more than 32 bytes');
    const relay = await startRelay(fixture, { ADMIN_TOKEN_PATH: adminToken });
    const control = await watchDesktops(fixture, relay);
    const attackers = startAttackers(fixture, program, [name, String(relay.port), String(count)]);
    await sleep(ATTACK_LEAD_MS);
    const attacked = await watchDesktops(fixture, relay);
    assert.is(attackers.exitCode, null, 'the attackers are still there');
    attackers.kill('SIGKILL');
    assertWithstood(name, control, attacked);
  });
}

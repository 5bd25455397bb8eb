// Strangers who guess the admin token, against a relay in a process of its own.
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RATE_LIMITS } from '../../../relay/rate-limits/limits.ts';
import { LINES_MAX } from '../../../relay/refusals/refusals.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { buildRelay } from '../../helpers/relay-program.ts';
import { until } from '../../helpers/until.ts';

/** How often the administrator calls while others guess. */
const CALLS = process.env.TEST_LONG ? 1_000 : 20;
const GUESSERS = process.env.TEST_LONG ? 50 : 10;
const ADMIN_TOKEN = randomBytes(48).toString('base64');

const fixture = redisFixture(test);

test('guesses of the admin token get 429 and short logs, the right one passes', async () => {
  const tokenFile = join(fixture.directory(), 'admin-token');
  writeFileSync(tokenFile, ADMIN_TOKEN);
  const program = await buildRelay(fixture);
  const env = { ...fixture.server.env, AUTH_OPTION: 'Skip', ADMIN_TOKEN_PATH: tokenFile };
  const { url, output } = await program.start(env);
  const revoke = (token: string, sub: string) =>
    fetch(`${url}/admin/revoke`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ sub }),
    });

  const answers = new Map<number, number>();
  const guesses: string[] = [];
  const startedAt = Date.now();
  let isOver = false;
  async function guess(): Promise<void> {
    while (!isOver) {
      const token = randomBytes(48).toString('base64');
      guesses.push(token);
      const response = await revoke(token, 'test:victim');
      await response.arrayBuffer();
      answers.set(response.status, (answers.get(response.status) ?? 0) + 1);
      if (response.status !== 429) continue;
      const retryAfter = Number(response.headers.get('retry-after'));
      assert.ok(retryAfter > 0 && retryAfter <= 60, `${retryAfter}`);
    }
  }
  const guessing = Promise.all(Array.from({ length: GUESSERS }, guess));

  await until(() => (answers.get(429) ?? 0) > 100);
  for (let call = 0; call < CALLS; call++) assert.is((await revoke(ADMIN_TOKEN, 'test:other')).status, 200);

  const response = await fetch(`${url}/register`, { method: 'POST' });
  assert.is(response.status, 200, 'an agent of the same address may register');
  const { token } = (await response.json()) as { token: string };
  const desktop = await fixture.keep(new TestDesktop(url, token)).connected();
  assert.is((await desktop.join(uniqueConversation()))[0], true);

  isOver = true;
  await guessing;
  const figures = JSON.stringify([...answers]);
  console.log(`\n# answers to guesses: ${figures}`);
  assert.equal([...answers.keys()].sort(), [401, 429], figures);
  const minutes = Math.ceil((Date.now() - startedAt) / 60_000) + 1;
  assert.ok((answers.get(401) ?? 0) <= RATE_LIMITS.adminRefusalsPerMinute * minutes, figures);
  const lines = output().split('\n');
  const audited = lines.filter((line) => line.includes('"audit":"refuse"')).length;
  assert.is(audited, answers.get(401));
  const noted = lines.filter((line) => line.includes('"message":"refused"')).length;
  // Of wrong tokens, and of those over the limit.
  assert.ok(noted >= 2 && noted <= 2 * LINES_MAX * minutes, `${noted} lines`);
  for (const secret of [ADMIN_TOKEN, ...guesses.slice(0, 500)]) assert.not.ok(output().includes(secret));
});

test.run();

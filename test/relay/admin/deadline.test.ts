// Whatever is revoked is out within two seconds, on every relay: with whole relays, in processes of their own.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CLOSE } from '../../../shared/close-codes.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import { NativeDesktop } from '../../helpers/native-desktop.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { buildRelay, type RelayProcess, type RelayProgram } from '../../helpers/relay-program.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';
import { ADMIN_TOKEN, asAdmin, idOf, statusWith } from './admin-requests.ts';

const DEADLINE_MS = 2_000;

const fixture = redisFixture(test);
const tokenFile = join(fixture.directory(), 'token');
let program: RelayProgram;
let relays: RelayProcess[];

test.before(async () => {
  program = await buildRelay(fixture);
  writeFileSync(tokenFile, `${ADMIN_TOKEN}\n`);
  const env = { ...fixture.server.env, AUTH_OPTION: 'Skip', ADMIN_TOKEN_PATH: tokenFile };
  relays = await Promise.all([program.start(env), program.start(env)]);
});

async function register(relay: RelayProcess): Promise<string> {
  const { token } = (await (await fetch(`${relay.url}/register`, { method: 'POST' })).json()) as {
    token: string;
  };
  return token;
}

/** What happens to the relays in the moment of the revocation. */
const TROUBLES: Record<string, () => Promise<unknown>> = {
  'in quiet times': async () => {},
  'while their pub/sub connections are being made again': () =>
    fixture.redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub'),
  'while all their connections to Redis are being made again': () =>
    fixture.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'),
};

for (const [when, trouble] of Object.entries(TROUBLES)) {
  test(`revoked ${when}: closed in 2 s`, () =>
    undisturbed(async () => {
      const [first] = relays;
      assert.ok(first);
      const token = await register(first);
      const conversation = uniqueConversation();
      const natives = await Promise.all(
        relays.map(async ({ url }) => {
          const desktop = fixture.keep(new NativeDesktop(url));
          await desktop.ready(token);
          await desktop.join(conversation);
          return desktop;
        }),
      );
      const socketIos = await Promise.all(
        relays.map(({ url }) => fixture.keep(new TestDesktop(url, token)).connected()),
      );
      await Promise.all(socketIos.map((desktop) => desktop.join(conversation)));

      const startedAt = performance.now();
      const gone = Promise.all([
        ...natives.map(async (desktop) => assert.is((await desktop.closed)[0], CLOSE.revoked.code)),
        ...socketIos.map(
          ({ socket }) => new Promise<void>((resolve) => socket.once('disconnect', () => resolve())),
        ),
      ]);
      const [answer] = await Promise.all([asAdmin(first, 'revoke', { jti: idOf(token) }), trouble()]);
      assert.is(answer.status, 200);
      await gone;
      const ms = performance.now() - startedAt;
      assert.ok(ms < DEADLINE_MS, `${Math.round(ms)} ms`);
      for (const relay of relays) assert.is(await statusWith(relay, token), 401);
    }));
}

test('a running relay takes a new admin token from its file, and keeps the old briefly', async () => {
  const [relay] = relays;
  assert.ok(relay);
  const next = 'the next token of the administrators, for tests only';
  const statusOf = async (token: string) =>
    (await asAdmin(relay, 'revoke', { jti: 'x' }, `Bearer ${token}`)).status;
  writeFileSync(tokenFile, next);
  assert.equal([await statusOf(next), await statusOf(ADMIN_TOKEN)], [200, 200]);
});

test('a relay does not start with an admin token that is easy to guess, and says why', async () => {
  writeFileSync(`${tokenFile}-short`, 'secret');
  const { code, output } = await program.run({
    ...fixture.server.env,
    ADMIN_TOKEN_PATH: `${tokenFile}-short`,
  });
  assert.is(code, 1);
  assert.match(output, 'the file that ADMIN_TOKEN_PATH names holds a key that is shorter than 32 bytes');
  assert.not.match(output, 'secret');
});

test('a relay does not start without the admin token that is configured', async () => {
  const { code, output } = await program.run({
    ...fixture.server.env,
    ADMIN_TOKEN_PATH: `${tokenFile}-none`,
  });
  assert.is(code, 1);
  assert.match(output, 'ADMIN_TOKEN_PATH names a file that cannot be read (ENOENT)');
});

test.run();

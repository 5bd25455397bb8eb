// What an operator reads in the log of a relay while Redis is away.
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import { TestDesktop } from '../../helpers/desktop.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { redisFixture } from '../../helpers/redis-fixture.ts';
import { assertPlainWords } from '../../helpers/redis-wording.ts';
import { buildRelay, type RelayProgram } from '../../helpers/relay-program.ts';
import { until } from '../../helpers/until.ts';

const SIGNING_KEY = 'a signing key for tests, of more than 32 bytes';
/** Long enough for each limit on a command, a connection and a trial to pass, in milliseconds. */
const OUTAGE_MS = 6_000;

const fixture = redisFixture(test, { server: false });
let program: RelayProgram;
test.before(async () => {
  program = await buildRelay(fixture, SIGNING_KEY);
});

const OUTAGES = [
  ['hangs', 'SIGSTOP', 'does not answer'],
  ['is gone', 'SIGKILL', 'refuses connections'],
] as const;

for (const [what, signal, fault] of OUTAGES) {
  test(`while Redis ${what} the log says so, with its address, in plain words`, async () => {
    const server = await fixture.startRedis();
    const relay = await program.start({ ...server.env, AUTH_OPTION: 'Skip' });
    const { token } = (await (await fetch(`${relay.url}/register`, { method: 'POST' })).json()) as {
      token: string;
    };
    const desktop = await fixture.keep(new TestDesktop(relay.url, token)).connected();
    await desktop.join(uniqueConversation());
    server.process.kill(signal);
    void desktop.join(uniqueConversation());
    void fetch(`${relay.url}/conversation-name`, {
      method: 'POST',
      headers: { authorization: token, 'content-type': 'application/json' },
      body: JSON.stringify({
        conversationIntegrationKey: '+15550100',
        conversationName: uniqueConversation(),
      }),
    }).catch(() => {});
    await sleep(OUTAGE_MS);
    server.process.kill('SIGCONT');
    const line = `Redis at 127.0.0.1:${server.port} ${fault} (trying again)`;
    await until(() => relay.output().includes(line));
    await until(() => relay.output().includes('Redis does not answer'));
    assertPlainWords(relay.output());
  });
}

test.run();

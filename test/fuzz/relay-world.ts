// A whole relay in this process, with a Redis and something that stands in for Dialogflow, and what must hold after every
// case: nothing failed, nothing secret was logged, and a desktop that was there all the time is served as before.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as assert from 'uvu/assert';
import type { ShortName } from '../../shared/conversation-name.ts';
import { createRedis, type Redis } from '../../shared/redis.ts';
import { createEventLog, type EventLog } from '../../shared/stream/event-log.ts';
import { TestDesktop } from '../helpers/desktop.ts';
import { makeEvent } from '../helpers/events.ts';
import { startTestRedis, TEST_PROJECT, uniqueConversation } from '../helpers/redis.ts';
import { startTestRelay, type TestRelay } from '../helpers/relay.ts';
import { fixedToken } from '../relay/admin/world.ts';
import { NativeDesktop } from '../relay/sockets/native-desktop.ts';
import { throwStrays } from './fuzz.ts';

export const ADMIN_TOKEN = 'admin-sekret-of-more-than-thirty-two-bytes';
/** Stands in requests where a secret would. */
export const SEKRET = 'sekret-that-nobody-may-repeat';

/** Conversations that the cases join: few, so that they meet each other. */
export const CONVERSATIONS = ['a', 'b', 'c'].map(
  (id) => `projects/${TEST_PROJECT}/conversations/fuzz-${id}` as ShortName,
);

export interface RelayWorld {
  relay: TestRelay;
  /** For what must not appear anywhere: the tokens that are in use. */
  isSecret(text: string): boolean;
  /** Throws for what the relay logged since the last call that it must not. */
  checkLog(): void;
  /** Throws unless REST, Socket.IO and the native protocol serve a desktop as ever. */
  checkService(): Promise<void>;
  close(): Promise<void>;
}

export async function startRelayWorld(): Promise<RelayWorld> {
  const redis = await startTestRedis();
  const dialogflow = createServer((request, response) => {
    request
      .resume()
      .on('end', () => response.setHeader('content-type', 'application/json').end('{"name":"x"}'));
  });
  await new Promise<void>((resolve) => dialogflow.listen(0, '127.0.0.1', resolve));
  let fault: string | undefined;
  let secrets: string[] = [];
  const isSecret = (text: string) => secrets.some((secret) => text.includes(secret));
  const relay = await startTestRelay(
    redis,
    { DIALOGFLOW_ENDPOINT: `http://127.0.0.1:${(dialogflow.address() as AddressInfo).port}` },
    {
      adminToken: fixedToken(ADMIN_TOKEN),
      refusalsPerMinute: 1e9, // what the cases are for is behind it
      onLog: (line) => {
        if (isSecret(line) || /"severity":"(?:ERROR|CRITICAL)"/.test(line)) fault ??= line;
      },
    },
  );
  secrets = [SEKRET, ADMIN_TOKEN, ...relay.token.split('.').slice(1)];

  const connection: Redis = createRedis(redis.redisConfig);
  const events: EventLog = createEventLog(connection, { historySize: 50, historyTtlSeconds: 600 });
  for (const name of CONVERSATIONS) for (let i = 0; i < 3; i++) await events.append(makeEvent(name));
  const name = uniqueConversation();
  const witness = await new TestDesktop(relay.url, relay.tokens.issue('test:witness', '')).connected();
  assert.equal(await witness.join(name), [true, name]);
  witness.socket.on('disconnect', () => {
    fault ??= 'a desktop that did nothing wrong was disconnected';
  });

  function checkLog(): void {
    const found = fault;
    fault = undefined;
    assert.is(found, undefined);
  }

  async function checkService(): Promise<void> {
    checkLog();
    const before = witness.events.length;
    await events.append(makeEvent(name));
    await witness.received(before + 1);
    const status = await fetch(`${relay.url}/status`);
    assert.is(await status.text(), 'Hello, cross-origin-world!');
    const token = relay.tokens.issue('test:newcomer', '');
    const native = new NativeDesktop(relay.url);
    await native.ready(token);
    await native.join(name, '0');
    native.socket.close();
    const authorization = `Bearer ${token}`;
    const url = `${relay.url}/v2beta1/projects/${TEST_PROJECT}/locations/global/conversations/x/participants`;
    assert.is((await fetch(url, { headers: { authorization } })).status, 200);
    checkLog();
    throwStrays();
  }

  return {
    relay,
    isSecret,
    checkLog,
    checkService,
    close: async () => {
      witness.socket.removeAllListeners('disconnect');
      witness.close();
      await relay.close();
      connection.disconnect();
      dialogflow.closeAllConnections();
      await new Promise<void>((resolve) => dialogflow.close(() => resolve()));
      await redis.stop();
    },
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { conversationNames, EventSource } from '../../event-source.ts';
import { HttpConnection } from '../../http-client.ts';
import { startNode } from '../../node-process.ts';
import type { Answer } from '../../preload.ts';
import { functionArguments } from '../../world.ts';
import { createFixture } from '../check/fixture.ts';
import { cpuMicros } from '../check/processes.ts';
import { round } from './redis.ts';

const CONNECTIONS = 16;
const START_LIMIT_MS = 4 * 60_000;
const EVENTS = 3_000;
const CONVERSATIONS = 200;
const PAUSE_MS = 500;

/** Processor time of a function's process for one message. */
export async function measureFunction(rounds: number): Promise<number> {
  const fixture = await createFixture(1);
  const { workspace, env } = fixture;
  const server = startNode<Answer>({
    name: 'the function',
    args: ['--import', workspace.preload, workspace.framework, ...functionArguments(workspace, 'product', 0)],
    env,
  });
  try {
    const { port } = await server.answer('listening', START_LIMIT_MS);
    const source = new EventSource(conversationNames(CONVERSATIONS));
    const micros: number[] = [];
    // The first round warms up.
    for (let n = 0; n <= rounds; n++) {
      const before = cpuMicros(server.child.pid ?? 0);
      let left = EVENTS;
      await Promise.all(
        Array.from({ length: CONNECTIONS }, () => postWhile(() => left-- > 0, port, source)),
      );
      if (n > 0) micros.push((cpuMicros(server.child.pid ?? 0) - before) / EVENTS);
    }
    return round(Math.min(...micros));
  } finally {
    await server.stop();
    await fixture.stop();
  }
}

/** Sends event after event. One that Redis was too busy for is sent again on another connection, as Pub/Sub does. */
async function postWhile(isWanted: () => boolean, port: number, source: EventSource): Promise<void> {
  let connection = await HttpConnection.open(port);
  while (isWanted()) {
    const { request } = source.next();
    for (let isTaken = false; !isTaken; ) {
      try {
        await connection.post(request);
        isTaken = true;
      } catch {
        connection.close();
        await sleep(PAUSE_MS);
        connection = await HttpConnection.open(port);
      }
    }
  }
  connection.close();
}

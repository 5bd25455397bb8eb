import { setTimeout as sleep } from 'node:timers/promises';
import { conversationNames, EventSource } from '../../event-source.ts';
import { HttpConnection } from '../../http-client.ts';
import { startNode } from '../../node-process.ts';
import type { Answer } from '../../preload.ts';
import { functionArguments } from '../../world.ts';
import { createFixture } from '../check/fixture.ts';
import { cpuMicros } from '../check/processes.ts';
import { round } from './redis.ts';

const CONNECTIONS = 64;
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
    await untilTaken(port, source);
    const connections = await Promise.all(
      Array.from({ length: CONNECTIONS }, () => HttpConnection.open(port)),
    );
    const micros: number[] = [];
    // The first round warms up.
    for (let n = 0; n <= rounds; n++) {
      const before = cpuMicros(server.child.pid ?? 0);
      let left = EVENTS;
      await Promise.all(
        connections.map(async (connection) => {
          while (left-- > 0) await connection.post(source.next().request);
        }),
      );
      if (n > 0) micros.push((cpuMicros(server.child.pid ?? 0) - before) / EVENTS);
    }
    for (const connection of connections) connection.close();
    return round(Math.min(...micros));
  } finally {
    await server.stop();
    await fixture.stop();
  }
}

/** The first events may come before Redis is connected. */
async function untilTaken(port: number, source: EventSource): Promise<void> {
  for (;;) {
    const connection = await HttpConnection.open(port);
    try {
      return await connection.post(source.next().request);
    } catch {
      await sleep(PAUSE_MS);
    } finally {
      connection.close();
    }
  }
}

// (d) How long a function takes from the start of its process to its first event.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../scripts/local/free-port.ts';
import type { Benchmark, Side } from '../benchmark.ts';
import { conversationNames, EventSource } from '../event-source.ts';
import { HttpConnection } from '../http-client.ts';
import { median } from '../statistics.ts';
import { functionArguments, type World } from '../world.ts';

const LIMIT_MS = 10_000;
/** How often the port is tried while nobody listens, in milliseconds. */
const RETRY_MS = 1;

export function coldStart(world: World, { starts }: { starts: number }): Benchmark {
  return {
    key: 'd',
    metrics: [{ title: 'cold start of a function, ms', digits: 0, target: { atMost: 1.05 } }],

    async measure(side) {
      await world.reset();
      const source = new EventSource(conversationNames(1));
      const times: number[] = [];
      for (let start = 0; start < starts; start++)
        times.push(await startOnce(world, side, source.next().request));
      const published = await world.published();
      if (published !== starts) throw new Error(`${published} of ${starts} events were published`);
      return [median(times)];
    },
  };
}

/** Started as it is deployed, without a channel to this process; the time of its own start only. */
async function startOnce({ workspace, env }: World, side: Side, request: string): Promise<number> {
  const port = await freePort();
  const args = [
    '--import',
    workspace.preload,
    workspace.framework,
    ...functionArguments(workspace, side, port),
  ];
  const startedAt = performance.now();
  const child = spawn(process.execPath, args, { env, stdio: 'ignore' });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  try {
    const connection = await connectWhenListening(port, startedAt + LIMIT_MS);
    await connection.post(request);
    const elapsed = performance.now() - startedAt;
    connection.close();
    return elapsed;
  } finally {
    kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    process.off('exit', kill);
  }
}

async function connectWhenListening(port: number, deadline: number): Promise<HttpConnection> {
  for (;;) {
    try {
      return await HttpConnection.open(port);
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(RETRY_MS);
    }
  }
}

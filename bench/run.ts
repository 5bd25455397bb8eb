// `npm run bench`: measures the built functions and relay against floors that do the least work on the same wire.
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { EXIT, runCommand } from '../scripts/cli/command.ts';
import { interruption } from '../scripts/cli/interruption.ts';
import { type Benchmark, type Result, runBenchmark } from './benchmark.ts';
import { coldStart } from './measure/cold-start.ts';
import { fanOuts } from './measure/fan-out.ts';
import { latencies } from './measure/latency.ts';
import { manyConversations } from './measure/many-conversations.ts';
import { memory } from './measure/memory.ts';
import { metricsCost } from './measure/metrics-cost.ts';
import { pageFrames } from './measure/page-frames.ts';
import { recoveries } from './measure/recovery.ts';
import { listing, throughput } from './measure/throughput.ts';
import { type BenchOptions, benchCommand, benchOptions } from './options.ts';
import { figure, table } from './report.ts';
import { createWorld, type World } from './world.ts';

await runCommand(benchCommand(), async (given) => {
  await run(benchOptions(given));
  return EXIT.ok;
});

async function run(options: BenchOptions): Promise<void> {
  const startedAt = performance.now();
  if (options.profile !== undefined) await mkdir(options.profile, { recursive: true });
  const world = await createWorld(options.profile);
  const interrupted = interruption();
  // What a measurement has started ends with this process.
  const interrupt = () => void world.stop().finally(() => process.exit(EXIT.interrupted));
  interrupted.addEventListener('abort', interrupt);
  try {
    const environment = describeMachine();
    const results: Result[] = [];
    for (const benchmark of benchmarks(world, options)) {
      results.push(...(await runBenchmark(benchmark, options.rounds, reportProgress(benchmark))));
    }
    console.log(`\n${table(results)}\n`);
    console.log(summary(options, performance.now() - startedAt));
    if (options.json !== undefined) {
      await writeFile(options.json, `${JSON.stringify({ ...environment, options, results }, null, 2)}\n`);
    }
  } finally {
    interrupted.removeEventListener('abort', interrupt);
    await world.stop();
  }
}

function benchmarks(world: World, { only, quick }: BenchOptions): Benchmark[] {
  const all = [
    throughput(world, quick ? { warmUpMs: 500, measureMs: 500 } : { warmUpMs: 1_000, measureMs: 2_000 }),
    ...latencies(
      world,
      quick
        ? { warmUpEvents: 300, starts: 1, rates: [{ perSecond: 100, measureMs: 1_000 }] }
        : {
            warmUpEvents: 1_500,
            starts: 5,
            rates: [
              { perSecond: 20, measureMs: 10_000 },
              { perSecond: 100, measureMs: 5_000 },
            ],
          },
    ),
    ...recoveries(world, { desktops: quick ? 100 : 1_000 }),
    ...manyConversations(world, quick ? { n: 200, o: 500 } : { n: 1_000, o: 9_000 }),
    coldStart(world, { starts: quick ? 2 : 5 }),
    memory(world, { desktops: quick ? 500 : 2_000 }),
    listing(world, quick ? { warmUpMs: 500, measureMs: 500 } : { warmUpMs: 1_000, measureMs: 2_000 }),
    pageFrames(world, quick ? { messages: 100, liveMs: 1_000 } : { messages: 1_000, liveMs: 4_000 }),
    metricsCost(world, quick ? { warmUp: 1_000, events: 2_000 } : { warmUp: 5_000, events: 12_000 }),
    ...fanOuts(world, quick ? { warmUpMs: 300, measureMs: 500 } : { warmUpMs: 1_000, measureMs: 2_000 }),
  ].toSorted((one, other) => one.key.localeCompare(other.key));
  return all.filter(({ key }) => only.includes(key));
}

function reportProgress({ key, metrics }: Benchmark) {
  return (round: number, role: string, figures: readonly number[]) => {
    const values = figures.map((value, index) => figure(value, metrics[index]?.digits ?? 0));
    console.log(`${key}  round ${round + 1}  ${role.padEnd(7)}  ${values.join('  ')}`);
  };
}

function describeMachine() {
  return {
    date: new Date().toISOString(),
    node: process.versions.node,
    platform: `${process.platform} ${process.arch}`,
    cores: availableParallelism(),
    loadAtStart: loadavg()[0],
  };
}

function summary({ rounds, profile }: BenchOptions, elapsedMs: number): string {
  const lines = [
    `Medians of ${rounds} rounds. Ratio: product to floor of the same round; control: the floor measured again, to the floor.`,
    `Node ${process.versions.node}, ${availableParallelism()} cores, ${(elapsedMs / 1_000).toFixed(0)} s.`,
  ];
  if (profile !== undefined) lines.push(`CPU profiles are in ${profile}: they slow what is measured.`);
  return lines.join('\n');
}

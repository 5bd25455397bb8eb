import { setTimeout as sleep } from 'node:timers/promises';
import { renderTable, verdict } from '../calls/delivery-report.ts';
import { type RunOptions, type RunState, runCalls } from '../calls/run-calls.ts';
import { openSupersededLog } from '../calls/superseded-log.ts';
import { EXIT } from '../cli/command.ts';
import { registerAt } from '../local/relay-client.ts';
import { withStack } from '../local/with-stack.ts';
import type { SimulateOptions } from './options.ts';
import type { Plan } from './plan.ts';
import { showProgress } from './progress.ts';
import { openPublisher } from './publishers.ts';
import { shareTokens } from './share-tokens.ts';
import { agreedTarget, LOCAL_PROJECT, localSystem, locationIn } from './system.ts';

/** Starts a whole system on this machine, plays to it and stops it. */
export async function playLocally(
  plan: Plan,
  options: SimulateOptions,
  signal: AbortSignal,
): Promise<number> {
  // At this level the functions say what became of each event, and nothing of what it says.
  const { stack } = await localSystem(options, 'debug', signal);
  const isGood = await withStack(stack, ({ url, publisher, conversations, functionLogs }) =>
    playCalls(plan, {
      location: locationIn(LOCAL_PROJECT, options),
      relayUrl: url,
      register: () => registerAt(url),
      publisher,
      onEvent: conversations.keep,
      readSuperseded: openSupersededLog(functionLogs),
      signal,
    }),
  );
  if (isGood === undefined) return EXIT.interrupted;
  return isGood ? EXIT.ok : EXIT.failed;
}

/** Plays to a relay that runs. */
export async function playTo(plan: Plan, options: SimulateOptions, signal: AbortSignal): Promise<number> {
  const agreed = await agreedTarget(options, `Play ${plan.description}`, signal);
  if (agreed === undefined) return signal.aborted ? EXIT.interrupted : EXIT.failed;
  const { target, route } = agreed;
  const { project } = await registerAt(target.url, target.credential);
  const { publisher, kinds } = await openPublisher(route, { project, settings: options.settings, signal });
  const isGood = await playCalls(
    { ...plan, calls: plan.calls.map((events) => events.filter(({ kind }) => kinds.has(kind))) },
    {
      location: locationIn(project, options),
      relayUrl: target.url,
      register: shareTokens(() => registerAt(target.url, target.credential)),
      publisher,
      signal,
    },
  );
  await publisher.stop();
  if (signal.aborted) return EXIT.interrupted;
  return isGood ? EXIT.ok : EXIT.failed;
}

type Where = Omit<RunOptions, keyof Plan | 'idPrefix'>;

/** @returns whether every event arrived once */
async function playCalls(plan: Plan, where: Where): Promise<boolean> {
  const { calls, rate, speed, shares, random, lateMs, seed, description } = plan;
  const idPrefix = `simulated-${crypto.randomUUID().slice(0, 8)}`;
  console.log(`Playing ${description}: ${where.location}/conversations/${idPrefix}-1 …`);
  let stopProgress = () => {};
  const onState = (state: RunState) => {
    stopProgress = showProgress(state, calls.length, process.stderr);
  };
  const run = { ...where, calls, rate, speed, shares, random, lateMs, idPrefix, onState };
  const { report, duplicated, heldBack, cuts } = await runCalls(run).finally(() => stopProgress());
  // What is written to standard error and output in turn reaches a terminal in turn.
  await sleep(0);
  console.log(`\n${renderTable(report)}\n`);
  if (shares.duplicates > 0 || shares.reorder > 0)
    console.log(`${duplicated} were delivered twice, ${heldBack} after later ones (--seed ${seed}).`);
  for (const [reason, desktops] of Map.groupBy(cuts, (each) => each))
    console.log(`${desktops.length} desktops were cut off: ${reason}`);
  console.log(verdict(report, where.signal.aborted));
  return report.isComplete;
}

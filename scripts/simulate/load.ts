// `npm run simulate -- --agents`: loads a system that the command starts, or a relay that runs.
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../calls/faults.ts';
import { EXIT } from '../cli/command.ts';
import { UsageError } from '../cli/usage-error.ts';
import { showLoad } from '../load/display.ts';
import { faultText } from '../load/faults.ts';
import { LOAD_DEFAULTS } from '../load/limits.ts';
import { requireOpenFiles } from '../load/open-files.ts';
import { type Schedule, scheduleOf } from '../load/ramp.ts';
import { type LoadReport, loadReport } from '../load/report.ts';
import { type ReportFiles, reportFiles } from '../load/report-files.ts';
import { type LoadOptions, runLoad } from '../load/run-load.ts';
import { summaryText } from '../load/summary.ts';
import { registerAt } from '../local/relay-client.ts';
import { withStack } from '../local/with-stack.ts';
import type { SimulateOptions } from './options.ts';
import { kindsOf, seedOf } from './plan.ts';
import { openPublisher } from './publishers.ts';
import { shareTokens } from './share-tokens.ts';
import { agreedTarget, LOCAL_PROJECT, localSystem, locationIn } from './system.ts';

type Settings = Pick<
  LoadOptions,
  'schedule' | 'native' | 'faults' | 'calls' | 'speed' | 'shares' | 'random' | 'idPrefix' | 'signal'
>;
type Where = Pick<LoadOptions, 'project' | 'location' | 'relayUrl' | 'register' | 'publisher' | 'stack'>;

interface Prepared {
  settings: Settings;
  files: ReportFiles;
  /** What is about to happen, as a sentence without its end. */
  description: string;
}

/** Starts a whole system on this machine, loads it and stops it. */
export async function loadLocally(options: SimulateOptions, signal: AbortSignal): Promise<number> {
  const { settings, files, description } = prepare(options, signal);
  if (process.env.REDISHOST && settings.faults.some(({ name }) => name === 'redis-pause'))
    throw new UsageError(
      '--fault redis-pause: REDISHOST names a Redis of yours, which is not stopped: unset it',
    );
  const { stack, way } = await localSystem(options, 'info', signal);
  const failed = new AbortController();
  const ending = AbortSignal.any([signal, failed.signal]);
  let loading: Promise<LoadReport> | undefined;
  try {
    await withStack(stack, async (system) => {
      const { url, publisher, restartRelay, loseRedis } = system;
      const token = shareTokens(() => registerAt(url));
      const target = { isLocal: true, relay: url, events: way };
      loading = load(description, { ...settings, signal: ending }, target, {
        project: LOCAL_PROJECT,
        location: locationIn(LOCAL_PROJECT, options),
        relayUrl: url,
        register: async () => (await token()).token,
        publisher,
        stack: { restartRelay, loseRedis },
      });
      return (await loading).isGood;
    });
  } catch (error) {
    failed.abort();
    if (loading !== undefined) finish(await loading, files);
    throw error;
  }
  if (loading === undefined) return EXIT.interrupted;
  // After Ctrl-C nobody has waited for it; what was measured is written all the same.
  const report = await loading;
  finish(report, files);
  return exitCodeOf(report);
}

/** Loads a relay that runs. */
export async function loadTarget(options: SimulateOptions, signal: AbortSignal): Promise<number> {
  const { settings, files, description } = prepare(options, signal);
  const agreed = await agreedTarget(options, description, signal);
  if (agreed === undefined) return signal.aborted ? EXIT.interrupted : EXIT.failed;
  const { target, route, way } = agreed;
  const register = inTurn(target.credential, (credential) => registerAt(target.url, credential));
  const { project } = await register();
  const { publisher, kinds } = await openPublisher(route, { project, settings: options.settings, signal });
  const token = shareTokens(register);
  const calls = settings.calls.map((events) => events.filter(({ kind }) => kinds.has(kind)));
  const report = await load(
    description,
    { ...settings, calls },
    { isLocal: false, relay: target.url, events: way },
    {
      project,
      location: locationIn(project, options),
      relayUrl: target.url,
      register: async () => (await token()).token,
      publisher,
    },
  );
  await publisher.stop();
  finish(report, files);
  return exitCodeOf(report);
}

/** @throws {UsageError} when the run would exceed a limit, or its report would replace a file. */
function prepare(options: SimulateOptions, signal: AbortSignal): Prepared {
  const { agents = 1, ramp, hold, native = LOAD_DEFAULTS.native, fault: faults = [], speed = 1 } = options;
  const schedule = scheduleOf({ agents, rampMs: ramp, holdMs: hold });
  requireOpenFiles(agents);
  const { kinds } = kindsOf(options);
  const settings = {
    ...{ schedule, native, faults, speed, signal, calls: kinds },
    shares: { duplicates: options.duplicates ?? 0, reorder: options.reorder ?? 0 },
    random: seededRandom(seedOf(options)),
    idPrefix: `simulated-${crypto.randomUUID().slice(0, 8)}`,
  };
  return {
    settings,
    files: reportFiles(options.report, new Date()),
    description: describe(schedule, settings),
  };
}

function describe({ agents, rampMs, holdMs }: Schedule, { faults }: Pick<Settings, 'faults'>): string {
  const made = faults.length === 0 ? '' : ` and ${faults.map(faultText).join(', ')}`;
  return `Load with ${agents} ${agents === 1 ? 'agent' : 'agents'} for ${(rampMs + holdMs) / 1_000} s${made}`;
}

async function load(
  description: string,
  settings: Settings,
  target: LoadReport['target'],
  where: Where,
): Promise<LoadReport> {
  const startedAt = new Date();
  console.log(`${description}: ${where.location}/conversations/${settings.idPrefix}-… Ctrl-C ends it.`);
  let stopDisplay = () => {};
  const result = await runLoad({
    ...settings,
    ...where,
    onState(state) {
      stopDisplay = showLoad(state, process.stderr);
    },
  }).finally(() => stopDisplay());
  // What is written to standard error and output in turn reaches a terminal in turn.
  await sleep(0);
  return loadReport(result, { startedAt, target, options: settings });
}

function finish(report: LoadReport, files: ReportFiles): void {
  console.log(`\n${summaryText(report)}`);
  files.write(report);
  console.log(`The report is in ${files.json} and ${files.html}`);
}

function exitCodeOf({ isInterrupted, isGood }: LoadReport): number {
  if (isInterrupted) return EXIT.interrupted;
  return isGood ? EXIT.ok : EXIT.failed;
}

/** Registers with the next one of the credentials, of which a variable may have several, one a line. */
function inTurn<T>(
  credentials: string | undefined,
  register: (credential: string | undefined) => Promise<T>,
): () => Promise<T> {
  const all = credentials?.split(/\s*\n\s*/) ?? [undefined];
  let uses = 0;
  return () => register(all[uses++ % all.length]);
}

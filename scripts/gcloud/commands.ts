import type { ExecResult } from './exec.ts';
import { type FailureKind, failureKind, InterruptedError, pausesAfter, TaskError } from './failure.ts';
import { shellLine } from './shell.ts';
import { type Argv, CONFIG_DIGEST, type Plan, placeholdersIn, type Reading } from './step.ts';
import type { Tools } from './tools.ts';

/** Of what gcloud says of a failure; a build's log is quoted at length. */
const MAX_LINES = 6;

/** Runs a plan's commands with their placeholders filled in. Every method throws an {@link InterruptedError} on Ctrl-C. */
export interface Commands {
  /** Runs once, and answers whatever came of it. */
  call(argv: Argv, stdin?: string): Promise<ExecResult>;
  /** Runs, again after a pause while a failure looks temporary. @throws {TaskError} of any kind but those accepted. */
  persist(argv: Argv, accept?: readonly FailureKind[]): Promise<ExecResult>;
  /** Looks each of them up; what is not there is a reading, too. @throws {TaskError} */
  readAll(reads: readonly Argv[], fill: (text: string) => string): Promise<Reading[]>;
  /** Looks up what the placeholders in these texts stand for. @throws {TaskError} */
  lookUp(texts: readonly string[]): Promise<void>;
  /** Replaces the placeholders that have been looked up. */
  fill(text: string): string;
}

export function createCommands(plan: Pick<Plan, 'lookups'>, tools: Tools): Commands {
  const known = new Map<string, string>();

  async function call(argv: Argv, stdin?: string): Promise<ExecResult> {
    if (tools.signal.aborted) throw new InterruptedError('interrupted');
    const result = await tools.exec(argv, {
      signal: tools.signal,
      ...(stdin === undefined ? {} : { stdin }),
    });
    if (tools.signal.aborted) throw new InterruptedError('interrupted');
    return result;
  }

  async function persist(argv: Argv, accept: readonly FailureKind[] = []): Promise<ExecResult> {
    for (let attempt = 0; ; attempt++) {
      const result = await call(argv);
      if (result.code === 0) return result;
      const kind = failureKind(result);
      if (accept.includes(kind)) return result;
      const pause = tools.triesOnce ? undefined : pausesAfter(result)[attempt];
      if (kind !== 'transient' || pause === undefined) throw failed(argv, kind, result);
      await tools.sleep(pause);
    }
  }

  async function readAll(reads: readonly Argv[], fillOne: (text: string) => string): Promise<Reading[]> {
    const readings: Reading[] = [];
    for (const read of reads) {
      const result = await persist(read.map(fillOne), ['missing']);
      readings.push(result.code === 0 ? { found: true, text: result.stdout } : { found: false });
    }
    return readings;
  }

  async function lookUpOne(name: string): Promise<void> {
    if (known.has(name) || name === CONFIG_DIGEST) return;
    const lookup = plan.lookups[name];
    if (lookup === undefined) throw new Error(`the plan has no lookup for ${name}`);
    await lookUp(lookup.argv);
    const argv = lookup.argv.map(fill);
    const value = (await persist(argv)).stdout.trim();
    if (value === '')
      throw new TaskError('permanent', `${shellLine(argv)}: ${lookup.whenEmpty ?? 'printed nothing'}`);
    known.set(name, value);
  }

  async function lookUp(texts: readonly string[]): Promise<void> {
    for (const name of texts.flatMap(placeholdersIn)) await lookUpOne(name);
  }

  function fill(text: string): string {
    return text.replace(
      /\{\{([A-Z0-9_]+)\}\}/g,
      (placeholder, name: string) => known.get(name) ?? placeholder,
    );
  }

  return { call, persist, readAll, lookUp, fill };
}

export function failed(argv: Argv, kind: FailureKind, { stderr, code }: ExecResult): TaskError {
  const words = lastWords(stderr) || `exit code ${code ?? 'none'}`;
  return new TaskError(kind, `${shellLine(argv)}\n${words}`);
}

/** From gcloud's own `ERROR:` on, which may be followed by many lines; without one, the last lines. */
function lastWords(stderr: string): string {
  const lines = stderr.trim().split('\n');
  const from = lines.findLastIndex((line) => line.startsWith('ERROR:'));
  return (from === -1 ? lines.slice(-MAX_LINES) : lines.slice(from, from + MAX_LINES)).join('\n');
}

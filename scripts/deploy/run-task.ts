import { createHash } from 'node:crypto';
import type { Exec, ExecResult } from './exec.ts';
import { type FailureKind, failureKind, InterruptedError, TaskError } from './failure.ts';
import { shellLine } from './shell.ts';
import { type Argv, CONFIG_DIGEST, type Plan, placeholdersIn, type Reading, type Task } from './step.ts';

/** What running takes from outside. */
export interface Tools {
  exec: Exec;
  sleep(ms: number): Promise<void>;
  /** Random bytes as hexadecimal text. */
  randomHex(bytes: number): string;
  /** Stops the run between and within commands. */
  signal: AbortSignal;
}

const TRANSIENT_PAUSES_MS = [2_000, 5_000, 15_000, 30_000];
/** Something is still being made by an earlier run: 80 looks, 15 s apart, cover Memorystore's slowest. */
const UNFINISHED_PAUSE_MS = 15_000;
const UNFINISHED_LOOKS = 80;

export interface TaskRunner {
  /** Looks only. @throws {TaskError} when looking fails. */
  isDone(task: Task): Promise<boolean>;
  /** Looks, and makes the change when it is not there. @throws {TaskError} @throws {InterruptedError} */
  ensure(task: Task): Promise<'unchanged' | 'changed'>;
}

export function createTaskRunner(plan: Plan, tools: Tools): TaskRunner {
  const known = new Map<string, string>();

  /** Runs a command, again after a pause while its failure looks temporary. */
  async function persist(argv: Argv, accept: readonly FailureKind[] = []): Promise<ExecResult> {
    for (const pause of [...TRANSIENT_PAUSES_MS, undefined]) {
      const result = await call(argv);
      if (result.code === 0) return result;
      const kind = failureKind(result);
      if (accept.includes(kind)) return result;
      if (kind !== 'transient' || pause === undefined) throw failed(argv, kind, result);
      await tools.sleep(pause);
    }
    throw new Error('unreachable');
  }

  async function call(argv: Argv, stdin?: string): Promise<ExecResult> {
    if (tools.signal.aborted) throw new InterruptedError('interrupted');
    const result = await tools.exec(argv, {
      signal: tools.signal,
      ...(stdin === undefined ? {} : { stdin }),
    });
    if (tools.signal.aborted) throw new InterruptedError('interrupted');
    return result;
  }

  async function look(name: string): Promise<void> {
    if (known.has(name) || name === CONFIG_DIGEST) return;
    const lookup = plan.lookups[name];
    if (lookup === undefined) throw new Error(`the plan has no lookup for ${name}`);
    await lookAll(lookup.argv);
    const argv = lookup.argv.map(fillKnown);
    const value = (await persist(argv)).stdout.trim();
    if (value === '') throw new TaskError('permanent', `${shellLine(argv)}: printed nothing`);
    known.set(name, value);
  }

  async function lookAll(texts: Argv): Promise<void> {
    for (const name of texts.flatMap(placeholdersIn)) await look(name);
  }

  function fillKnown(text: string): string {
    return text.replace(
      /\{\{([A-Z0-9_]+)\}\}/g,
      (placeholder, name: string) => known.get(name) ?? placeholder,
    );
  }

  async function filler(task: Task): Promise<(text: string) => string> {
    const { argv, input } = task.change;
    for (const name of task.uses ?? []) await look(name);
    await lookAll([...argv, ...task.reads.flat(), ...(input?.from === 'command' ? input.argv : [])]);
    const digest = createHash('sha256')
      .update(JSON.stringify([argv.map(fillKnown), task.sourceDigest ?? '']))
      .digest('hex')
      .slice(0, 32);
    return (text) => fillKnown(text).replaceAll(`{{${CONFIG_DIGEST}}}`, digest);
  }

  async function isDone(task: Task): Promise<boolean> {
    const fill = await filler(task);
    const readings: Reading[] = [];
    for (const read of task.reads) {
      const result = await persist(read.map(fill), ['missing']);
      readings.push(result.code === 0 ? { found: true, text: result.stdout } : { found: false });
    }
    return task.isDone(readings, fill);
  }

  async function change(task: Task): Promise<ExecResult> {
    const fill = await filler(task);
    const { argv, input } = task.change;
    if (input === undefined) return call(argv.map(fill));
    if (input.from === 'random') return call(argv.map(fill), tools.randomHex(input.bytes));
    const source = (await persist(input.argv.map(fill))).stdout.trim();
    if (source === '') {
      throw new TaskError(
        'permanent',
        `${shellLine(input.argv.map(fill))}: printed nothing; see REDIS_SECURITY`,
      );
    }
    return call(argv.map(fill), source);
  }

  /** Waits for what somebody, perhaps this program before it was interrupted, has begun to make. */
  async function becomesDone(task: Task): Promise<boolean> {
    for (let looks = 0; looks < UNFINISHED_LOOKS; looks++) {
      await tools.sleep(UNFINISHED_PAUSE_MS);
      if (await isDone(task)) return true;
    }
    return false;
  }

  async function ensure(task: Task): Promise<'unchanged' | 'changed'> {
    if (await isDone(task)) return 'unchanged';
    for (const pause of [...TRANSIENT_PAUSES_MS, undefined]) {
      const result = await change(task);
      if (result.code === 0) return 'changed';
      const kind = failureKind(result);
      if (kind === 'forbidden' || kind === 'permanent' || kind === 'missing') {
        throw failed(task.change.argv.map(fillKnown), kind, result);
      }
      // The answer of a call that did its work can be lost, and the secret must not get a second version then.
      if (await isDone(task)) return 'changed';
      if (kind === 'exists' && (await becomesDone(task))) return 'changed';
      if (kind === 'exists' || pause === undefined)
        throw failed(task.change.argv.map(fillKnown), kind, result);
      await tools.sleep(pause);
    }
    throw new Error('unreachable');
  }

  return { isDone, ensure };
}

function failed(argv: Argv, kind: FailureKind, { stderr, code }: ExecResult): TaskError {
  const words = stderr.trim().split('\n').slice(-6).join('\n') || `exit code ${code ?? 'none'}`;
  return new TaskError(kind, `${shellLine(argv)}\n${words}`);
}

import { createHash } from 'node:crypto';
import { createCommands, failed, TRANSIENT_PAUSES_MS } from './commands.ts';
import type { ExecResult } from './exec.ts';
import { failureKind, TaskError } from './failure.ts';
import { shellLine } from './shell.ts';
import { CONFIG_DIGEST, type Plan, type Task } from './step.ts';
import type { Tools } from './tools.ts';

/** Something is still being made by an earlier run: 80 looks, 15 s apart, cover Memorystore's slowest. */
const UNFINISHED_PAUSE_MS = 15_000;
const UNFINISHED_LOOKS = 80;

export interface TaskRunner {
  /** Looks only. @throws {TaskError} when looking fails. */
  isDone(task: Task): Promise<boolean>;
  /** Looks only, and tells what is not as it should be: nothing when it is done. @throws {TaskError} */
  differences(task: Task): Promise<string[]>;
  /** Looks, and makes the change when it is not there. @throws {TaskError} @throws {InterruptedError} */
  ensure(task: Task): Promise<'unchanged' | 'changed'>;
}

/** @param preview Is shown what a change will alter, before it is made. */
export function createTaskRunner(plan: Plan, tools: Tools, preview?: (text: string) => void): TaskRunner {
  const { call, persist, readAll, lookUp, fill: fillKnown } = createCommands(plan, tools);

  async function filler(task: Task): Promise<(text: string) => string> {
    const { argv, input } = task.change;
    await lookUp((task.uses ?? []).map((name) => `{{${name}}}`));
    await lookUp([...argv, ...task.reads.flat(), ...(input?.from === 'command' ? input.argv : [])]);
    const digest = createHash('sha256')
      .update(JSON.stringify([argv.map(fillKnown), task.sourceDigest ?? '']))
      .digest('hex')
      .slice(0, 32);
    return (text) => fillKnown(text).replaceAll(`{{${CONFIG_DIGEST}}}`, digest);
  }

  async function differences(task: Task): Promise<string[]> {
    const fill = await filler(task);
    const readings = await readAll(task.reads, fill);
    if (task.isDone(readings, fill)) return [];
    const known = task.differences?.(readings, fill) ?? [];
    return known.length > 0 ? known : ['is missing'];
  }

  async function isDone(task: Task): Promise<boolean> {
    return (await differences(task)).length === 0;
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
    if (task.preview !== undefined) preview?.((await persist(task.preview)).stdout.trim());
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

  return { isDone, differences, ensure };
}

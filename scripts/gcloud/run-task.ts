import { createHash } from 'node:crypto';
import { createCommands, failed } from './commands.ts';
import type { ExecResult } from './exec.ts';
import { DeclinedError, failureKind, InterruptedError, isTooNew, pausesAfter, TaskError } from './failure.ts';
import type { Progress } from './progress.ts';
import { shellLine } from './shell.ts';
import { CONFIG_DIGEST, type Plan, type Reading, type Task } from './step.ts';
import type { Tools } from './tools.ts';

/** Something is still being made by an earlier run: 80 looks, 15 s apart, cover Memorystore's slowest. */
const UNFINISHED_PAUSE_MS = 15_000;
const UNFINISHED_LOOKS = 80;

export interface TaskRunner {
  /** Looks only. @throws {TaskError} when looking fails. */
  isDone(task: Task): Promise<boolean>;
  /** Looks only, and tells what is not as it should be: nothing when it is done. @throws {TaskError} */
  differences(task: Task): Promise<string[]>;
  /** Looks only, and tells what differs and no change of the task mends. @throws {TaskError} */
  drift(task: Task): Promise<string[]>;
  /**
   * Looks, and makes the change when it is not there. @throws {TaskError} @throws {InterruptedError}
   * @throws {DeclinedError} when something new may not be made.
   */
  ensure(task: Task): Promise<'unchanged' | 'changed'>;
}

/** What is told and asked while a task runs. */
type Audience = Pick<Progress, 'preview' | 'mayMake' | 'drift'>;

export function createTaskRunner(plan: Plan, tools: Tools, audience: Audience = {}): TaskRunner {
  const newAccounts = new Set<string>();
  let mayMakeAll = audience.mayMake === undefined;
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

  async function look(task: Task): Promise<{ readings: Reading[]; differences: string[] }> {
    const fill = await filler(task);
    const readings = await readAll(task.reads, fill);
    if (task.isDone(readings, fill)) return { readings, differences: [] };
    const known = task.differences?.(readings, fill) ?? [];
    return { readings, differences: known.length > 0 ? known : ['is missing'] };
  }

  async function differences(task: Task): Promise<string[]> {
    return (await look(task)).differences;
  }

  async function drift(task: Task): Promise<string[]> {
    return task.drift === undefined ? [] : task.drift((await look(task)).readings);
  }

  async function demandConsent(task: Task, readings: readonly Reading[]): Promise<void> {
    const isNew = task.isNew?.(readings) ?? readings.some(({ found }) => !found);
    if (mayMakeAll || !isNew) return;
    mayMakeAll = (await audience.mayMake?.(task.title)) ?? true;
    if (tools.signal.aborted) throw new InterruptedError('interrupted');
    if (!mayMakeAll) throw new DeclinedError(`${task.title}: not made, and nothing after it`);
  }

  async function isDone(task: Task): Promise<boolean> {
    return (await differences(task)).length === 0;
  }

  async function change(task: Task): Promise<ExecResult> {
    const fill = await filler(task);
    const { argv, input } = task.change;
    if (input === undefined) return call(argv.map(fill));
    if (input.from === 'text') return call(argv.map(fill), input.text);
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
    const { readings, differences: toMend } = await look(task);
    for (const difference of task.drift?.(readings) ?? []) audience.drift?.(task.title, difference);
    if (toMend.length === 0) return 'unchanged';
    await demandConsent(task, readings);
    if (task.preview !== undefined) audience.preview?.((await persist(task.preview)).stdout.trim());
    for (let attempt = 0; ; attempt++) {
      const result = await change(task);
      if (result.code === 0) {
        if (task.makesAccount !== undefined) newAccounts.add(task.makesAccount);
        return 'changed';
      }
      const kind = isTooNew(task.change.argv, result, newAccounts) ? 'transient' : failureKind(result);
      if (kind === 'forbidden' || kind === 'permanent' || kind === 'missing') {
        throw failed(task.change.argv.map(fillKnown), kind, result);
      }
      const pause = pausesAfter(result)[attempt];
      // The answer of a call that did its work can be lost, and the secret must not get a second version then.
      if (await isDone(task)) return 'changed';
      if (kind === 'exists' && (await becomesDone(task))) return 'changed';
      if (kind === 'exists' || pause === undefined)
        throw failed(task.change.argv.map(fillKnown), kind, result);
      await tools.sleep(pause);
    }
  }

  return { isDone, differences, drift, ensure };
}

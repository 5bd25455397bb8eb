import type { DeploySettings } from '../../deploy/settings/deploy-settings.ts';
import { createCommands } from '../../gcloud/commands.ts';
import type { ExecResult } from '../../gcloud/exec.ts';
import { InterruptedError, TaskError } from '../../gcloud/failure.ts';
import type { Plan, Undo } from '../../gcloud/step.ts';
import type { Tools } from '../../gcloud/tools.ts';

/** What stands of a deployment, in the order in which it can be taken away. */
export interface Survey {
  /** Made by a deployment. */
  ours: Undo[];
  /** There before the first deployment. */
  theirs: Undo[];
}

/** What is taken away of what a deployment made, and what stays for want of an option. */
export interface Choice {
  doomed: Undo[];
  withoutShared: Undo[];
  withoutData: Undo[];
}

export type Teardown =
  | { state: 'done'; removed: number }
  /** Running again goes on with what is left. */
  | { state: 'failed' | 'interrupted'; title: string; message: string };

/** Looks at everything that the plan would make, last first. Changes nothing. @throws {TaskError} when looking fails. */
export async function survey(plan: Plan, tools: Tools): Promise<Survey> {
  const { readAll, fill } = createCommands(plan, {
    ...tools,
    exec: async (...call) => withoutApi(await tools.exec(...call)),
  });
  const found: Survey = { ours: [], theirs: [] };
  for (const undo of undosOf(plan)) {
    const owner = undo.owner(await readAll(undo.reads, fill), fill);
    if (owner !== 'gone') found[owner].push(undo);
  }
  return found;
}

/** Where the API of a thing is off, there is no such thing. Waiting, as after it was switched on, helps nothing. */
function withoutApi(result: ExecResult): ExecResult {
  if (result.code === 0 || !/SERVICE_DISABLED|has not been used in project/.test(result.stderr))
    return result;
  return { ...result, stderr: 'NOT_FOUND: its API is off' };
}

export function choose(
  ours: readonly Undo[],
  { data = false, shared = false }: { data?: boolean; shared?: boolean },
): Choice {
  const choice: Choice = { doomed: [], withoutShared: [], withoutData: [] };
  for (const undo of ours) {
    if (undo.isShared && !shared) choice.withoutShared.push(undo);
    else if (undo.holdsData && !data) choice.withoutData.push(undo);
    else choice.doomed.push(undo);
  }
  return choice;
}

/**
 * A warning where the topics or accounts of a deployment are there and its relay is not: accounts, topics and secrets are of
 * no region, and taking them away breaks a deployment that is in another region than the settings say.
 */
export function otherRegionNote(
  found: readonly Undo[],
  { relayName, region }: Pick<DeploySettings, 'relayName' | 'region'>,
): string | undefined {
  if (found.length === 0 || found.some(({ title }) => title === `service ${relayName}`)) return undefined;
  return (
    `warning: there is no service ${relayName} in region ${region}. If the deployment is in another region, set ` +
    'SERVICE_REGION to it: it does not work without what is removed here'
  );
}

/** What the plan's tasks can take back, last first: nothing is removed while something later still uses it. */
export function undosOf(plan: Pick<Plan, 'steps'>): Undo[] {
  return plan.steps
    .flatMap(({ tasks }) => tasks.flatMap(({ undo }) => (undo === undefined ? [] : [undo])))
    .reverse();
}

/** Removes them in order, and stops at the first that cannot be. What is gone by then counts as removed. */
export async function takeAway(
  undos: readonly Undo[],
  plan: Plan,
  tools: Tools,
  removed: (title: string) => void,
): Promise<Teardown> {
  const { persist } = createCommands(plan, tools);
  for (const { title, argv } of undos) {
    try {
      await persist(argv, ['missing']);
    } catch (error) {
      if (error instanceof InterruptedError)
        return { state: 'interrupted', title, message: 'interrupted: run it again to continue' };
      if (error instanceof TaskError) return { state: 'failed', title, message: error.message };
      throw error;
    }
    removed(title);
  }
  return { state: 'done', removed: undos.length };
}

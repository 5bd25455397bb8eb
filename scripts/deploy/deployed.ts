import type { ExecResult } from '../gcloud/exec.ts';
import { failureKind } from '../gcloud/failure.ts';
import { withProject } from '../gcloud/project.ts';
import type { Argv } from '../gcloud/step.ts';
import type { Programs } from '../gcloud/tools.ts';
import type { DeploySettings } from './settings/deploy-settings.ts';

/**
 * What the project holds of a deployment with these settings. Each of several steps has made one thing that is looked for,
 * so that a deployment which ended half-way counts. What cannot be read counts, too.
 */
export async function findDeployment(
  settings: DeploySettings,
  { exec, signal }: Programs,
): Promise<'relay' | 'without-relay' | 'none'> {
  const { relayName, region, jwtSecret, deadLetterTopic } = settings;
  const look = async (...args: Argv) => {
    const argv = withProject(['gcloud', ...args, '--format=value(name)'], settings);
    return !isMissing(await exec(argv, { signal }));
  };
  if (await look('run', 'services', 'describe', relayName, `--region=${region}`)) return 'relay';
  const others = await Promise.all([
    look('secrets', 'describe', jwtSecret),
    look('pubsub', 'topics', 'describe', deadLetterTopic),
  ]);
  return others.includes(true) ? 'without-relay' : 'none';
}

/** Where the API is off, nothing of it was made. */
function isMissing(result: ExecResult): boolean {
  if (result.code === 0 || result.code === undefined) return false;
  const isOff = /SERVICE_DISABLED|has not been used in project/.test(result.stderr);
  return isOff || failureKind(result) === 'missing';
}

export function nothingDeployed({ projectId, region, relayName }: DeploySettings): string {
  return (
    `nothing is deployed in project ${projectId}, region ${region}: ` +
    `there is no service ${relayName}, and no secret and no topic of these settings`
  );
}

/** Secrets and topics belong to no region, so that a wrong region looks like a deployment which lacks much. */
export function noRelayHere({ region, relayName }: DeploySettings): string {
  return `there is no service ${relayName} in region ${region}, and a secret or a topic of the deployment is there`;
}

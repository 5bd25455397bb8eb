import { accessToken } from './access-token.ts';
import type { Exec } from './exec.ts';
import { grantAdvice, permissionsOf } from './permission-roles.ts';
import { missingPermissions } from './preflight.ts';
import type { DeploySettings } from './settings.ts';
import type { Plan } from './step.ts';

export type PermissionCheck =
  | { state: 'granted'; count: number }
  | { state: 'missing'; advice: string }
  /** The run itself will tell what is missing. */
  | { state: 'unknown'; reason: string };

/** Asks whether gcloud's account may do everything that the plan's steps declare. */
export async function checkPermissions(
  plan: Plan,
  { projectId, adminAccount }: Pick<DeploySettings, 'projectId' | 'adminAccount'>,
  { exec, env, signal }: { exec: Exec; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Promise<PermissionCheck> {
  const permissions = permissionsOf(plan);
  try {
    const missing = await missingPermissions({
      projectId,
      permissions,
      accessToken: await accessToken(adminAccount, env),
      endpoint: env.CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER,
    });
    if (missing.length === 0) return { state: 'granted', count: permissions.length };
    const account = adminAccount ?? (await currentAccount(exec, signal));
    return { state: 'missing', advice: grantAdvice(missing, projectId, account) };
  } catch (error) {
    return { state: 'unknown', reason: error instanceof Error ? error.message : String(error) };
  }
}

async function currentAccount(exec: Exec, signal: AbortSignal): Promise<string> {
  const { stdout } = await exec(['gcloud', 'config', 'get', 'account', '--quiet'], { signal });
  return stdout.trim() || 'ACCOUNT';
}

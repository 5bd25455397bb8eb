import { missingPermissions } from './missing-permissions.ts';
import type { Access } from './open-project.ts';
import { askable, grantAdvice } from './permission-roles.ts';
import type { Project } from './project.ts';

/**
 * Asks whether gcloud's account has these permissions on the project, and tells. Where Google does not answer that, the
 * run itself will tell what is missing.
 *
 * @returns false when one is known to be missing.
 */
export async function isPermitted(
  permissions: readonly string[],
  { projectId }: Project,
  { accessToken, account }: Access,
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  const asked = askable(permissions);
  try {
    const missing = await missingPermissions({
      projectId,
      permissions: asked,
      accessToken,
      endpoint: env.CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER,
    });
    if (missing.length === 0) {
      console.log(`your account has all ${asked.length} permissions it takes`);
      return true;
    }
    console.error(grantAdvice(missing, projectId, account));
    return false;
  } catch (error) {
    console.log(
      `note: permissions are not checked: ${error instanceof Error ? error.message : String(error)}`,
    );
    return true;
  }
}

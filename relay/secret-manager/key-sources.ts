import { type KeySource, keyFile } from '../identity/rotation/key-source.ts';
import type { AccessSecret } from './secret-access.ts';
import { secretManagerKeys } from './secret-manager-source.ts';
import { secretName } from './secret-setting.ts';

/** Where the relay's keys are, as its settings say: in a secret of Secret Manager, or else in a file. */
export interface KeySettings {
  readonly projectId: string;
  readonly jwtSecretName: string | undefined;
  readonly jwtSecretKeyPath: string;
  readonly adminTokenName: string | undefined;
  readonly adminTokenPath: string | undefined;
}

/**
 * The sources of the signing key and of the administrators' token, which may be absent.
 *
 * @param load loads Google's client for secrets. It is called only where a secret is named, because the client costs
 *   start time and memory.
 */
export async function keySources(
  { projectId, jwtSecretName, jwtSecretKeyPath, adminTokenName, adminTokenPath }: KeySettings,
  load: () => Promise<AccessSecret>,
): Promise<{ signing: KeySource; admin: KeySource | undefined }> {
  const signing = jwtSecretName && secretName(jwtSecretName, projectId);
  const admin = adminTokenName && secretName(adminTokenName, projectId);
  const access = signing || admin ? await load() : undefined;
  const secret = (name: string | undefined, variable: string) =>
    access && name ? secretManagerKeys({ secret: name, access, variable }) : undefined;
  const adminFile = adminTokenPath === undefined ? undefined : keyFile(adminTokenPath, 'ADMIN_TOKEN_PATH');
  return {
    signing: secret(signing, 'JWT_SECRET_NAME') ?? keyFile(jwtSecretKeyPath),
    admin: secret(admin, 'ADMIN_TOKEN_NAME') ?? adminFile,
  };
}

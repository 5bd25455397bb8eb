import { type KeySource, keyFile } from '../identity/rotation/key-source.ts';
import { signingKey } from '../identity/signing-key.ts';
import type { AccessSecret } from './secret-access.ts';
import { secretManagerKeys } from './secret-manager-source.ts';
import { secretName } from './secret-setting.ts';

/** Where the relay's keys are, as its settings say: in a secret of Secret Manager, in a file, or in a variable. */
export interface KeySettings {
  readonly projectId: string;
  readonly jwtSecretName: string | undefined;
  readonly jwtSecretKeyPath: string;
  readonly adminTokenName: string | undefined;
  readonly adminTokenPath: string | undefined;
  readonly five9TrustToken: string | undefined;
  readonly five9TrustTokenPath: string | undefined;
  readonly five9TrustTokenName: string | undefined;
}

/**
 * The sources of the signing key, of the administrators' token and of Five9's trust token. The tokens may be absent.
 *
 * @param load loads Google's client for secrets. It is called only where a secret is named, because the client costs
 *   start time and memory.
 */
export async function keySources(
  settings: KeySettings,
  load: () => Promise<AccessSecret>,
): Promise<{ signing: KeySource; admin: KeySource | undefined; five9: KeySource | undefined }> {
  const { projectId, jwtSecretName, adminTokenName, five9TrustTokenName } = settings;
  const isNamed = [jwtSecretName, adminTokenName, five9TrustTokenName].some((name) => name !== undefined);
  const access = isNamed ? await load() : undefined;
  const secret = (name: string | undefined, variable: string) => {
    const full = name === undefined ? undefined : secretName(name, projectId);
    return access && full ? secretManagerKeys({ secret: full, access, variable }) : undefined;
  };
  const file = (path: string | undefined, variable: string) =>
    path === undefined ? undefined : keyFile(path, variable);
  return {
    signing: secret(jwtSecretName, 'JWT_SECRET_NAME') ?? keyFile(settings.jwtSecretKeyPath),
    admin: secret(adminTokenName, 'ADMIN_TOKEN_NAME') ?? file(settings.adminTokenPath, 'ADMIN_TOKEN_PATH'),
    five9:
      secret(five9TrustTokenName, 'FIVE9_TRUST_TOKEN_NAME') ??
      file(settings.five9TrustTokenPath, 'FIVE9_TRUST_TOKEN_PATH') ??
      variable(settings.five9TrustToken, 'FIVE9_TRUST_TOKEN'),
  };
}

/** A key that stands in a variable stays what it is while the relay runs. */
function variable(key: string | undefined, name: string): KeySource | undefined {
  return key === undefined ? undefined : { read: async () => [signingKey(key, name)] };
}

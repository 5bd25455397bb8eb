import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import type { SecretManagerLimits } from './limits.ts';

/** What Secret Manager says when a version of a secret is accessed. */
export type SecretAnswer =
  | { number: number; text: string }
  /** The HTTP status of a refusal. */
  | { status: number }
  /** No answer, or one that holds no version. */
  | { fault: 'unreachable' | 'unreadable' };

/** Accesses `projects/P/secrets/S/versions/V`, where V is a number or `latest`. Never rejects. */
export type AccessSecret = (version: string) => Promise<SecretAnswer>;

const NUMBER = /\/versions\/(\d{1,15})$/;

/**
 * Access with the application default credentials. The client speaks REST: without gRPC it needs no channel that stays
 * open between two reads.
 */
export function googleSecretAccess(projectId: string, limits: SecretManagerLimits): AccessSecret {
  return secretAccess(() => new SecretManagerServiceClient({ projectId, fallback: true }), limits);
}

/**
 * @param newClient is called again after a 401, so that the next access uses new credentials. No access is tried again.
 */
export function secretAccess(
  newClient: () => SecretManagerServiceClient,
  { timeoutMs }: SecretManagerLimits,
): AccessSecret {
  let client: SecretManagerServiceClient | undefined;
  return async (version) => {
    client ??= newClient();
    try {
      const [{ name, payload }] = await client.accessSecretVersion(
        { name: version },
        { timeout: timeoutMs, retry: null },
      );
      if (!name || !payload?.data) return { fault: 'unreadable' };
      const [, number = 0] = NUMBER.exec(name) ?? [];
      return { number: Number(number), text: Buffer.from(payload.data).toString('utf8') };
    } catch (error) {
      const status = statusOf(error);
      if (status === 401) client = undefined;
      // The error is dropped: it quotes the answer.
      if (status !== undefined) return { status };
      return { fault: isUnreadable(error) ? 'unreadable' : 'unreachable' };
    }
  };
}

function statusOf(error: unknown): number | undefined {
  const status = error instanceof Error && 'httpStatusCode' in error ? error.httpStatusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

/** Whether the client has received an answer and found no version in it. */
function isUnreadable(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause ?? error) : undefined;
  return cause instanceof SyntaxError || cause instanceof TypeError;
}

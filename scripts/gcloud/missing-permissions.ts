import { fetchFailure } from '../fetch-failure.ts';
import { at } from './step.ts';

/** Resource Manager takes a hundred permissions in one question. */
const MOST_AT_ONCE = 100;
const PATIENCE_MS = 15_000;
const GOOGLE = 'https://cloudresourcemanager.googleapis.com/';

export interface Question {
  projectId: string;
  permissions: readonly string[];
  accessToken: string;
  /** Google's unless a test says otherwise; ends in a slash. */
  endpoint?: string | undefined;
}

/**
 * The permissions that the token's account does not have on the project. gcloud has no command for this question.
 * https://cloud.google.com/resource-manager/reference/rest/v1/projects/testIamPermissions
 *
 * @throws {Error} when the question is not answered; the message has Google's words and never the token.
 */
export async function missingPermissions(question: Question): Promise<string[]> {
  const { permissions } = question;
  const missing: string[] = [];
  for (let first = 0; first < permissions.length; first += MOST_AT_ONCE) {
    const asked = permissions.slice(first, first + MOST_AT_ONCE);
    const granted = new Set(await granting(question, asked));
    missing.push(...asked.filter((permission) => !granted.has(permission)));
  }
  return missing;
}

async function granting(question: Question, permissions: readonly string[]): Promise<readonly string[]> {
  const answer = await askFor(question, permissions);
  if (answer.status === 200) return answer.granted;
  if (answer.status !== 400) throw new Error(`testIamPermissions: HTTP ${answer.status} ${answer.message}`);
  // One permission that Google does not know of, or not on a project, spoils the whole question: it is left out of it.
  if (permissions.length === 1) return permissions;
  const half = Math.ceil(permissions.length / 2);
  return [
    ...(await granting(question, permissions.slice(0, half))),
    ...(await granting(question, permissions.slice(half))),
  ];
}

async function askFor(
  { projectId, accessToken, endpoint = GOOGLE }: Question,
  permissions: readonly string[],
): Promise<{ status: number; granted: string[]; message: string }> {
  const response = await fetch(`${endpoint}v1/projects/${projectId}:testIamPermissions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ permissions }),
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch((error: unknown) => {
    throw new Error(`testIamPermissions: no answer (${fetchFailure(error)})`);
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const granted = at(answer, 'permissions');
  return {
    status: response.status,
    granted: Array.isArray(granted) ? granted.filter((each) => typeof each === 'string') : [],
    message: String(at(answer, 'error', 'message') ?? ''),
  };
}

// The first look of every command: is somebody signed in, and is the project there? Without it a command fails later, at
// each thing it looks at.
import { UsageError } from '../cli/usage-error.ts';
import { fetchFailure } from '../fetch-failure.ts';
import { accessToken } from './access-token.ts';
import type { Project } from './project.ts';
import { at } from './step.ts';
import type { Programs } from './tools.ts';

export interface Access {
  accessToken: string;
  /** The account that commands work as; `ACCOUNT` where gcloud does not tell, as with a token from elsewhere. */
  account: string;
}

const PATIENCE_MS = 15_000;
const GOOGLE = 'https://cloudresourcemanager.googleapis.com/';
/** What `.env.sample` and the pages write where a project belongs. */
const PLACEHOLDER = 'my-project';

/**
 * @param env Where a test names another address than Google's.
 * @throws {Error} when nobody is signed in, or the account sees no such project. The message has the remedy.
 */
export async function openProject(
  project: Project,
  programs: Programs,
  env: NodeJS.ProcessEnv,
): Promise<Access> {
  const { projectId, adminAccount } = project;
  if (projectId === PLACEHOLDER)
    throw new UsageError(`GCP_PROJECT_ID is still ${PLACEHOLDER}: set it to the id of your project`);
  const [token, account] = await Promise.all([
    tokenOf(adminAccount, programs),
    adminAccount ?? currentAccount(programs),
  ]);
  const endpoint = env.CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDRESOURCEMANAGER ?? GOOGLE;
  const fault = await projectFault(`${endpoint}v1/projects/${projectId}`, token);
  if (fault === 'unseen')
    throw new Error(
      `${account} sees no project ${projectId}: is GCP_PROJECT_ID right? gcloud projects list names those that it sees`,
    );
  if (fault === 'deleted') throw new Error(`project ${projectId} is about to be deleted`);
  if (fault !== undefined) console.error(`note: cannot tell whether project ${projectId} exists: ${fault}`);
  return { accessToken: token, account };
}

async function tokenOf(account: string | undefined, { exec, signal }: Programs): Promise<string> {
  try {
    return await accessToken(account, exec, signal);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    if (signal.aborted || /is not installed/.test(words)) throw error;
    const who = account === undefined ? 'signed in' : `signed in as ADMIN_ACCOUNT, ${account}`;
    throw new Error(
      `gcloud is not ${who}: run gcloud auth login${account === undefined ? '' : ` ${account}`}\n${words}`,
    );
  }
}

async function currentAccount({ exec, signal }: Programs): Promise<string> {
  const { stdout } = await exec(['gcloud', 'config', 'get', 'account', '--quiet'], { signal });
  return stdout.trim() || 'ACCOUNT';
}

/** Source: Resource Manager REST reference, v1 projects.get. It answers 403 for a project that does not exist, too. */
async function projectFault(url: string, token: string): Promise<string | undefined> {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.ok) return at(answer, 'lifecycleState') === 'DELETE_REQUESTED' ? 'deleted' : undefined;
    const words = String(at(answer, 'error', 'message') ?? '');
    const isAnswered = response.status === 403 || response.status === 404;
    // A service account's own project may have the API switched off, which says nothing of this project.
    if (isAnswered && !/has not been used|SERVICE_DISABLED|disabled/.test(words)) return 'unseen';
    return `HTTP ${response.status} ${words}`.trim();
  } catch (error) {
    return fetchFailure(error);
  }
}

import type { DeploySettings } from '../../deploy/settings/deploy-settings.ts';
import { functionName } from '../../deploy/settings/names.ts';
import { at } from '../../gcloud/step.ts';
import { askGoogle, type GoogleAccess, NO_STAND_IN, type Unseen } from './google-access.ts';

/** One event that a function has not taken. The log does not say of which conversation. */
export interface Untaken {
  /** In milliseconds since 1970. */
  at: number;
  kind: string;
  /** Why it was dropped for good, by the codes of the functions' log; '' where Pub/Sub delivers it again. */
  fault: string;
  /** The first word of what Redis said to that, such as OOM; '' where it said nothing. */
  redisCode: string;
}

export interface FunctionLogs {
  state: 'seen';
  untaken: Untaken[];
  /** Whether there are more than were read. */
  isCut: boolean;
}

const PAGE_SIZE = 1_000;
const LOOK_BACK_MS = 3_600_000;

/** Reads in Cloud Logging what the functions did not take within the last hour. Rejects like Google. */
export async function readFunctionLogs(access: GoogleAccess, now: number): Promise<FunctionLogs | Unseen> {
  const { settings, urls } = access;
  if (urls.logging === undefined) return { state: 'skipped', reason: NO_STAND_IN };
  const response = await askGoogle(`${urls.logging}/v2/entries:list`, access, {
    resourceNames: [`projects/${settings.projectId}`],
    filter: logFilter(settings, now - LOOK_BACK_MS),
    orderBy: 'timestamp desc',
    pageSize: PAGE_SIZE,
  });
  if (response.status === 403)
    return { state: 'skipped', reason: 'your account lacks the permission logging.logEntries.list' };
  if (!response.ok) return { state: 'skipped', reason: `Cloud Logging answered HTTP ${response.status}` };
  const { entries = [], nextPageToken } = (await response.json()) as {
    entries?: unknown[];
    nextPageToken?: string;
  };
  return { state: 'seen', untaken: entries.map(untakenOf), isCut: Boolean(nextPageToken) };
}

/** In Cloud Logging's query language. A function is a service of Cloud Run of its name. */
export function logFilter(
  settings: Pick<DeploySettings, 'topics' | 'functionSuffix'>,
  since: number,
): string {
  const names = [...settings.topics.keys()].map((kind) => `"${functionName(settings, kind)}"`);
  return [
    'resource.type="cloud_run_revision"',
    `resource.labels.service_name=(${names.join(' OR ')})`,
    'severity=ERROR',
    `timestamp>="${new Date(since).toISOString()}"`,
    '(jsonPayload.fault:* OR jsonPayload.message:"event not taken")',
  ].join(' ');
}

function untakenOf(entry: unknown): Untaken {
  const message = String(at(entry, 'jsonPayload', 'err', 'message') ?? '');
  return {
    at: Date.parse(String(at(entry, 'timestamp') ?? '')),
    kind: String(at(entry, 'jsonPayload', 'kind') ?? ''),
    fault: String(at(entry, 'jsonPayload', 'fault') ?? ''),
    redisCode: /^[A-Z]{3,}\b/.exec(message)?.[0] ?? '',
  };
}

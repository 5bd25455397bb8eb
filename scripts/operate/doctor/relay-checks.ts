import { type DeploySettings, usesOwnRedis } from '../../deploy/settings/deploy-settings.ts';
import { fetchFailure } from '../../fetch-failure.ts';
import { type Finding, fault, note, ok } from './finding.ts';
import { relayLogs } from './logs.ts';

const PATIENCE_MS = 20_000;

/** What a request came to: a status, the headers, the text; or that there was no answer. */
export type Answer = { status: number; headers: Headers; text: string } | { reason: string };

export async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    return { reason: fetchFailure(error) };
  }
}

/** @param answer of `GET /ready` */
export function checkReady(answer: Answer, settings: DeploySettings): Finding {
  const check = 'relay /ready';
  const logs = `look at its log: ${relayLogs(settings)}`;
  if ('reason' in answer) return fault(check, `no answer: ${answer.reason}`, logs);
  if (answer.status === 200) return checkWrites(answer.text, settings, logs);
  if (answer.status === 503) {
    return fault(
      check,
      `503 ${messageOf(answer.text)}`,
      'check that REDIS_INSTANCE_ID or REDIS_HOST, VPC_NETWORK and VPC_SUBNET fit together, then npm run deploy',
    );
  }
  if (answer.status === 403) {
    return fault(
      check,
      '403: Cloud Run lets nobody in',
      settings.relayInvocation === 'no-invoker-iam-check'
        ? 'npm run deploy -- --only relay; when it is refused, ask who looks after the policies of your organisation'
        : 'where the organisation forbids allUsers set RELAY_INVOCATION=no-invoker-iam-check, then npm run deploy -- --only relay',
    );
  }
  return fault(check, `HTTP ${answer.status}`, logs);
}

/** @param text what `GET /ready` says while Redis answers. */
function checkWrites(text: string, settings: DeploySettings, logs: string): Finding {
  const check = 'relay /ready';
  const [, reason] = /"redis":"takes no writes: ([^"]*)"/.exec(text) ?? [];
  if (reason === undefined) return ok(check, 'the relay reaches Redis');
  const remedy = usesOwnRedis(settings)
    ? `set REDIS_SIZE_GB to more than ${settings.redisSizeGb}, then npm run deploy -- --only redis`
    : 'give it more memory';
  return reason === 'full'
    ? fault(check, 'Redis is full: functions take no event, and Pub/Sub keeps them', remedy)
    : fault(check, `Redis takes no writes: ${reason}`, logs);
}

/** @param answer of a preflight, `OPTIONS /register`, from the origin */
export function checkCors(answer: Answer, origin: string): Finding {
  const check = `CORS from ${origin}`;
  if ('reason' in answer) return fault(check, `no answer: ${answer.reason}`, 'see relay /ready');
  if (allows(answer, origin)) return ok(check, 'is allowed');
  return fault(
    check,
    'is refused: a desktop of this origin cannot work',
    `add ${origin} to CORS_ALLOWED_ORIGINS, then npm run deploy -- --only relay`,
  );
}

/** An origin that no relay has a reason to name: nobody can own one of this domain (RFC 6761). */
export const STRANGE_ORIGIN = 'https://origin.invalid';

/** @param answer of a preflight, `OPTIONS /register`, from {@link STRANGE_ORIGIN} */
export function checkStrangeOrigin(answer: Answer): Finding {
  const check = 'CORS from anywhere';
  if ('reason' in answer) return fault(check, `no answer: ${answer.reason}`, 'see relay /ready');
  if (!allows(answer, STRANGE_ORIGIN)) return ok(check, 'is refused');
  return note(
    check,
    'pages of any origin may use the relay',
    'set CORS_ALLOWED_ORIGINS to the origins of the desktops, then npm run deploy -- --only relay',
  );
}

function allows({ headers }: Extract<Answer, { headers: Headers }>, origin: string): boolean {
  return [origin, '*'].includes(headers.get('access-control-allow-origin') ?? '');
}

/**
 * @param answer of `POST /register`
 * @param hasCredential whether a credential of the provider went with it
 */
export function checkRegister(
  answer: Answer,
  hasCredential: boolean,
  settings: DeploySettings,
): { finding: Finding; token?: string } {
  const check = 'register';
  if ('reason' in answer) return { finding: fault(check, `no answer: ${answer.reason}`, 'see relay /ready') };
  const token = answer.status === 200 ? tokenIn(answer.text) : undefined;
  if (token !== undefined && hasCredential)
    return { finding: ok(check, 'the credential gets a token'), token };
  if (token !== undefined) {
    return { finding: note(check, 'anybody gets a token', SET_PROVIDER), token };
  }
  if (answer.status === 401 && settings.relayEnv.AUTH_OPTION === undefined)
    return { finding: note(check, 'no agent can: AUTH_OPTION is not set', SET_PROVIDER) };
  if (answer.status === 401 && !hasCredential)
    return { finding: ok(check, 'nobody gets a token without a credential') };
  const remedy =
    answer.status === 401
      ? 'check the credential, AUTH_OPTION and the settings of the provider'
      : `see the log of the relay: ${relayLogs(settings)}`;
  return { finding: fault(check, `HTTP ${answer.status} ${messageOf(answer.text)}`.trim(), remedy) };
}

const SET_PROVIDER = 'set AUTH_OPTION to the provider of your desktops, then npm run deploy -- --only relay';

function tokenIn(text: string): string | undefined {
  const { token } = parsed(text);
  return typeof token === 'string' && token !== '' ? token : undefined;
}

function messageOf(text: string): string {
  const { message } = parsed(text);
  return typeof message === 'string' ? message : '';
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

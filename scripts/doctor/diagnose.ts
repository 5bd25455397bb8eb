import { randomUUID } from 'node:crypto';
import { createTokens } from '../../relay/auth/jwt.ts';
import { signingKey } from '../../relay/auth/signing-key.ts';
import { ConfigError } from '../../shared/errors.ts';
import { createCommands, type Tools } from '../deploy/commands.ts';
import { TaskError } from '../deploy/failure.ts';
import { withProject } from '../deploy/plan.ts';
import { createTaskRunner } from '../deploy/run-task.ts';
import { type DeploySettings, usesOwnRedis } from '../deploy/settings.ts';
import { type Argv, json, type Plan } from '../deploy/step.ts';
import { subscriptionLookup } from '../deploy/steps/subscriptions.ts';
import { checkEvents } from './event-check.ts';
import { type Finding, fault } from './finding.ts';
import { checkPlan } from './plan-check.ts';
import { checkIdentity, checkLocation, checkNetwork, checkSigningKey } from './project-checks.ts';
import {
  ask,
  checkCors,
  checkReady,
  checkRegister,
  checkStrangeOrigin,
  STRANGE_ORIGIN,
} from './relay-checks.ts';

const TOKEN_SECONDS = 600;

export interface DiagnoseOptions {
  settings: DeploySettings;
  plan: Plan;
  tools: Tools;
  /** Origin of a desktop, such as `https://desk.example`. */
  origin?: string | undefined;
  /** What an agent sends to `POST /register`. */
  credential?: string | undefined;
  /** Whether made-up events are sent through everything. */
  withEvents: boolean;
  patienceMs: number;
}

/** Looks at a live deployment from all sides. Changes nothing; the made-up events expire with their conversation. */
export async function* diagnose(options: DiagnoseOptions): AsyncGenerator<Finding> {
  const { settings, plan, tools } = options;
  yield* await checkPlan(plan, createTaskRunner(plan, tools));
  const look = createLook(options);
  for (const kind of settings.topics.keys()) {
    yield* await look(
      `subscription of ${kind}`,
      ['pubsub', 'subscriptions', 'describe', lookupOf(kind)],
      (text) => checkIdentity(kind, text, settings),
    );
  }
  yield* await look(
    `secret ${settings.jwtSecret}`,
    ['secrets', 'versions', 'list', settings.jwtSecret, '--sort-by=~createTime'],
    (versions) => checkSigningKey(versions, settings.jwtSecret),
  );
  if (usesOwnRedis(settings)) {
    const instance = [settings.redisInstance, `--region=${settings.region}`];
    yield* await look(
      `Redis instance ${settings.redisInstance}`,
      ['redis', 'instances', 'describe', ...instance],
      (found) => checkNetwork(found, settings),
    );
  }
  yield checkLocation(settings);
  yield* checkRelay(options);
}

const lookupOf = (kind: Parameters<typeof subscriptionLookup>[0]) => `{{${subscriptionLookup(kind)}}}`;

/** One read of gcloud as JSON; what cannot be read is a finding, too. */
function createLook({ settings, plan, tools }: DiagnoseOptions) {
  const { lookUp, fill, persist } = createCommands(plan, tools);
  return async (check: string, args: Argv, judge: (found: unknown) => Finding): Promise<Finding[]> => {
    try {
      await lookUp(args);
      const argv = withProject(['gcloud', ...args.map(fill), '--format=json'], settings);
      const { stdout } = await persist(argv);
      return [judge(json({ found: true, text: stdout }))];
    } catch (error) {
      if (!(error instanceof TaskError)) throw error;
      return [fault(check, `cannot be looked at: ${error.message}`, 'npm run deploy')];
    }
  };
}

async function* checkRelay(options: DiagnoseOptions): AsyncGenerator<Finding> {
  const { settings, tools, origin, credential, withEvents } = options;
  const relayUrl = await gcloud(
    options,
    ...['run', 'services', 'describe', settings.relayName, `--region=${settings.region}`],
    '--format=value(status.url)',
  );
  if (relayUrl === undefined) {
    yield fault('relay', 'has no address', 'npm run deploy -- --only relay');
    return;
  }
  const ready = checkReady(await ask(`${relayUrl}/ready`));
  yield ready;
  const preflight = (from: string) =>
    ask(`${relayUrl}/register`, {
      method: 'OPTIONS',
      headers: { origin: from, 'access-control-request-method': 'POST' },
    });
  yield checkStrangeOrigin(await preflight(STRANGE_ORIGIN));
  if (origin !== undefined) yield checkCors(await preflight(origin), origin);
  const { finding, token } = checkRegister(
    await ask(`${relayUrl}/register`, {
      method: 'POST',
      headers: {
        ...(credential === undefined ? {} : { authorization: credential }),
        ...(origin === undefined ? {} : { origin }),
      },
    }),
    credential !== undefined,
  );
  yield finding;
  if (!withEvents || ready.state !== 'ok' || tools.signal.aborted) return;
  const conversation = `projects/${settings.projectId}/locations/${settings.profileLocation}/conversations/doctor-${randomUUID()}`;
  const admission = token === undefined ? await ownToken(options, conversation) : { token };
  if (!('token' in admission)) {
    yield admission;
    return;
  }
  yield* await checkEvents({
    relayUrl,
    token: admission.token,
    conversation,
    kinds: [...settings.topics.keys()],
    publish: async (kind, text) => {
      const argv = ['pubsub', 'topics', 'publish', settings.topics.get(kind) ?? '', `--message=${text}`];
      if ((await gcloud(options, ...argv)) === undefined)
        throw new Error('gcloud pubsub topics publish failed');
    },
    patienceMs: options.patienceMs,
  });
}

/** A token for the made-up conversation alone, signed as the relay signs; the key stays in this process. */
async function ownToken(
  options: DiagnoseOptions,
  conversation: string,
): Promise<{ token: string } | Finding> {
  const { projectId, jwtSecret } = options.settings;
  const text = await gcloud(options, 'secrets', 'versions', 'access', 'latest', `--secret=${jwtSecret}`);
  if (text === undefined) {
    const remedy = 'give a credential with --credential-env, or leave the events out with --no-events';
    return fault('socket', `is not looked at: you may not read secret ${jwtSecret}`, remedy);
  }
  try {
    const key = signingKey(text, `secret ${jwtSecret}`);
    const tokens = createTokens({ projectId, lifetimeSeconds: TOKEN_SECONDS, keyRing: () => [key] });
    return { token: tokens.issue('doctor', 'doctor', { conversations: [conversation] }) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return fault('socket', 'is not looked at: no relay starts with so short a key', 'npm run rotate-secret');
  }
}

/** What gcloud prints; undefined when it fails or prints nothing. */
async function gcloud({ settings, tools }: DiagnoseOptions, ...args: string[]): Promise<string | undefined> {
  const { code, stdout } = await tools.exec(withProject(['gcloud', ...args], settings), {
    signal: tools.signal,
  });
  return code === 0 && stdout.trim() !== '' ? stdout.trim() : undefined;
}

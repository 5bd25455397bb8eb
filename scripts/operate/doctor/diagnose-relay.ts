// The relay as its desktops see it, and the whole way of an event to one of them.
import { randomUUID } from 'node:crypto';
import { signingKey } from '../../../relay/identity/signing-key.ts';
import { createTokens } from '../../../relay/identity/tokens.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { createCommands } from '../../gcloud/commands.ts';
import { TaskError } from '../../gcloud/failure.ts';
import { withProject } from '../../gcloud/project.ts';
import { shellLine } from '../../gcloud/shell.ts';
import { checkEvents } from './event-check.ts';
import { type Finding, fault } from './finding.ts';
import type { DiagnoseOptions } from './options.ts';
import {
  ask,
  checkCors,
  checkReady,
  checkRegister,
  checkStrangeOrigin,
  STRANGE_ORIGIN,
} from './relay-checks.ts';
import { unseen } from './unseen.ts';

const TOKEN_SECONDS = 600;
const DEPLOY_RELAY = 'npm run deploy -- --only relay';
const WITHOUT_KEY = 'give a credential with --credential-env, or leave the events out with --no-events';

export async function* diagnoseRelay(options: DiagnoseOptions): AsyncGenerator<Finding> {
  const { settings, tools, origin, credential, withEvents } = options;
  const address = await relayAddress(options);
  if (typeof address !== 'string') {
    yield address;
    return;
  }
  const answer = await ask(`${address}/ready`);
  const ready = checkReady(answer, settings);
  yield ready;
  // What does not answer one request answers no other.
  if ('reason' in answer) return;
  const preflight = (from: string) =>
    ask(`${address}/register`, {
      method: 'OPTIONS',
      headers: { origin: from, 'access-control-request-method': 'POST' },
    });
  yield checkStrangeOrigin(await preflight(STRANGE_ORIGIN));
  if (origin !== undefined) yield checkCors(await preflight(origin), origin);
  const { finding, token } = checkRegister(
    await ask(`${address}/register`, {
      method: 'POST',
      headers: {
        ...(credential === undefined ? {} : { authorization: credential }),
        ...(origin === undefined ? {} : { origin }),
      },
    }),
    credential !== undefined,
    settings,
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
    relayUrl: address,
    token: admission.token,
    conversation,
    settings,
    publish: async (kind, text) => {
      await printed(
        options,
        'pubsub',
        'topics',
        'publish',
        settings.topics.get(kind) ?? '',
        `--message=${text}`,
      );
    },
    patienceMs: options.patienceMs,
  });
}

async function relayAddress(options: DiagnoseOptions): Promise<string | Finding> {
  const { relayName, region } = options.settings;
  try {
    const service = ['run', 'services', 'describe', relayName, `--region=${region}`];
    return await printed(options, ...service, '--format=value(status.url)');
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    return unseen('relay', error, DEPLOY_RELAY);
  }
}

/** A token for the made-up conversation alone, signed as the relay signs; the key stays in this process. */
async function ownToken(
  options: DiagnoseOptions,
  conversation: string,
): Promise<{ token: string } | Finding> {
  const { projectId, jwtSecret } = options.settings;
  try {
    const text = await printed(options, 'secrets', 'versions', 'access', 'latest', `--secret=${jwtSecret}`);
    const key = signingKey(text, `secret ${jwtSecret}`);
    const tokens = createTokens({ projectId, lifetimeSeconds: TOKEN_SECONDS, keyRing: () => [key] });
    return { token: tokens.issue('doctor', 'doctor', { conversations: [conversation] }).token };
  } catch (error) {
    if (error instanceof ConfigError)
      return fault(
        'socket',
        'is not looked at: no relay starts with so short a key',
        'npm run rotate-secret',
      );
    if (!(error instanceof TaskError)) throw error;
    const why = error.kind === 'forbidden' ? 'you may not read' : 'no key can be read from';
    return fault('socket', `is not looked at: ${why} secret ${jwtSecret}`, WITHOUT_KEY);
  }
}

/** What gcloud prints. @throws {TaskError} when it fails, or prints nothing */
async function printed({ settings, plan, tools }: DiagnoseOptions, ...args: string[]): Promise<string> {
  const argv = withProject(['gcloud', ...args], settings);
  const { stdout } = await createCommands(plan, tools).persist(argv);
  const text = stdout.trim();
  if (text === '') throw new TaskError('missing', `${shellLine(argv)}: printed nothing`);
  return text;
}

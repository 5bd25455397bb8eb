import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import type { EventKind } from '../../../shared/event.ts';
import type { DeploySettings } from '../../deploy/settings/deploy-settings.ts';
import { TaskError } from '../../gcloud/failure.ts';
import { type Finding, fault, ok } from './finding.ts';
import { functionLogs, relayLogs } from './logs.ts';
import { unseen } from './unseen.ts';

export interface EventCheck {
  relayUrl: string;
  token: string;
  /** Full name of a conversation that nobody has: events of it disturb nobody. */
  conversation: string;
  settings: DeploySettings;
  /** Publishes this text to the kind's topic. @throws {TaskError} */
  publish(kind: EventKind, json: string): Promise<void>;
  /** How long an event may take; a function that has no instance needs some seconds to start. */
  patienceMs: number;
}

const CONNECT_MS = 20_000;
const PUBLISHER =
  'grant your account roles/pubsub.publisher on the topic, or leave the events out with --no-events';

/** Joins a conversation as a desktop does, and waits for one made-up event of each kind to come through everything. */
export async function checkEvents(options: EventCheck): Promise<Finding[]> {
  const { relayUrl, token, conversation, settings, publish, patienceMs } = options;
  const kinds = [...settings.topics.keys()];
  const socket = io(relayUrl, {
    auth: { token },
    transports: ['websocket'],
    forceNew: true,
    reconnection: false,
    timeout: CONNECT_MS,
  });
  try {
    const refusal = await new Promise<string | undefined>((resolve) => {
      socket.once('connect', () => resolve(undefined));
      socket.once('connect_error', (error) => resolve(error.message));
    });
    if (refusal !== undefined) {
      const remedy = `${relayLogs(settings)}; if the token has another key than the relay's, restart the relay`;
      return [fault('socket', `is refused: ${refusal}`, remedy)];
    }
    const [joined, reason] = (await Promise.race([
      new Promise<unknown[]>((resolve) =>
        socket.emit('join-conversation', conversation, (...answer: unknown[]) => resolve(answer)),
      ),
      sleep(CONNECT_MS, [false, 'no answer'], { ref: false }),
    ])) as [unknown, unknown];
    if (joined !== true)
      return [
        fault(
          'socket',
          `cannot join a conversation: ${String(reason)}`,
          joinRemedy(String(reason), settings),
        ),
      ];
    const arrivals = kinds.map((kind) => arrival(kind));
    const failures = await Promise.all(kinds.map((kind) => attempt(publish, kind, conversation)));
    const findings = await Promise.all(
      kinds.map(async (kind, index) =>
        verdict(kind, failures[index], failures[index] === undefined && (await arrivals[index]) === true),
      ),
    );
    return [ok('socket', 'connects and joins'), ...findings];
  } finally {
    socket.close();
  }

  function arrival(kind: EventKind): Promise<boolean> {
    return Promise.race([
      new Promise<boolean>((resolve) => {
        socket.once(kind, () => resolve(true));
      }),
      sleep(patienceMs, false, { ref: false }),
    ]);
  }

  function verdict(kind: EventKind, failure: TaskError | undefined, came: boolean): Finding {
    const check = `event ${kind}`;
    if (failure !== undefined)
      return unseen(check, failure, 'npm run deploy -- --only topics', {
        deed: 'be published',
        grant: PUBLISHER,
      });
    if (came) return ok(check, 'comes from its topic to a desktop');
    return fault(
      check,
      `did not come within ${patienceMs / 1000} s`,
      `see the log of the function: ${functionLogs(kind, settings)}, and dead letters: npm run replay-dead-letters`,
    );
  }
}

async function attempt(
  publish: EventCheck['publish'],
  kind: EventKind,
  conversation: string,
): Promise<TaskError | undefined> {
  try {
    await publish(kind, madeUpEvent(kind, conversation));
    return undefined;
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    return error;
  }
}

/** @param reason as docs/access.md has it */
function joinRemedy(reason: string, settings: DeploySettings): string {
  const { AUTHORIZER_URL } = settings.relayEnv;
  if (reason === 'the location is not allowed')
    return `add ${settings.profileLocation} to ALLOWED_LOCATIONS, then npm run deploy -- --only relay`;
  if (reason.startsWith('access cannot be checked'))
    return 'check that the authorizer at AUTHORIZER_URL answers, or leave the events out with --no-events';
  if (reason.startsWith('access to the conversation is denied') && AUTHORIZER_URL !== undefined)
    return 'let your authorizer allow the agent "doctor" the conversations that begin with doctor-, or use --no-events';
  return relayLogs(settings);
}

/** The least that a function takes for an event of its kind; desktops show nothing of it. */
export function madeUpEvent(kind: EventKind, conversation: string): string {
  const bodies: Readonly<Record<EventKind, object>> = {
    'human-agent-assistant-event': { suggestionResults: [] },
    'new-message-event': { type: 'NEW_MESSAGE', newMessagePayload: { content: 'doctor' } },
    'conversation-lifecycle-event': { type: 'CONVERSATION_STARTED' },
    'new-recognition-result-notification-event': {
      type: 'NEW_RECOGNITION_RESULT',
      newRecognitionResultPayload: { transcript: 'doctor' },
    },
  };
  return JSON.stringify({ conversation, ...bodies[kind] });
}

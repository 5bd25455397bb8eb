// What `--migrate` reads and decides beyond the settings of a deployment. Names and defaults are those of Google's
// reference (aa-integration-backend, deploy.sh), so that the file a team deployed it with can be used as it is.
import * as v from 'valibot';
import { readConfig, type Settings, setting } from '../../../shared/config.ts';
import { ConfigError } from '../../../shared/errors.ts';
import type { EventKind } from '../../../shared/event.ts';

/** What the reference has and this system does without. */
export interface Reference {
  /** The Cloud Run service that its subscriptions push to. */
  interceptor: string;
  subscriptions: ReadonlyMap<EventKind, string>;
}

const named = (env: string, fallback: string) =>
  setting(env, {
    schema: v.pipe(v.string(), v.regex(/^[A-Za-z][\w.~+%-]{2,254}$/)),
    fallback,
    remedy: 'set it to the name that it has in the project',
  });

const referenceSettings = {
  interceptor: named('INTERCEPTOR_SERVICE_NAME', 'cloud-pubsub-interceptor'),
  suggestions: named('AGENT_ASSIST_NOTIFICATIONS_SUBSCRIPTION_ID', 'aa-new-suggestion-sub'),
  messages: named('NEW_MESSAGE_NOTIFICATIONS_SUBSCRIPTION_ID', 'aa-new-message-sub'),
  lifecycle: named('CONVERSATION_LIFECYCLE_NOTIFICATIONS_SUBSCRIPTION_ID', 'aa-conversation-event-sub'),
  recognition: named(
    'NEW_RECOGNITION_RESULT_NOTIFICATION_SUBSCRIPTION_ID',
    'aa-intermediate-transcript-event-sub',
  ),
} satisfies Settings;

type Env = Record<string, string | undefined>;

export interface Migration {
  reference: Reference;
  /** The settings with what a running reference dictates. */
  env: Env;
  /** A sentence for each such decision. */
  notes: readonly string[];
}

/** @throws {ConfigError} naming every variable that is wrong, or asks for what the Redis of the reference cannot do. */
export function readMigration(env: Env): Migration {
  if (env.REDIS_SECURITY === 'tls-auth') {
    throw new ConfigError([
      'REDIS_SECURITY is tls-auth: the Redis of the reference has no TLS, which Memorystore cannot add to an instance. ' +
        'Leave it out to migrate; docs/deploy.md tells how to move to another instance afterwards',
    ]);
  }
  const origins = env.CORS_ALLOWED_ORIGINS;
  return {
    reference: readReference(env),
    env: {
      ...env,
      ...Object.fromEntries(Object.values(referenceSettings).map(({ env: name }) => [name, undefined])),
      REDIS_SECURITY: 'plain',
      // The profile they have names the topics they keep: no other is made.
      CONVERSATION_PROFILE_ID: env.CONVERSATION_PROFILE_ID || 'none',
    },
    notes: [
      'REDIS_SECURITY=plain: the Redis of the reference has neither password nor TLS. Anyone who reaches the network can ' +
        'read conversations and write to desktops',
      origins
        ? `CORS_ALLOWED_ORIGINS stays ${origins}`
        : 'CORS_ALLOWED_ORIGINS is not set: pages of any origin may use the relay, as with the reference. Set it to the ' +
          'origins of your desktops once they work',
      'agents have to register again, by a reload of their page: the reference signs its tokens with an empty key, ' +
        'and the relay refuses them',
    ],
  };
}

function readReference(env: Env): Reference {
  const { interceptor, suggestions, messages, lifecycle, recognition } = readConfig(referenceSettings, env);
  return {
    interceptor,
    subscriptions: new Map([
      ['human-agent-assistant-event', suggestions],
      ['new-message-event', messages],
      ['conversation-lifecycle-event', lifecycle],
      ['new-recognition-result-notification-event', recognition],
    ]),
  };
}

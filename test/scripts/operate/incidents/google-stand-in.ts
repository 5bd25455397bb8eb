// Stands in for what a trace asks of Google: topics and their subscriptions, the conversation profile, and the functions'
// lines in Cloud Logging, which are those that the functions of the test have written.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { conversationProfile } from '../../../../scripts/local/dialogflow/profile.ts';
import { topicName } from '../../../../scripts/topics.ts';
import { EVENT_KINDS, type EventKind } from '../../../../shared/event.ts';
import { TEST_PROJECT } from '../../../helpers/redis.ts';

/** The name of the deployment's profile unless a setting says otherwise. */
const PROFILE_NAME = 'Agent Assist Relay';

export interface GoogleStandIn {
  server: ReturnType<typeof createServer>;
  /** Changes parts of the profile, as somebody does in the console; returns what takes that back. */
  editProfile(parts: Record<string, unknown>): () => void;
  /** What makes a command ask this server, listening at the port, in the place of the emulator. */
  env(port: number): Record<string, string>;
  /** What makes a command ask this server with the token of gcloud's account. */
  gcloudEnv(port: number): Record<string, string>;
}

/**
 * @param functionLogs files with one line of JSON each.
 * @param earliest entries before this time are left out, in milliseconds since 1970.
 */
export function createGoogleStandIn(functionLogs: readonly string[], earliest: () => number): GoogleStandIn {
  const profileName = `projects/${TEST_PROJECT}/locations/global/conversationProfiles/profile-1`;
  const sound = { ...conversationProfile(profileName), displayName: PROFILE_NAME };
  let profile: object = sound;
  const subscriptions = new Map<string, EventKind>(
    EVENT_KINDS.map((kind) => [`projects/${TEST_PROJECT}/subscriptions/eventarc-${kind}`, kind]),
  );
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      const answer = answerTo(new URL(request.url ?? '/', 'http://localhost').pathname, text);
      response.writeHead(answer === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify(answer ?? { error: { code: 404, status: 'NOT_FOUND', message: 'not there' } }),
      );
    });
  });

  function answerTo(path: string, body: string): unknown {
    if (path === `/v1/projects/${TEST_PROJECT}`) return { lifecycleState: 'ACTIVE' };
    if (path === '/v2/entries:list') return { entries: entriesFor(JSON.parse(body).filter) };
    if (/^\/v2\/.*\/conversationProfiles$/.test(path)) return { conversationProfiles: [profile] };
    if (/:(pull|modifyAckDeadline)$/.test(path)) return {};
    const [, topic] = /^\/v1\/(.*\/topics\/[^/]+)\/subscriptions$/.exec(path) ?? [];
    if (topic !== undefined) {
      const names = [...subscriptions].filter(([, kind]) => topicName(TEST_PROJECT, kind) === topic);
      return names.length === 0 ? undefined : { subscriptions: names.map(([name]) => name) };
    }
    const kind: EventKind | undefined = subscriptions.get(path.slice('/v1/'.length));
    return kind && { topic: topicName(TEST_PROJECT, kind), pushConfig: { pushEndpoint: `https://${kind}/` } };
  }

  /** As Cloud Logging applies the filter of a trace. */
  function entriesFor(filter: string): object[] {
    const since = Math.max(earliest(), Date.parse(/timestamp>="([^"]+)"/.exec(filter)?.[1] ?? ''));
    return functionLogs
      .filter((file) => existsSync(file))
      .flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean))
      .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []))
      .filter(
        ({ severity, fault, message }) =>
          severity === 'ERROR' && (fault !== undefined || String(message).includes('event not taken')),
      )
      .filter(({ time }) => Date.parse(String(time)) >= since)
      .map(({ time, ...jsonPayload }) => ({ timestamp: time, jsonPayload }))
      .reverse();
  }

  return {
    server,
    editProfile: (parts) => {
      profile = { ...sound, ...parts };
      return () => {
        profile = sound;
      };
    },
    env: (port) => ({
      PUBSUB_EMULATOR_HOST: `127.0.0.1:${port}`,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_DIALOGFLOW: `http://127.0.0.1:${port}`,
      CLOUDSDK_API_ENDPOINT_OVERRIDES_LOGGING: `http://127.0.0.1:${port}/`,
    }),
    gcloudEnv: (port) => ({
      CLOUDSDK_AUTH_ACCESS_TOKEN: 'an-access-token',
      CLOUDSDK_CORE_DISABLE_USAGE_REPORTING: 'true',
      ...Object.fromEntries(
        ['CLOUDRESOURCEMANAGER', 'PUBSUB', 'DIALOGFLOW', 'LOGGING'].map((api) => [
          `CLOUDSDK_API_ENDPOINT_OVERRIDES_${api}`,
          `http://127.0.0.1:${port}/`,
        ]),
      ),
    }),
  };
}

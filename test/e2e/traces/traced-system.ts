import { join } from 'node:path';
import { build } from 'esbuild';
import { openTelemetryBundle } from '../../../scripts/build/open-telemetry-bundle.ts';
import { eventarcRequest } from '../../../scripts/local/eventarc.ts';
import { type RunningFunction, startFunction } from '../../../scripts/local/functions-host.ts';
import { registerAt } from '../../../scripts/local/relay-client.ts';
import type { EventKind } from '../../../shared/event.ts';
import { buildFunctions, FUNCTION_ENV, makePush, topicOf } from '../../functions/deployed-functions.ts';
import { TestDesktop } from '../../helpers/desktop.ts';
import type { Fixture } from '../../helpers/fixture.ts';
import { NativeDesktop } from '../../helpers/native-desktop.ts';
import { buildRelay, type RelayProcess } from '../../helpers/relay-program.ts';
import { SAMPLE_PROJECT } from '../../shared/sample-events.ts';

export const KIND: EventKind = 'new-message-event';
export const CONTENT = 'my card number is 4711';

export const nameOf = (id: string) => `projects/${SAMPLE_PROJECT.id}/locations/global/conversations/${id}`;

/** A function and relays as they are deployed, with the bundle of OpenTelemetry beside their own. */
export interface TracedSystem {
  startFunction(settings: Record<string, string>): Promise<TracedFunction>;
  startRelay(settings: Record<string, string>): Promise<RelayProcess>;
}

export interface TracedFunction extends RunningFunction {
  log: string;
  /** Delivers a message as Eventarc does; resolves with the status of the answer. */
  deliver(id: string, messageId: string, traceparent?: string): Promise<number>;
}

/** @param env that of Redis. */
export async function buildSystem(fixture: Fixture, env: Record<string, string>): Promise<TracedSystem> {
  const [{ directory }, relay] = await Promise.all([buildFunctions(fixture), buildRelay(fixture)]);
  const folders = [relay.directory, join(directory, KIND)];
  await Promise.all(folders.map((folder) => build({ ...openTelemetryBundle(folder), logLevel: 'error' })));
  const logs = fixture.directory();
  let started = 0;
  return {
    async startFunction(settings) {
      const log = join(logs, `${++started}.log`);
      const running = await startFunction(KIND, {
        directory,
        env: { PATH: process.env.PATH, ...FUNCTION_ENV, ...env, ...settings },
        logFileOf: () => log,
      });
      fixture.defer(() => running.child.stop());
      const deliver = async (id: string, messageId: string, traceparent?: string) => {
        const push = makePush({ conversation: nameOf(id), content: CONTENT }, { messageId });
        const { headers, body } = eventarcRequest(topicOf(KIND), push);
        const traced = traceparent === undefined ? headers : { ...headers, traceparent };
        return (await fetch(running.url, { method: 'POST', headers: traced, body })).status;
      };
      return { ...running, log, deliver };
    },
    startRelay: (settings) =>
      relay.start({ ...env, AUTH_OPTION: 'Skip', GCP_PROJECT_ID: SAMPLE_PROJECT.id, ...settings }),
  };
}

/** Opens a desktop at a relay, which has joined a conversation from its beginning. */
export async function openDesktop(
  fixture: Fixture,
  { url }: RelayProcess,
  id: string,
): Promise<NativeDesktop> {
  const { token } = await registerAt(url);
  const desktop = fixture.keep(new NativeDesktop(url));
  await desktop.ready(token);
  await desktop.join(nameOf(id), '0');
  return desktop;
}

/** Opens a page of Socket.IO at a relay, which has joined a conversation. `packets` are its events as they came. */
export async function openPage(
  fixture: Fixture,
  { url }: RelayProcess,
  id: string,
): Promise<{ packets: string[] }> {
  const { token } = await registerAt(url);
  const page = fixture.keep(new TestDesktop(url, token));
  await page.connected();
  const packets: string[] = [];
  page.socket.io.engine.on('data', (packet) => {
    if (String(packet).includes(CONTENT)) packets.push(String(packet));
  });
  await page.join(nameOf(id));
  return { packets };
}

import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { bundleOptions } from '../../scripts/build/bundle-options.ts';
import { copyLuaScripts } from '../../scripts/build/lua-scripts.ts';
import { type EventarcRequest, eventarcRequest, type PushBody } from '../../scripts/local/eventarc.ts';
import { startFunctions } from '../../scripts/local/functions-host.ts';
import { EVENT_KINDS, type EventKind } from '../../shared/event.ts';
import type { Fixture } from '../helpers/fixture.ts';
import { type Ended, runNode } from '../helpers/process.ts';
import { until } from '../helpers/until.ts';
import { SAMPLE_PROJECT, type SampleDelivery } from '../shared/sample-events.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The four functions as the build bundles them, in a folder of their own, so that no other test meets a half-made one. */
export interface FunctionsBuild {
  directory: string;
}

/** @param fixture removes what is built. */
export async function buildFunctions(fixture: Fixture): Promise<FunctionsBuild> {
  const directory = fixture.directory();
  await build({
    entryPoints: Object.fromEntries(
      EVENT_KINDS.map((kind) => [`${kind}/index`, join(ROOT, 'functions', kind, 'index.ts')]),
    ),
    outdir: directory,
    ...bundleOptions,
    logLevel: 'error',
  });
  // Where the bundles find the functions framework.
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'));
  for (const kind of EVENT_KINDS) {
    await copyLuaScripts('functions', join(directory, kind));
    writeFileSync(join(directory, kind, 'package.json'), '{"type":"module","main":"index.js"}');
  }
  return { directory };
}

/** The functions in processes of their own, under the functions framework. */
export interface DeployedFunctions {
  post(
    kind: EventKind,
    request: { headers?: Record<string, string>; body: string; path?: string },
  ): Promise<Answer>;
  /** Delivers as Eventarc does. */
  deliver(kind: EventKind, push: PushBody): Promise<Answer>;
  /** All that a function has written, to standard output and error. */
  log(kind: EventKind): string;
  /** The lines of {@link log} that are the function's own. */
  records(kind: EventKind): Record<string, unknown>[];
  /** The last of them about a message; waits for it, because the log comes through a pipe of its own. */
  recordOf(kind: EventKind, messageId: string): Promise<Record<string, unknown>>;
  url(kind: EventKind): string;
}

export interface Answer {
  status: number;
  body: string;
}

export const FUNCTION_ENV = {
  GCP_PROJECT_ID: SAMPLE_PROJECT.id,
  GCP_PROJECT_NUMBER: SAMPLE_PROJECT.number,
  LOG_LEVEL: 'debug',
};

/** @param fixture stops them. */
export async function deployFunctions(
  fixture: Fixture,
  { directory }: FunctionsBuild,
  env: Record<string, string>,
): Promise<DeployedFunctions> {
  const logFileOf = (kind: EventKind) => join(logs, `${kind}.log`);
  const logs = fixture.directory();
  const host = await startFunctions({
    directory,
    env: { PATH: process.env.PATH, ...FUNCTION_ENV, ...env },
    logFileOf,
  });
  fixture.defer(() => host.stop());
  const log = (kind: EventKind) => readFileSync(logFileOf(kind), 'utf8');
  const records = (kind: EventKind) =>
    log(kind)
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Record<string, unknown>] : []));
  const post: DeployedFunctions['post'] = async (kind, { headers = {}, body, path = '' }) => {
    const response = await fetch(new URL(path, host.urls[kind]), { method: 'POST', headers, body });
    return { status: response.status, body: await response.text() };
  };
  return {
    post,
    deliver: (kind, push) => post(kind, toEventarc(kind, push)),
    log,
    records,
    async recordOf(kind, messageId) {
      const find = () => records(kind).findLast(({ message_id }) => message_id === messageId);
      await until(() => find() !== undefined);
      return find() ?? {};
    },
    url: (kind) => host.urls[kind],
  };
}

export const topicOf = (kind: EventKind) => `projects/${SAMPLE_PROJECT.id}/topics/${kind}`;
export const toEventarc = (kind: EventKind, push: PushBody): EventarcRequest =>
  eventarcRequest(topicOf(kind), push);

let lastId = 20_000_000_000_000_000n;

/** A push body, as Pub/Sub makes it of a published text. */
export function makePush(
  content: string | Uint8Array | object,
  {
    attributes = {},
    messageId = String(++lastId),
  }: { attributes?: Record<string, string>; messageId?: string } = {},
): PushBody {
  const text =
    typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content);
  const publishTime = '2026-03-12T11:20:12.130Z';
  return {
    message: {
      data: Buffer.from(text).toString('base64'),
      attributes,
      messageId,
      message_id: messageId,
      publishTime,
      publish_time: publishTime,
    },
    subscription: `projects/${SAMPLE_PROJECT.id}/subscriptions/some`,
  };
}

/** A sample's message in a push body, with an id of its own so that samples do not count as delivered again. */
export function pushOf({ text, attributes }: Pick<SampleDelivery, 'text' | 'attributes'>): PushBody {
  return makePush(text, { ...(attributes ? { attributes } : {}) });
}

/** Starts one function that is expected to end by itself. */
export function runFunction(
  { directory }: FunctionsBuild,
  kind: EventKind,
  env: Record<string, string>,
): Promise<Ended> {
  const framework = createRequire(import.meta.url).resolve('@google-cloud/functions-framework');
  const args = [
    `--source=${join(directory, kind)}`,
    `--target=${kind}`,
    '--signature-type=cloudevent',
    `--port=${env.PORT ?? 0}`,
  ];
  return runNode([join(framework, '..', 'main.js'), ...args], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    timeout: 60_000,
  });
}

import { EVENT_KINDS, type EventKind } from '../../shared/event.ts';
import { valueOfNamed } from '../cli/named-variable.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { SimulateOptions, Way } from './options.ts';

/** A relay that runs. */
export interface RelayTarget {
  /** Without a slash at its end. */
  url: string;
  /** What an agent sends to `POST /register`; undefined where anybody may register. */
  credential: string | undefined;
  isRemote: boolean;
}

/** How events get to the functions of a relay that runs. */
export type Route =
  | { to: 'emulator'; url: string; isRemote: boolean }
  | { to: 'functions'; urls: Readonly<Record<EventKind, string>> }
  | { to: 'pubsub'; project: string };

type Env = Readonly<Record<string, string | undefined>>;

/** @throws {UsageError} when `--relay` is missing, or its address is not of this machine and there is no credential. */
export function relayTarget({ relay, credentialEnv }: SimulateOptions, env: Env): RelayTarget {
  if (relay === undefined) throw new UsageError('--relay is missing: name the relay to record from');
  const credential =
    credentialEnv === undefined
      ? undefined
      : valueOfNamed('--credential-env', credentialEnv, 'the credential', env);
  const isRemote = !isLoopback(relay.hostname);
  if (isRemote && credential === undefined)
    throw new UsageError(
      '--relay: a relay on another machine needs --credential-env, a variable with what an agent sends to POST /register',
    );
  if (isRemote && relay.protocol !== 'https:')
    throw new UsageError(
      '--relay: a relay on another machine needs https, so that nobody reads the credential',
    );
  return { url: relay.href.replace(/\/+$/, ''), credential, isRemote };
}

/** @throws {UsageError} when it does not say where events go, or they would go to functions of another machine. */
export function routeTo(options: SimulateOptions, env: Env): Route {
  const { publish, function: functions = [] } = options;
  if (publish === undefined)
    throw new UsageError('--publish is missing: with --relay, say how events get to its functions');
  if (functions.length > 0 && publish.to !== 'functions')
    throw new UsageError('--function goes with --publish functions');
  if (publish.to === 'functions') return { to: 'functions', urls: functionUrls(functions) };
  const emulator = env.PUBSUB_EMULATOR_HOST || undefined;
  if (publish.to === 'pubsub') {
    if (emulator !== undefined)
      throw new UsageError('PUBSUB_EMULATOR_HOST is set: unset it, or use --publish emulator');
    return publish;
  }
  if (emulator === undefined || !URL.canParse(`http://${emulator}`))
    throw new UsageError('--publish emulator: PUBSUB_EMULATOR_HOST must name it, as in 127.0.0.1:8085');
  const url = new URL(`http://${emulator}`);
  return { to: 'emulator', url: url.origin, isRemote: !isLoopback(url.hostname) };
}

function functionUrls(given: readonly (readonly [EventKind, string])[]): Record<EventKind, string> {
  const urls = new Map(given);
  for (const kind of EVENT_KINDS) {
    const url = urls.get(kind);
    if (url === undefined) throw new UsageError(`--function ${kind}=URL is missing`);
    if (!isLoopback(new URL(url).hostname))
      throw new UsageError(
        `--function ${kind}: functions of another machine take events from Pub/Sub only: use --publish pubsub:PROJECT`,
      );
  }
  return Object.fromEntries(urls) as Record<EventKind, string>;
}

/** What a local stack is started with. @throws {UsageError} when an option needs a relay that runs. */
export function localWay(options: SimulateOptions): 'emulator' | 'direct' | undefined {
  const needsRelay = (['function', 'credentialEnv', 'settings'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (needsRelay !== undefined)
    throw new UsageError(
      `--${needsRelay === 'credentialEnv' ? 'credential-env' : needsRelay} goes with --relay`,
    );
  const way: Way | undefined = options.publish;
  if (way?.to === 'pubsub') throw new UsageError('--publish pubsub:PROJECT goes with --relay');
  return way?.to === 'functions' ? 'direct' : way?.to;
}

/** Whether a host is this machine; a name that only a resolver knows is not. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

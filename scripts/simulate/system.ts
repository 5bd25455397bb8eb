// What is played to: a system that the command starts, or a relay that runs.
import { chooseRoute } from '../calls/route.ts';
import { confirm } from '../cli/confirm.ts';
import { ROOT } from '../cli/root.ts';
import { findEmulator } from '../local/pubsub-emulator.ts';
import type { StackOptions } from '../local/stack.ts';
import type { SimulateOptions } from './options.ts';
import { localWay, type RelayTarget, type Route, relayTarget, routeTo } from './target.ts';

/** Of the system that the command starts. Nothing outside this machine has this name. */
export const LOCAL_PROJECT = 'demo-project';

export const locationIn = (project: string, { location = 'global' }: SimulateOptions) =>
  `projects/${project}/locations/${location}`;

/** Says what is about to start. */
export async function localSystem(
  options: SimulateOptions,
  logLevel: string,
  signal: AbortSignal,
): Promise<{ stack: Omit<StackOptions, 'logDirectory'>; way: string }> {
  const route = chooseRoute(localWay(options), findEmulator(process.env), '--publish');
  console.log(`Starting; events go ${route.description} …`);
  const stack = {
    project: LOCAL_PROJECT,
    distDirectory: `${ROOT}dist/`,
    emulator: route.emulator,
    env: process.env,
    logLevel,
    signal,
  };
  return { stack, way: route.description };
}

export interface AgreedTarget {
  target: RelayTarget;
  route: Route;
  /** How events get to the functions, as the end of a sentence. */
  way: string;
}

/**
 * The relay that the options name; asks before it is played to where it, or Pub/Sub, is not of this machine.
 *
 * @param question Begins with a verb and has no question mark: `Play 3 calls`.
 * @returns undefined when the answer is no
 * @throws {UsageError} when the options do not name a target, or give no credential for it.
 */
export async function agreedTarget(
  options: SimulateOptions,
  question: string,
  signal: AbortSignal,
): Promise<AgreedTarget | undefined> {
  const target = relayTarget(options, process.env);
  const route = routeTo(options, process.env);
  const isFar = target.isRemote || route.to === 'pubsub' || (route.to === 'emulator' && route.isRemote);
  const way = `through ${nameOf(route)}`;
  if (!isFar || options.yes || (await confirm(`${question} ${way} to ${target.url}?`, signal)))
    return { target, route, way };
  console.log('nothing was played');
  return undefined;
}

function nameOf(route: Route): string {
  if (route.to === 'pubsub') return `Pub/Sub of ${route.project}`;
  return route.to === 'emulator' ? `the emulator at ${route.url}` : 'the functions';
}

// The waves of docs/scale.md. Pure: the random numbers are the same each time.
import { backoff as nativeBackoff } from '../../relay/client/backoff.ts';
import { LIMITS } from '../../relay/limits.ts';
import { REVOCATION_CHECKS, totalOf } from './commands.ts';
import type { MeasuredCosts } from './costs.ts';
import { LIVES, type Settings } from './deployment.ts';
import { REJOIN_COMMANDS } from './steady.ts';
import { peakPerSecond, seeded, simulateWave, socketIoBackoff, timeUntil, type WaveInput } from './waves.ts';

/** What happens to the desktops of a deployment. */
export interface Wave {
  title: string;
  /** Desktops that lose their connection. */
  moved: number;
  /** Most that join again in a second, and the commands that this is for Redis and for the key of revocations. */
  peak: number;
  commands: number;
  revocations: number;
  /** Seconds until 99 % have joined again; undefined where they lose their connections one by one. */
  until99: number | undefined;
}

const CHECKS = totalOf(REVOCATION_CHECKS);
/** Cloud Run cuts every request at this age, in seconds. */
const CUT_SECONDS = 3_600;
/** Desktops that are simulated at most. More are taken as so many times the same, with their relays. */
const SIMULATED_MAX = 12_000;

export function waves(agents: number, settings: Settings, costs: MeasuredCosts): Wave[] {
  const desktops = Math.min(agents, SIMULATED_MAX);
  const scale = agents / desktops;
  const relays = Math.max(1, Math.ceil(desktops / (settings.relayConcurrency * settings.busyPart)));
  const random = seeded(1);
  const common = {
    relays,
    connectSeconds: costs.relay.joinMicros / 1e6,
    pendingMax: LIMITS.http.pendingConnectionsMax,
    patience: LIMITS.session.authTimeoutMs / 1_000,
    backoff: socketIoBackoff,
    random,
  };
  const spread = (count: number, seconds: number) => Array.from({ length: count }, () => random() * seconds);
  const jittered = () =>
    LIVES.connection + (2 * random() - 1) * LIVES.connectionJitter + random() * LIVES.drainSpread;

  const cut = (title: string, life: () => number): Wave => {
    const input: WaveInput = {
      ...common,
      starts: spread(desktops, LIVES.drainSpread),
      life,
      end: 2 * CUT_SECONDS,
    };
    const peak = peakPerSecond(simulateWave(input).joins, CUT_SECONDS / 2) * scale;
    return {
      title,
      moved: agents,
      peak,
      commands: peak * REJOIN_COMMANDS,
      revocations: peak * CHECKS,
      until99: undefined,
    };
  };
  const end = (title: string, count: number, by: number, changes: Partial<WaveInput> = {}): Wave => {
    const { joins } = simulateWave({
      ...common,
      starts: spread(count, LIVES.drainSpread),
      end: Number.POSITIVE_INFINITY,
      ...changes,
    });
    const peak = peakPerSecond(joins) * by;
    return {
      title,
      moved: count * by,
      peak,
      commands: peak * REJOIN_COMMANDS,
      revocations: peak * CHECKS,
      until99: timeUntil(0.99, joins, count),
    };
  };
  const ofOne = Math.round(desktops / relays);
  const seconds = (failures: number) => nativeBackoff(failures, random) / 1_000;
  return [
    end('one relay ends', ofOne, 1, { relays: Math.max(1, relays - 1) }),
    end('all relays end at once, and as many others are there', desktops, scale),
    end('the same, with the native client', desktops, scale, { backoff: seconds }),
    cut('an hour later, as relays close connections at 52 to 58 minutes', jittered),
    cut('an hour later, if only Cloud Run cut them, at 60 minutes', () => CUT_SECONDS),
  ];
}

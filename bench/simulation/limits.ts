// Where each limit lies: what a deployment needs of it, and at how many agents it is reached. Pure.
import type { MeasuredCosts } from './costs.ts';
import { CALL, CALL_SECONDS, CALLS_AN_HOUR, type Settings } from './deployment.ts';
import { limitOf } from './quotas.ts';
import { connectionsOf, type Steady, sharedCommands, steady } from './steady.ts';

export interface Limit {
  what: string;
  limit: number;
  unit: string;
  /** What so many agents need of it. */
  need(of: Steady): number;
  /** What moves the limit. */
  mover: string;
  /** Whether one deployment can never have more. */
  isHard?: true;
}

/** Agents who talk at a time, of all. */
const TALKING = (CALLS_AN_HOUR * CALL_SECONDS) / 3_600;
/** Of a call: those of the caller and of the agent. */
const STREAMS_OF_CALL = 2;
/** Pub/Sub counts a message as 1 kB at least. */
const KILOBYTE_MB = 0.001;
/** A primary and its replica. */
const NODES_OF_SHARD = 2;

export function limits(settings: Settings, costs: MeasuredCosts): Limit[] {
  const alone = (of: Steady) => of.shardBusy * of.shards;
  const sharedBusy = ({ relays, calls, joins }: Steady) => {
    const { revocations, index, desktops } = sharedCommands(settings, relays, { calls, joins });
    const trials = relays;
    return ((revocations + index + desktops + trials) * costs.redis.commandMicros) / 1e6;
  };
  return [
    {
      what: 'connections of relays, with `RELAY_MAX_INSTANCES` as it is',
      limit: settings.relayMaxInstances,
      unit: 'relays',
      need: ({ relays }) => relays,
      mover: '`RELAY_MAX_INSTANCES`, up to 1,000',
    },
    {
      what: 'connections of relays',
      limit: limitOf('run-instances'),
      unit: 'relays',
      need: ({ relays }) => relays,
      mover: 'another deployment, in another region',
      isHard: true,
    },
    {
      what: 'interim transcripts, with `FUNCTION_MAX_INSTANCES` as it is',
      limit: settings.functionMaxInstances,
      unit: 'instances',
      need: ({ interimFunctions }) => interimFunctions,
      mover: '`FUNCTION_MAX_INSTANCES`, up to 1,000; or no interim transcripts',
    },
    {
      what: 'interim transcripts',
      limit: limitOf('run-instances'),
      unit: 'instances',
      need: ({ interimFunctions }) => interimFunctions,
      mover: 'another deployment, in another region; or no interim transcripts',
      isHard: true,
    },
    {
      what: 'memory of one Redis, with `REDIS_SIZE_GB` as it is',
      limit: settings.redisGib,
      unit: 'GiB',
      need: ({ redisBytes }) => redisBytes / 2 ** 30,
      mover: '`REDIS_SIZE_GB`, up to 300',
    },
    {
      what: 'processor of one Redis, at 60 %',
      limit: settings.busyPart,
      unit: 'processors',
      need: alone,
      mover: 'a Redis Cluster: `REDIS_CLUSTER`',
    },
    {
      what: 'nodes of one Redis Cluster, with a replica for each primary',
      limit: limitOf('redis-nodes'),
      unit: 'nodes',
      need: ({ shards }) => shards * NODES_OF_SHARD,
      mover: 'another deployment; larger nodes where memory is the reason',
      isHard: true,
    },
    {
      what: 'connections to each primary',
      limit: limitOf('redis-node-clients'),
      unit: 'connections',
      need: ({ relays, functions }) => connectionsOf(relays, functions),
      mover: '`maxclients` of the cluster, up to 64,000',
      isHard: true,
    },
    {
      what: 'keys that all relays share, on one primary at 60 %',
      limit: settings.busyPart,
      unit: 'processors',
      need: sharedBusy,
      mover: 'another deployment',
      isHard: true,
    },
    {
      what: 'Pub/Sub: publishing',
      limit: limitOf('pubsub-publish'),
      unit: 'MB/s',
      need: ({ events }) => events * KILOBYTE_MB,
      mover: 'a quota of Pub/Sub',
    },
    {
      what: 'Pub/Sub: push',
      limit: limitOf('pubsub-push'),
      unit: 'MB/s',
      need: ({ events }) => events * KILOBYTE_MB,
      mover: 'a quota of Pub/Sub; or no interim transcripts',
    },
    {
      what: 'Dialogflow: `AnalyzeContent`, where desktops send each message of a chat',
      limit: limitOf('analyze-content'),
      unit: 'a minute',
      need: ({ calls }) => calls * CALL.messages * 60,
      mover: 'a quota of Dialogflow, then `ANALYZE_CONTENT_PER_MINUTE`',
    },
    {
      what: 'Dialogflow: bidirectional streams, where calls reach it by them',
      limit: limitOf('bidi-streams'),
      unit: 'streams',
      need: ({ agents }) => agents * TALKING * STREAMS_OF_CALL,
      mover: 'a quota of Dialogflow, in each region',
    },
  ];
}

/** Most agents for whom the limit is enough. */
export function agentsAt({ limit, need }: Limit, settings: Settings, costs: MeasuredCosts): number {
  let [enough, tooMany] = [0, AGENTS_END];
  while (tooMany - enough > Math.max(1, enough / 1_000)) {
    const agents = Math.floor((enough + tooMany) / 2);
    if (need(steady(agents, settings, costs)) <= limit) enough = agents;
    else tooMany = agents;
  }
  return enough;
}

/** More agents than anybody has. */
const AGENTS_END = 100_000_000;

/** Most agents of one deployment, whatever is asked of Google. */
export function agentsOfDeployment(settings: Settings, costs: MeasuredCosts): number {
  const hard = limits(settings, costs).filter(({ isHard }) => isHard);
  return Math.min(...hard.map((limit) => agentsAt(limit, settings, costs)));
}

import type { RedisNode } from '../../../shared/redis.ts';

/** How often each command ran, by its name; those that scripts run included. */
export type Commands = Readonly<Record<string, number>>;

/** What a node of Redis says of itself, sums since its start. */
export interface NodeStatistics {
  commands: Commands;
  outputBytes: number;
  /** Without the buffers of clients, which come and go. */
  usedMemory: number;
  connections: number;
  /** Channels of sharded pub/sub that have a subscriber. */
  channels: number;
}

export async function statisticsOf(node: RedisNode): Promise<NodeStatistics> {
  const [info, channels] = await Promise.all([
    node.info('commandstats', 'stats', 'memory', 'clients'),
    node.call('PUBSUB', 'SHARDCHANNELS') as Promise<string[]>,
  ]);
  const number = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1] ?? 0);
  const commands: Record<string, number> = {};
  for (const [, name = '', calls] of info.matchAll(/^cmdstat_([\w|-]+):calls=(\d+)/gm))
    commands[name] = Number(calls);
  return {
    commands,
    outputBytes: number('total_net_output_bytes'),
    usedMemory: number('used_memory') - number('mem_clients_normal'),
    connections: number('connected_clients'),
    channels: channels.length,
  };
}

/** What ran between the two. */
export function between(before: Commands, after: Commands): Record<string, number> {
  return sumOf([after], before);
}

/** The sum of some, less those of `less`. */
export function sumOf(all: readonly Commands[], less: Commands = {}): Record<string, number> {
  const sum: Record<string, number> = {};
  for (const commands of all)
    for (const [name, calls] of Object.entries(commands)) sum[name] = (sum[name] ?? 0) + calls;
  for (const [name, calls] of Object.entries(less)) sum[name] = (sum[name] ?? 0) - calls;
  return Object.fromEntries(Object.entries(sum).filter(([, calls]) => calls !== 0));
}

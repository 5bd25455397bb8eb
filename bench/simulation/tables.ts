// The tables of docs/scale.md. `node bench/simulation/main.ts` prints them.

import { markdownTable } from '../../scripts/cli/table.ts';
import { bill, costOf, OFFICE } from '../../scripts/operate/costs/costs.ts';
import { listPrices } from '../../scripts/operate/costs/idle-cost.ts';
import type { MeasuredCosts } from './costs.ts';
import { type Settings, SIZES } from './deployment.ts';
import { agentsAt, agentsOfDeployment, limits } from './limits.ts';
import { QUOTAS } from './quotas.ts';
import { waves } from './scenarios.ts';
import { type Steady, steady } from './steady.ts';

/** Three digits at most, with their thousands. */
export function figure(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const factor = 10 ** (2 - Math.floor(Math.log10(Math.abs(value))));
  return (Math.round(value * factor) / factor).toLocaleString('en', {
    maximumFractionDigits: Math.min(digits, 3),
  });
}

const percent = (part: number) => `${figure(part * 100)} %`;
const gigabytes = (bytes: number) => figure(bytes / 1e9);

const ROWS: readonly [string, (of: Steady) => string][] = [
  ['connections of desktops', ({ agents }) => agents.toLocaleString('en')],
  ['events a second', ({ events }) => figure(events)],
  ['of them interim transcripts', ({ interims }) => figure(interims)],
  ['joins a second', ({ joins }) => figure(joins)],
  ['relays', ({ relays }) => relays.toLocaleString('en')],
  ['one relay is busy', ({ relayBusy }) => percent(relayBusy)],
  ['instances of functions, all four', ({ functions }) => functions.toLocaleString('en')],
  ['memory in Redis, GB', ({ redisBytes }) => gigabytes(redisBytes)],
  ['shards', ({ shards }) => shards.toLocaleString('en')],
  ['commands a second, of one shard', ({ operationsAShard }) => figure(operationsAShard)],
  ['one shard is busy', ({ shardBusy }) => percent(shardBusy)],
  ['connections to each shard', ({ connectionsAShard }) => connectionsAShard.toLocaleString('en')],
  ['pub/sub to relays, messages a second', ({ messages }) => figure(messages)],
  ['pub/sub to relays, MB/s', ({ messageBytes }) => figure(messageBytes / 1e6)],
  ['commands a second for revocations, one key', ({ shared }) => figure(shared.revocations)],
  ['commands a second for the list of calls, one slot', ({ shared }) => figure(shared.index)],
  ['commands a second for the relays with desktops, one key', ({ shared }) => figure(shared.desktops)],
  ['commands a second of one wall of 2,000 calls', ({ wall }) => figure(wall)],
  ['Pub/Sub, MB/s in, and as many out', ({ events }) => figure(events / 1_000)],
];

const heads = (first: string) => [first, ...SIZES.map((agents) => `${agents.toLocaleString('en')} agents`)];

export function sizesTable(settings: Settings, costs: MeasuredCosts): string {
  const sizes = SIZES.map((agents) => steady(agents, settings, costs));
  const most = agentsOfDeployment(settings, costs);
  const rows = ROWS.map(([what, of]) => [what, ...sizes.map(of)]);
  const deployments = [
    'deployments side by side',
    ...SIZES.map((agents) => String(Math.ceil(agents / most))),
  ];
  return markdownTable(heads('in the busiest hour'), [...rows, deployments]);
}

/** What a month costs: `costs.ts` with the memory that the model finds. */
export function costsTable(settings: Settings, costs: MeasuredCosts): string {
  const prices = listPrices();
  const columns = SIZES.map((agents) => {
    const { redisBytes, shards } = steady(agents, settings, costs);
    const lines = bill({ ...OFFICE, agents }).filter(({ what }) => what !== 'Redis');
    const rest = lines.reduce((sum, line) => sum + (costOf(line, prices) ?? 0), 0);
    const gib = Math.max(settings.redisGib, Math.ceil(redisBytes / 2 ** 30));
    const redis = costOf({ what: 'Redis', price: 'redis-standard', quantity: gib * 730 }, prices) ?? 0;
    return [
      figure(rest),
      shards === 1 ? figure(redis) : `unknown: ${(shards * 2).toLocaleString('en')} nodes`,
      figure(rest / agents),
    ];
  });
  const titles = ['all but Redis, USD', 'Redis, USD', 'all but Redis, USD for each agent'];
  return markdownTable(
    heads('a month'),
    titles.map((title, row) => [title, ...columns.map((column) => column[row] ?? '')]),
  );
}

export function limitsTable(settings: Settings, costs: MeasuredCosts): string {
  const needs = SIZES.map((agents) => steady(agents, settings, costs));
  return markdownTable(
    [
      'limit',
      'is',
      ...SIZES.map((agents) => `${agents.toLocaleString('en')} need`),
      'reached at agents',
      'what moves it',
    ],
    limits(settings, costs).map((limit) => [
      limit.what,
      `${figure(limit.limit)} ${limit.unit}`,
      ...needs.map((of) => figure(limit.need(of))),
      figure(agentsAt(limit, settings, costs)),
      limit.mover,
    ]),
  );
}

export function wavesTable(settings: Settings, costs: MeasuredCosts): string {
  const rows = SIZES.flatMap((agents) =>
    waves(agents, settings, costs).map(({ title, moved, peak, commands, revocations, until99 }) => [
      agents.toLocaleString('en'),
      title,
      figure(moved),
      figure(peak),
      figure(commands),
      figure(revocations),
      until99 === undefined ? '–' : figure(until99),
    ]),
  );
  return markdownTable(
    [
      'agents',
      'what happens',
      'desktops that move',
      'most joins a second',
      'Redis commands a second then',
      'of them for revocations, one key',
      'seconds until 99 % are back',
    ],
    rows,
  );
}

export function quotasTable(): string {
  return markdownTable(
    ['quota or limit', 'is', 'can be raised', 'page', 'read'],
    Object.values(QUOTAS).map(({ what, limit, raisable, page, read, certain }) => [
      what,
      limit.toLocaleString('en'),
      raisable ? 'yes' : 'no',
      certain ? page : `${page}, as others quote it`,
      read,
    ]),
  );
}

export function measuredTable({ redis, function: ofFunction, relay }: MeasuredCosts): string {
  const micros = (value: number) => `${figure(value)} µs`;
  const bytes = (value: number) => `${value.toLocaleString('en')} bytes`;
  return markdownTable(
    ['what', 'costs'],
    [
      ['Redis: an interim transcript', micros(redis.interimMicros)],
      ['Redis: a message', micros(redis.messageMicros)],
      ['Redis: a suggestion', micros(redis.suggestionMicros)],
      ['Redis: each relay that an event goes to', micros(redis.receiverMicros)],
      ['Redis: a small command', micros(redis.commandMicros)],
      ['function: an event', micros(ofFunction.eventMicros)],
      ['relay: a connection with its join', micros(relay.joinMicros)],
      ['relay: an event to a desktop', micros(relay.deliveryMicros)],
      ['relay: a second without desktops', micros(relay.idleMicrosPerSecond)],
      ['memory of Redis: a conversation with one message', bytes(redis.conversationBytes)],
      ['memory of Redis: each further message', bytes(redis.messageBytes)],
      ['memory of Redis: a suggestion', bytes(redis.suggestionBytes)],
      ['memory of Redis: ids of interim transcripts, for ten minutes', bytes(redis.interimIdsBytes)],
      ['memory of Redis: a call without its log, for a day', bytes(redis.remainderBytes)],
      ['memory of Redis: a join', bytes(redis.joinBytes)],
      ['memory of Redis: a connection', bytes(redis.connectionBytes)],
      ['memory of a relay: a desktop', bytes(relay.desktopBytes)],
    ],
  );
}

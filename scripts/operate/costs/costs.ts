// What a month costs, by formula over a file of prices. Pure.
import { EVENT_KINDS, type EventKind } from '../../../shared/event.ts';
import { markdownTable } from '../../cli/table.ts';

export interface Price {
  unit: string;
  /** None where no page was found that says it. */
  price: number | null;
  page?: string;
  /** When that was read, YYYY-MM-DD. */
  read?: string;
}

export interface PriceFile {
  currency: string;
  region: string;
  prices: Readonly<Record<string, Price>>;
}

/** How a contact centre works; every figure is an assumption that `docs/costs.md` names. */
export interface Load {
  /** Signed in at the busiest time, each with one socket. */
  agents: number;
  /** Part of the month in which they are. */
  busyPart: number;
  /** Events of each agent in an hour of work. */
  eventsAnHour: Readonly<Record<EventKind, number>>;
  eventBytes: number;
  /** How long a function works on an event, in seconds. */
  eventSeconds: number;
}

export const OFFICE: Omit<Load, 'agents'> = {
  busyPart: 0.24, // 8 hours on 22 days of a month of 730 hours
  // Five calls of ten minutes, each with 120 messages, 60 suggestions, 3,000 interim transcripts, a start and an end.
  eventsAnHour: {
    'human-agent-assistant-event': 300,
    'new-message-event': 600,
    'conversation-lifecycle-event': 10,
    'new-recognition-result-notification-event': 15_000,
  },
  eventBytes: 1_000, // what Pub/Sub bills at least for a request
  eventSeconds: 0.01,
};

export interface Line {
  what: string;
  /** Key of the price file. */
  price: string;
  quantity: number;
}

const HOURS = 730;
const SECONDS = HOURS * 3_600;
const TIB = 2 ** 40;
/** Sockets of one relay, at the 60 % of a concurrency of 1,000 that Cloud Run's autoscaler aims at. */
const SOCKETS_A_RELAY = 600;
const SECRET_VERSIONS = 5;
/** The metrics sidecar of a relay; its sizes are those of scripts/deploy/steps/metrics-sidecar.ts. */
export const SIDECAR = {
  cpus: 0.1,
  gib: 0.5,
  /** What a relay that has seen every kind of label tells at most, each bucket of a histogram counted. */
  series: 800,
  scrapeSeconds: 30,
};
const CONNECTOR_MACHINES = 2;
const REDIS_GIB = 5;
/** Cloud Run bills the time in which an instance serves in units of 100 ms. Source: cloud.google.com/run/pricing */
const BILLED_SECONDS = 0.1;

/** What is billed in a month, with the settings of `.env.sample`. */
export function bill({ agents, busyPart, eventsAnHour, eventBytes, eventSeconds }: Load): Line[] {
  const relays = Math.max(1, Math.ceil(agents / SOCKETS_A_RELAY));
  const relaySeconds = SECONDS * (1 + (relays - 1) * busyPart);
  const busySeconds = SECONDS * busyPart;
  const rates = EVENT_KINDS.map((kind) => (agents * eventsAnHour[kind]) / 3_600);
  const events = sum(rates) * busySeconds;
  const serving = rates.map((rate) => busySeconds * servedPart(rate, eventSeconds));
  const servingSeconds = sum(serving);
  const idleSeconds = sum(serving.map((seconds) => SECONDS - Math.min(seconds, busySeconds)));
  return [
    { what: 'relay: CPU', price: 'run-cpu-always', quantity: relaySeconds },
    { what: 'relay: memory (1 GiB)', price: 'run-memory-always', quantity: relaySeconds },
    { what: 'metrics sidecar: CPU (0.1)', price: 'run-cpu-always', quantity: relaySeconds * SIDECAR.cpus },
    {
      what: 'metrics sidecar: memory (0.5 GiB)',
      price: 'run-memory-always',
      quantity: relaySeconds * SIDECAR.gib,
    },
    {
      what: 'metrics: samples',
      price: 'prometheus-samples',
      quantity: (relaySeconds * SIDECAR.series) / SIDECAR.scrapeSeconds / 1_000_000,
    },
    { what: 'functions, waiting: CPU', price: 'run-cpu-idle', quantity: idleSeconds },
    { what: 'functions, waiting: memory (0.5 GiB)', price: 'run-memory-idle', quantity: idleSeconds / 2 },
    { what: 'functions, serving: CPU', price: 'run-cpu-request', quantity: servingSeconds },
    {
      what: 'functions, serving: memory (0.5 GiB)',
      price: 'run-memory-request',
      quantity: servingSeconds / 2,
    },
    { what: 'functions: requests', price: 'run-request', quantity: events / 1_000_000 },
    { what: 'Redis', price: 'redis-standard', quantity: REDIS_GIB * HOURS },
    { what: 'connector', price: 'connector-vm', quantity: CONNECTOR_MACHINES * HOURS },
    { what: 'Pub/Sub: in and out', price: 'pubsub', quantity: (2 * events * eventBytes) / TIB },
    { what: 'secrets', price: 'secret-version', quantity: SECRET_VERSIONS },
  ];
}

/**
 * How many instances of a function serve at a time, on average and at most: single events are billed 100 ms each, until
 * one instance always has one; many more are billed what they take.
 *
 * @param rate events a second
 */
function servedPart(rate: number, eventSeconds: number): number {
  return Math.max(rate * eventSeconds, Math.min(1, rate * BILLED_SECONDS));
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** A line's cost in the file's currency; none where the price is not known. @throws {Error} for a price the file lacks. */
export function costOf({ price, quantity }: Line, { prices }: PriceFile): number | undefined {
  const found = prices[price];
  if (found === undefined) throw new Error(`the price file has no ${price}`);
  if (quantity === 0) return 0;
  return found.price === null ? undefined : quantity * found.price;
}

export const SIZES = [0, 100, 1_000, 10_000] as const;

/** A Markdown table: a row for each thing that is billed, a column for each number of agents. */
export function costTable(file: PriceFile, load: Omit<Load, 'agents'> = OFFICE): string {
  const bills = SIZES.map((agents) => bill({ ...load, agents }));
  const rows = (bills[0] ?? []).map(({ what }, index) => [
    what,
    ...bills.map((lines) => amount(costOf(lines[index] as Line, file))),
  ]);
  const totals = bills.map((lines) => {
    const costs = lines.map((line) => costOf(line, file));
    const known = sum(costs.map((cost) => cost ?? 0));
    return `${amount(known)}${costs.includes(undefined) ? ' + unknown' : ''}`;
  });
  const heads = ['a month', 'idle', ...SIZES.slice(1).map((size) => `${size.toLocaleString('en')} agents`)];
  return markdownTable(heads, [...rows, ['in all', ...totals]]);
}

function amount(cost: number | undefined): string {
  if (cost === undefined) return 'unknown';
  return cost > 0 && cost < 10 ? cost.toFixed(2) : Math.round(cost).toLocaleString('en');
}

import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bill, costOf, costTable, OFFICE, type PriceFile } from '../../../../scripts/operate/costs/costs.ts';
import { ROOT, readDoc, rowsUnder } from '../../../docs/markdown.ts';

const file: PriceFile = JSON.parse(readFileSync(`${ROOT}scripts/operate/costs/prices.json`, 'utf8'));
const page = readDoc('docs/costs.md');
const month = 730 * 3_600;
const quantity = (agents: number, what: string) =>
  bill({ ...OFFICE, agents }).find((line) => line.what === what)?.quantity ?? Number.NaN;

test('the page has the table that the command prints', () => {
  assert.match(page, costTable(file));
});

test('the page has every price with where and when it was read', () => {
  assert.equal(
    rowsUnder(page, 'price').map(([name, unit, price, from, read]) => [name, unit, price, from, read]),
    Object.entries(file.prices).map(([name, { unit, price, page: from = '', read = '' }]) => [
      name,
      unit,
      price === null ? 'unknown' : price.toFixed(7).replace(/\.?0+$/, ''),
      from,
      read,
    ]),
  );
});

test('a price that is known has a page and a day, and one that is not has neither', () => {
  for (const [name, { price, page: from, read }] of Object.entries(file.prices)) {
    if (price === null) assert.equal([from, read], [undefined, undefined], name);
    else assert.ok(/^https:\/\//.test(from ?? '') && /^\d{4}-\d\d-\d\d$/.test(read ?? ''), name);
  }
});

test('an unknown price makes an unknown cost, not none', () => {
  const line = { what: 'Redis', price: 'redis-standard', quantity: 1 };
  const unknown = {
    ...file,
    prices: { ...file.prices, 'redis-standard': { unit: 'GiB hour', price: null } },
  };
  assert.is(costOf(line, unknown), undefined);
  assert.is(costOf({ ...line, quantity: 0 }, unknown), 0);
  assert.throws(() => costOf({ ...line, price: 'no-such' }, file), 'has no no-such');
  assert.match(costTable(unknown), /in all .*\+ unknown/);
});

test('relays follow the sockets at the busiest time, and one stays', () => {
  assert.is(quantity(0, 'relay: CPU'), month);
  assert.is(quantity(600, 'relay: CPU'), month);
  assert.is(quantity(601, 'relay: CPU'), month * (1 + OFFICE.busyPart));
});

test('idle costs nothing for events, and ten times the agents cost ten times', () => {
  for (const what of ['functions: requests', 'Pub/Sub: in and out']) {
    assert.is(quantity(0, what), 0);
    assert.ok(Math.abs(quantity(1_000, what) / quantity(100, what) - 10) < 1e-9);
  }
});

/** Seconds that functions serve for one agent with so many events an hour of one kind, who is there all the month. */
const serving = (eventsAnHour: number) =>
  bill({
    ...OFFICE,
    agents: 1,
    busyPart: 1,
    eventsAnHour: { ...NO_EVENTS, 'new-message-event': eventsAnHour },
  }).find(({ what }) => what === 'functions, serving: CPU')?.quantity ?? Number.NaN;
const NO_EVENTS = {
  'human-agent-assistant-event': 0,
  'new-message-event': 0,
  'conversation-lifecycle-event': 0,
  'new-recognition-result-notification-event': 0,
};
const near = (actual: number, expected: number) => assert.ok(Math.abs(actual - expected) < 1e-6, `${actual}`);

test('one event is billed 100 ms, and an instance with events its whole time', () => {
  near(serving(3_600), month * 0.1);
  near(serving(3_600 * 10), month);
  near(serving(3_600 * 50), month);
  near(serving(3_600 * 200), month * 2);
});

test('a kept instance that serves is not billed as waiting, too', () => {
  near(quantity(0, 'functions, waiting: CPU'), 4 * month);
  const busiest = quantity(10_000, 'functions, waiting: CPU');
  near(busiest, 4 * month * (1 - OFFICE.busyPart));
  near(quantity(10_000, 'functions, waiting: memory (0.5 GiB)'), busiest / 2);
});

test.run();

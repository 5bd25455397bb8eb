// docs/simulator.md is held to the command's options, to the scenarios and to the columns of the report.
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CallEvent, placeEvent } from '../../scripts/calls/call-event.ts';
import { renderTable, reportDelivery } from '../../scripts/calls/delivery-report.ts';
import { eventLine, parseRecording } from '../../scripts/calls/recording.ts';
import { SCENARIOS } from '../../scripts/calls/scenarios/index.ts';
import { FAULT_FORMS } from '../../scripts/load/faults.ts';
import { LOAD_LIMITS } from '../../scripts/load/limits.ts';
import { simulateCommand } from '../../scripts/simulate/options.ts';
import { madeUpReport } from '../helpers/load-report.ts';
import { firstCells, readDoc, rowsUnder } from './markdown.ts';

const page = readDoc('docs/simulator.md');

test('the page has every option of the command, in the order of its help', () => {
  assert.equal(
    firstCells(page, 'option'),
    simulateCommand().options.map(({ flags }) =>
      flags.replace(/<(.+)>/, (_whole, value) => value.toUpperCase()),
    ),
  );
});

test('the page has every scenario with its language', () => {
  assert.equal(
    rowsUnder(page, 'scenario').map(([name, language]) => [name, language]),
    SCENARIOS.map(({ name, language }) => [name, language]),
  );
});

test('the page has every column of the report, and its head', () => {
  const [head = ''] = renderTable(reportDelivery([], [], { lateMs: 1, isSuperseded: () => false })).split(
    '\n',
  );
  const columns = head.split(/ {2,}/).filter((title) => title !== '');
  assert.equal(
    firstCells(page, 'column').flatMap((cell) => cell.replaceAll('`', '').split(', ')),
    columns.slice(1),
  );
  const shown = /^events .*$/m.exec(page)?.[0] ?? '';
  assert.equal(shown.split(/ {2,}/), columns);
});

test('the page has every member of the JSON report of a load, and of its parts', () => {
  const report = madeUpReport();
  const rows = rowsUnder(page, 'member of the report');
  const membersIn = (cell = '') => cell.replaceAll('`', '').split(', ');
  const names = (cell = '') => [...cell.matchAll(/`([A-Za-z]\w*)`/g)].map(([, name = '']) => name);
  assert.equal(
    rows.flatMap(([cell]) => membersIn(cell)),
    Object.keys(report),
  );
  const described = (member: string) => names(rows.find(([cell]) => membersIn(cell).includes(member))?.[1]);
  const missing = (['target', 'options', 'machine', 'agents', 'generator'] as const).flatMap((member) =>
    Object.keys(report[member]).filter((name) => !described(member).includes(name)),
  );
  const lists = { faults: report.faults, histogram: report.histogram, samples: report.samples };
  for (const [member, [first = {}]] of Object.entries(lists))
    missing.push(...Object.keys(first).filter((name) => !described(member).includes(name)));
  const { total } = report.events;
  for (const name of [...Object.keys(total ?? {}), ...Object.keys(report.joins)])
    if (!described('events').includes(name)) missing.push(name);
  assert.equal(missing, []);
});

test('the page has every fault and limit of a load', () => {
  assert.equal(firstCells(page, 'fault of a load'), FAULT_FORMS);
  assert.equal(
    rowsUnder(page, 'limit').map(([, value]) => value),
    [
      String(LOAD_LIMITS.agents),
      `${LOAD_LIMITS.attemptsPerSecond} a second`,
      `${LOAD_LIMITS.durationMs / 60_000} minutes`,
      'two for each agent, and 256',
    ],
  );
});

test('the header and the event of the page are a recording', () => {
  const lines = [...page.matchAll(/^```json\n(.*)\n```$/gm)].map(([, line = '']) => line);
  const [event] = parseRecording(lines.join('\n'));
  assert.ok(event);
  assert.is(eventLine(event), `${lines[1]}\n`);
});

test('every placeholder of the page is filled in', () => {
  const placeholders = firstCells(page, 'placeholder').map((each) => each.replace('MS', '5'));
  assert.is(placeholders.length, 4);
  const event: CallEvent = {
    atMs: 0,
    kind: 'human-agent-assistant-event',
    attributes: {},
    data: { conversation: '', participant: placeholders.join(' '), suggestionResults: [] },
  };
  const { data } = placeEvent(event, {
    location: 'projects/p/locations/global',
    conversationId: 'c',
    startedAt: new Date(0),
    speed: 1,
  });
  assert.is(
    (data as { participant: string }).participant,
    'projects/p/locations/global/conversations/c projects/p/locations/global c 1970-01-01T00:00:00.005Z',
  );
});

test.run();

// The report of a load run as one HTML file: no script, nothing from elsewhere.
import { clockText, countText, msText } from '../figures.ts';
import type { LoadReport, Reason } from '../report.ts';
import {
  EVENT_COLUMNS,
  eventRows,
  generatorLines,
  TIME_COLUMNS,
  timeCells,
  timesOf,
  verdict,
} from '../summary.ts';
import { escapeHtml } from './escape.ts';
import { histogramPlot, type LinePlot, linePlot, trimmed } from './plots.ts';
import { STYLES } from './styles.ts';
import { table } from './tables.ts';
import { thinned } from './thin.ts';

export function htmlReport(report: LoadReport): string {
  const { options, target } = report;
  const title = `Load of ${countText(options.agents)} agents, ${dateText(report.startedAt)}`;
  const place = target.isLocal ? 'a system on the same machine' : target.relay;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${STYLES}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="soft">${escapeHtml(`Against ${place}; events went ${target.events}. ${settingsText(report)}`)}</p>
<p class="verdict ${report.isGood ? 'good' : 'bad'}">${escapeHtml(verdict(report))}</p>
<p class="${report.generator.isReliable ? 'soft' : 'verdict bad'}">${escapeHtml(generatorLines(report).join(' '))}</p>
${keyFigures(report)}
${plots(report)}
<h2>Events by kind</h2>
${table('Events by kind', ['events', ...EVENT_COLUMNS.map(([name]) => name)], eventRows(report))}
<h2>Connections</h2>
${table(
  'Times of connections',
  ['time', ...TIME_COLUMNS],
  timesOf(report).map(([name, times]) => [name, ...timeCells(times)]),
)}
${reasons('Connections that were lost', report.losses)}
${reasons('Refusals', report.refusals)}
${reasons('Errors', report.errors)}
</main>
</body>
</html>
`;
}

function keyFigures({ agents, events, refusals, losses, reconnects }: LoadReport): string {
  const { total } = events;
  const sum = (all: readonly Reason[]) => all.reduce((count, each) => count + each.count, 0);
  const figures: [string, string][] = [
    ['agents in calls, at most', countText(agents.mostJoined)],
    ['events delivered', countText(total?.delivered ?? 0)],
    ['latency p50, ms', msText(total?.latency.p50 ?? null)],
    ['latency p99, ms', msText(total?.latency.p99 ?? null)],
    ['lost', countText(total?.lost ?? 0)],
    ['repeated', countText(total?.repeated ?? 0)],
    ['out of order', countText(total?.outOfOrder ?? 0)],
    ['refused', countText(sum(refusals))],
    ['connections lost', countText(sum(losses))],
    ['back after, p99 ms', msText(reconnects.p99)],
  ];
  return `<dl>${figures.map(([name, text]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd></div>`).join('')}</dl>`;
}

function plots(report: LoadReport): string {
  const { durationMs, generator, faults } = report;
  const intervals = thinned(report.samples);
  const times = intervals.map(({ atMs }) => atMs);
  const common = {
    ...{ times, durationMs },
    bands: intervals
      .filter(({ loopDelayMs }) => loopDelayMs > generator.lateMs)
      .map(({ fromMs, atMs }) => ({ fromMs, toMs: atMs })),
    marks: faults.map(({ fromMs }, index) => ({ atMs: fromMs, label: String(index + 1) })),
  };
  const line = (name: 'p50' | 'p95' | 'p99' | 'connected' | 'joined') => ({
    name,
    values: intervals.map((each) => each[name]),
  });
  const rate = (name: 'published' | 'delivered') => ({
    name,
    values: intervals.map((each) => Math.round((each[name] * 1_000) / Math.max(1, each.atMs - each.fromMs))),
  });
  const shown = trimmed(report.histogram);
  return [
    lineFigure(
      {
        ...{ ...common, title: 'Latency from publishing to the desktop', unit: 'ms', isLogarithmic: true },
        lines: [line('p50'), line('p95'), line('p99')],
      },
      report,
    ),
    lineFigure(
      {
        ...{ ...common, title: 'Connected agents', unit: 'agents', isLogarithmic: false },
        lines: [line('connected'), line('joined')],
      },
      report,
    ),
    lineFigure(
      {
        ...{ ...common, title: 'Events', unit: 'events a second', isLogarithmic: false },
        lines: [rate('published'), rate('delivered')],
      },
      report,
    ),
    figure(
      'How latencies are spread',
      histogramPlot('How latencies are spread', report.histogram),
      caption('The number of events above each latency: at most so many ms, and more than the one before.'),
      table(
        'How latencies are spread',
        ['at most, ms', 'events'],
        shown.map(({ toMs, count }) => [toMs === null ? 'more' : countText(toMs), countText(count)]),
      ),
    ),
  ].join('\n');
}

function lineFigure(plot: LinePlot, { faults }: LoadReport): string {
  const { title, lines, times, bands, unit } = plot;
  const text = unit === 'ms' ? msText : (value: number | null) => (value === null ? '–' : countText(value));
  const keys = [
    ...lines.map(
      ({ name }, index) =>
        `<svg viewBox="0 0 32 12" aria-hidden="true"><path class="line line-${index + 1}" d="M2 6H30"/></svg>${escapeHtml(name)}`,
    ),
    ...faults.map(({ fault, fromMs, desktops }, index) =>
      escapeHtml(
        `${index + 1}: ${fault} at ${clockText(fromMs)}${desktops === undefined ? '' : `, ${countText(desktops)} desktops`}`,
      ),
    ),
    ...(bands.length > 0
      ? [
          '<svg viewBox="0 0 32 12" aria-hidden="true"><rect class="band" width="32" height="12"/></svg>the load generator was late',
        ]
      : []),
  ];
  const rows = times.map((time, index) => [
    clockText(time),
    ...lines.map(({ values }) => text(values[index] ?? null)),
  ]);
  return figure(
    title,
    linePlot(plot),
    `<ul class="legend">${keys.map((each) => `<li>${each}</li>`).join('')}</ul>${caption(`Minutes and seconds after the start; ${unit}${plot.isLogarithmic ? ', on a logarithmic scale' : ''}.`)}`,
    table(title, ['until', ...lines.map(({ name }) => name)], rows),
  );
}

function figure(title: string, plot: string, legend: string, figures: string): string {
  return `<h2>${escapeHtml(title)}</h2><figure>${plot}${legend}</figure><details><summary>Figures: ${escapeHtml(title.toLowerCase())}</summary>${figures}</details>`;
}

function caption(text: string): string {
  return `<figcaption class="soft">${escapeHtml(text)}</figcaption>`;
}

function reasons(title: string, all: readonly Reason[]): string {
  if (all.length === 0) return '';
  return `<h2>${escapeHtml(title)}</h2>${table(
    title,
    ['reason', 'number'],
    all.map(({ reason, count }) => [reason, countText(count)]),
  )}`;
}

function settingsText({ options, durationMs, machine }: LoadReport): string {
  const { rampMs, holdMs, native, speed, duplicates, reorder } = options;
  const percent = (share: number) => `${Number((share * 100).toFixed(1))} %`;
  return [
    `Ramp ${clockText(rampMs)}, hold ${clockText(holdMs)}, ${clockText(durationMs)} in all.`,
    `${percent(native)} of the desktops use the native protocol, the others Socket.IO.`,
    `Speed ${speed}, duplicates ${percent(duplicates)}, reordered ${percent(reorder)}.`,
    `Node ${machine.node}, ${machine.platform}, ${machine.cores} cores.`,
  ].join(' ');
}

/** `2026-03-12 09:15 UTC`. */
function dateText(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

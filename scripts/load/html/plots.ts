// The plots as SVG without a script. A line differs from another in its dashes, too, so that no plot needs its colours.
import { clockText, countText, msText } from '../figures.ts';
import type { Bucket } from '../latency-histogram.ts';
import { escapeHtml } from './escape.ts';
import { linearScale, logScale, type Scale, timeScale } from './scale.ts';

export interface Line {
  name: string;
  /** In the order of the times; null leaves a gap. */
  values: readonly (number | null)[];
}

export interface LinePlot {
  title: string;
  /** What the vertical axis shows, such as `ms`. */
  unit: string;
  isLogarithmic: boolean;
  /** In milliseconds after the start. */
  times: readonly number[];
  durationMs: number;
  lines: readonly Line[];
  /** Times in which something is doubtful. */
  bands: readonly { fromMs: number; toMs: number }[];
  marks: readonly { atMs: number; label: string }[];
}

const SIZE = { width: 720, height: 296 };
const AREA = { left: 92, right: 692, top: 28, bottom: 260 };
const round = (value: number) => value.toFixed(1);
const x = (share: number) => AREA.left + share * (AREA.right - AREA.left);
const y = (share: number) => AREA.bottom - share * (AREA.bottom - AREA.top);

export function linePlot(plot: LinePlot): string {
  const { title, unit, isLogarithmic, times, durationMs, lines, bands, marks } = plot;
  const values = lines.flatMap((line) => line.values.filter((value) => value !== null));
  const vertical = isLogarithmic
    ? logScale(values)
    : linearScale(values.reduce((most, value) => Math.max(most, value), 0));
  const horizontal = timeScale(durationMs);
  const parts = [
    ...bands.map(({ fromMs, toMs }) => {
      const [from, to] = [x(horizontal.at(fromMs)), x(horizontal.at(toMs))];
      return `<rect class="band" x="${round(from)}" y="${AREA.top}" width="${round(Math.max(1, to - from))}" height="${AREA.bottom - AREA.top}"/>`;
    }),
    ...gridOf(vertical, unit === 'ms' ? msText : countText),
    ...horizontal.ticks.map((tick) =>
      label(x(horizontal.at(tick)), AREA.bottom + 24, 'middle', clockText(tick)),
    ),
    ...marks.map(({ atMs, label: text }) => {
      const at = round(x(horizontal.at(atMs)));
      return `<path class="mark" d="M${at} ${AREA.top}V${AREA.bottom}"/>${label(Number(at), AREA.top - 6, 'middle', text)}`;
    }),
    ...lines.map(
      ({ values: each }, index) =>
        `<path class="line line-${index + 1}" d="${pathOf(
          times.map((time, place) => {
            const value = each[place] ?? null;
            return value === null ? null : [x(horizontal.at(time)), y(vertical.at(value))];
          }),
        )}"/>`,
    ),
  ];
  return svg(title, parts);
}

export function histogramPlot(title: string, buckets: readonly Bucket[]): string {
  const shown = trimmed(buckets);
  const vertical = linearScale(shown.reduce((most, { count }) => Math.max(most, count), 0));
  const width = (AREA.right - AREA.left) / Math.max(1, shown.length);
  const every = Math.ceil(shown.length / 8);
  const bars = shown.flatMap(({ count, toMs }, index) => {
    const left = AREA.left + index * width;
    const top = y(vertical.at(count));
    const bar = `<rect class="bar" x="${round(left + 1)}" y="${round(top)}" width="${round(width - 2)}" height="${round(AREA.bottom - top)}"/>`;
    return index % every === 0
      ? [bar, label(left + width / 2, AREA.bottom + 24, 'middle', toMs === null ? '∞' : countText(toMs))]
      : [bar];
  });
  return svg(title, [...gridOf(vertical, countText), ...bars]);
}

/** Without the empty buckets at both ends. */
export function trimmed(buckets: readonly Bucket[]): Bucket[] {
  const first = buckets.findIndex(({ count }) => count > 0);
  const last = buckets.findLastIndex(({ count }) => count > 0);
  return first === -1 ? [] : buckets.slice(first, last + 1);
}

function gridOf(scale: Scale, text: (value: number) => string): string[] {
  return scale.ticks.map((tick) => {
    const at = round(y(scale.at(tick)));
    return `<path class="grid" d="M${AREA.left} ${at}H${AREA.right}"/>${label(AREA.left - 8, Number(at) + 4, 'end', text(tick))}`;
  });
}

function label(atX: number, atY: number, anchor: 'start' | 'middle' | 'end', text: string): string {
  return `<text x="${round(atX)}" y="${round(atY)}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;
}

/** A line through the points, with gaps. A point alone gets a line of its own width. */
function pathOf(points: readonly (readonly number[] | null)[]): string {
  let isDrawing = false;
  return points
    .map((point) => {
      if (point === null) {
        isDrawing = false;
        return '';
      }
      const [atX = 0, atY = 0] = point;
      const step = `${isDrawing ? 'L' : 'M'}${round(atX)} ${round(atY)}${isDrawing ? '' : 'h0.1'}`;
      isDrawing = true;
      return step;
    })
    .join('');
}

function svg(title: string, parts: readonly string[]): string {
  return `<svg viewBox="0 0 ${SIZE.width} ${SIZE.height}" role="img" aria-label="${escapeHtml(title)}"><title>${escapeHtml(title)}</title>${parts.join('')}</svg>`;
}

// The dashboard in Grafana's format. Source: Grafana, "JSON model". The data source is asked for when it is imported.
import type { Panel, Query, Section, Unit } from './panel.ts';
import { sections } from './panels.ts';
import { anyDeployment } from './sources.ts';

const UNITS: Readonly<Record<Unit, string>> = {
  count: 'short',
  perSecond: 'cps',
  seconds: 's',
  bytes: 'bytes',
  ratio: 'percentunit',
};
/** Grafana's grid has 24 columns. */
const COLUMNS = 24;
const PER_ROW = 4;
const HEIGHT = 8;
const DATA_SOURCE = { type: 'prometheus', uid: '$datasource' };

export function grafanaDashboard(): object {
  return {
    title: 'Agent Assist Relay',
    uid: 'agent-assist-relay',
    tags: ['agent-assist-relay'],
    schemaVersion: 39,
    editable: true,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: {
      list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }],
    },
    panels: laidOut(sections(anyDeployment)),
  };
}

function laidOut(all: readonly Section[]): object[] {
  let id = 0;
  let y = 0;
  return all.flatMap(({ title, panels }) => {
    const heading = {
      id: ++id,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: COLUMNS, h: 1 },
      panels: [],
    };
    y += 1;
    const placed = panels.map((panel, index) => ({
      ...timeSeries(panel),
      id: ++id,
      gridPos: {
        x: (index % PER_ROW) * (COLUMNS / PER_ROW),
        y: y + Math.floor(index / PER_ROW) * HEIGHT,
        w: COLUMNS / PER_ROW,
        h: HEIGHT,
      },
    }));
    y += Math.ceil(panels.length / PER_ROW) * HEIGHT;
    return [heading, ...placed];
  });
}

function timeSeries({ title, description, unit, queries }: Panel) {
  return {
    type: 'timeseries',
    title,
    description,
    datasource: DATA_SOURCE,
    fieldConfig: { defaults: { unit: UNITS[unit], min: 0 }, overrides: [] },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
    targets: queries.map((query, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource: DATA_SOURCE,
      expr: query.expr,
      legendFormat: legend(query),
    })),
  };
}

function legend(query: Query): string {
  return 'text' in query.legend ? query.legend.text : `{{${query.legend.label}}}`;
}

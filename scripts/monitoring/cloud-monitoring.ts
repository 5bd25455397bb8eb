// The alerts and the dashboard as Cloud Monitoring takes them. Sources: Cloud Monitoring's REST reference, v3
// projects.alertPolicies and v1 projects.dashboards.
import { createHash } from 'node:crypto';
import { ALERTS, type Alert } from './alerts.ts';
import type { Panel, Query, Unit } from './panel.ts';
import { sections } from './panels.ts';
import { capital } from './prometheus-rules.ts';
import type { Sources } from './sources.ts';

/** Whose alerts and dashboard they are. */
export interface Owner {
  projectId: string;
  region: string;
  relayName: string;
}

export interface AlertPolicy {
  displayName: string;
  documentation: { content: string; mimeType: 'text/markdown' };
  userLabels: Readonly<Record<string, string>>;
  conditions: readonly {
    displayName: string;
    conditionPrometheusQueryLanguage: {
      query: string;
      duration?: string;
      evaluationInterval: string;
      ruleGroup: string;
      alertRule: string;
      disableMetricValidation: true;
    };
  }[];
  combiner: 'OR';
  severity: string;
  alertStrategy: { autoClose: string };
  notificationChannels: readonly string[];
}

/** The label of a policy with the id of its alert. */
export const ALERT_LABEL = 'agent-assist-alert';

/** What every policy of the deployment has, and no other. A service of this name may be in another region, too. */
export function ownLabels({ region, relayName }: Owner): Record<string, string> {
  return { 'agent-assist-relay': relayName, 'agent-assist-region': region };
}

export function alertPolicies(owner: Owner, from: Sources, channels: readonly string[]): AlertPolicy[] {
  return ALERTS.map((alert) => policy(alert, owner, from, channels));
}

function policy(alert: Alert, owner: Owner, from: Sources, channels: readonly string[]): AlertPolicy {
  return {
    displayName: `${owner.relayName}: ${alert.title}`,
    documentation: {
      content: `${alert.meaning}\n\n**First step:** ${alert.firstStep}\n\nThe alert fires at: ${alert.when}. More is in ${alert.runbook}.`,
      mimeType: 'text/markdown',
    },
    userLabels: { ...ownLabels(owner), [ALERT_LABEL]: alert.id },
    conditions: [
      {
        displayName: capital(alert.title),
        conditionPrometheusQueryLanguage: {
          query: alert.expr(from),
          ...(alert.forSeconds === 0 ? {} : { duration: `${alert.forSeconds}s` }),
          // Google bills each evaluation. A scrape comes every 30 s, and Pub/Sub's own metrics every minute.
          evaluationInterval: '60s',
          ruleGroup: 'agent-assist',
          alertRule: alert.name,
          // A metric exists from the first time on that a relay has written it, and a policy for it would be refused before.
          disableMetricValidation: true,
        },
      },
    ],
    combiner: 'OR',
    severity: alert.severity.toUpperCase(),
    // The shortest that Google takes: a deployment that is gone leaves no incident open.
    alertStrategy: { autoClose: '1800s' },
    notificationChannels: channels,
  };
}

export interface Dashboard {
  /** `projects/PROJECT/dashboards/ID` */
  name: string;
  displayName: string;
  mosaicLayout: { columns: number; tiles: readonly object[] };
}

const DASHBOARD_ID_MAX = 63;

/** A name of our own making, by which the dashboard is found again. */
export function dashboardName({ projectId, region, relayName }: Owner): string {
  const id = `${relayName}-${region}`;
  const digest = createHash('sha256').update(id).digest('hex').slice(0, 8);
  const short = id.length <= DASHBOARD_ID_MAX ? id : `${id.slice(0, DASHBOARD_ID_MAX - 9)}-${digest}`;
  return `projects/${projectId}/dashboards/${short}`;
}

const UNITS: Readonly<Record<Unit, string>> = {
  count: '1',
  perSecond: '1/s',
  seconds: 's',
  bytes: 'By',
  ratio: '10^2.%',
};
const COLUMNS = 48;
const PER_ROW = 4;
const WIDTH = COLUMNS / PER_ROW;
const HEIGHT = 12;
const HEADING_HEIGHT = 4;

export function cloudDashboard(owner: Owner, from: Sources): Dashboard {
  return {
    name: dashboardName(owner),
    displayName: `Agent Assist Relay ${owner.relayName} (${owner.region})`,
    mosaicLayout: { columns: COLUMNS, tiles: tiles(from) },
  };
}

/** A position that is 0 is left out: Google leaves it out of its answers. */
function tiles(from: Sources): object[] {
  let y = 0;
  const at = (x: number, yPos: number) => ({
    ...(x === 0 ? {} : { xPos: x }),
    ...(yPos === 0 ? {} : { yPos }),
  });
  return sections(from).flatMap(({ title, panels }) => {
    const heading = {
      ...at(0, y),
      width: COLUMNS,
      height: HEADING_HEIGHT,
      widget: { title, sectionHeader: { dividerBelow: true } },
    };
    y += HEADING_HEIGHT;
    const placed = panels.map((panel, index) => ({
      ...at((index % PER_ROW) * WIDTH, y + Math.floor(index / PER_ROW) * HEIGHT),
      width: WIDTH,
      height: HEIGHT,
      widget: chart(panel),
    }));
    y += Math.ceil(panels.length / PER_ROW) * HEIGHT;
    return [heading, ...placed];
  });
}

function chart({ title, unit, queries }: Panel): object {
  return {
    title,
    xyChart: {
      dataSets: queries.map((query) => ({
        timeSeriesQuery: { prometheusQuery: query.expr, unitOverride: UNITS[unit] },
        plotType: 'LINE',
        targetAxis: 'Y1',
        ...legend(query),
      })),
      yAxis: { scale: 'LINEAR' },
      chartOptions: { mode: 'COLOR' },
    },
  };
}

/** Series that differ by a label are told apart by it without a template. */
function legend({ legend: named }: Query): object {
  return 'text' in named ? { legendTemplate: named.text } : {};
}

// What users download: rules for Prometheus and the dashboards. `npm run deploy` makes its own, with the deployment's names.
import { cloudDashboard } from './cloud-monitoring.ts';
import { grafanaDashboard } from './grafana.ts';
import { prometheusRules } from './prometheus-rules.ts';
import { anyDeployment } from './sources.ts';

const REMARK = [
  'Made by: node scripts/monitoring/main.ts. docs/metrics.md says what each alert means.',
  'The group agent-assist-google has the metrics of Google. Leave it out where Prometheus does not get them from Cloud Monitoring.',
];

/** The text of each file, by its path from the root. */
export function generatedFiles(): Record<string, string> {
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  // A file that is imported is of no project yet, and its dashboard gets a name from Google.
  const { name: _, ...dashboard } = cloudDashboard(
    { projectId: 'PROJECT', region: 'all regions', relayName: 'all relays' },
    anyDeployment,
  );
  return {
    'docs/monitoring/prometheus-rules.yaml': prometheusRules(REMARK),
    'docs/monitoring/grafana-dashboard.json': json(grafanaDashboard()),
    'docs/monitoring/cloud-monitoring-dashboard.json': json({
      ...dashboard,
      displayName: 'Agent Assist Relay',
    }),
  };
}

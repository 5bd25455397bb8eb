// The alerts as rules of Prometheus.
import { ALERTS, type Alert } from './alerts.ts';
import { anyDeployment, type Sources } from './sources.ts';

/** By name of a group: whether an alert belongs to it. Google's metrics are apart, so that they can be left out. */
export const GROUPS: readonly (readonly [name: string, holds: (alert: Alert) => boolean])[] = [
  ['agent-assist-relay', ({ isGoogles }) => isGoogles === undefined],
  ['agent-assist-google', ({ isGoogles }) => isGoogles === true],
];

/** @param remark Written at the top, a line for each entry. */
export function prometheusRules(remark: readonly string[], from: Sources = anyDeployment): string {
  return [
    ...remark.map((line) => `# ${line}`),
    'groups:',
    ...GROUPS.flatMap(([name, holds]) => [
      `  - name: ${name}`,
      '    interval: 30s',
      '    rules:',
      ...ALERTS.filter(holds).flatMap((alert) => rule(alert, from)),
    ]),
    '',
  ].join('\n');
}

function rule(alert: Alert, from: Sources): string[] {
  const expr = alert.expr(from).split('\n');
  return [
    `      - alert: ${alert.name}`,
    '        expr: |-',
    ...expr.map((line) => `          ${line}`),
    // Prometheus keeps a state between two evaluations only with a time.
    ...(alert.forSeconds === 0 ? [] : [`        for: ${alert.forSeconds}s`]),
    '        labels:',
    `          severity: ${alert.severity}`,
    '        annotations:',
    // JSON is YAML, and quotes everything that YAML would read otherwise.
    `          summary: ${JSON.stringify(capital(alert.title))}`,
    `          description: ${JSON.stringify(`${alert.meaning} ${alert.firstStep}`)}`,
    `          runbook: ${JSON.stringify(alert.runbook)}`,
  ];
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

// A Prometheus of Debian's package, which brings promtool, too. Grafana is not in Debian.
import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canUseApt, installWithApt } from '../../scripts/local/apt.ts';
import { type RunningChild, startChild } from '../../scripts/local/child.ts';
import { findExecutable } from '../../scripts/local/executable.ts';
import { onFreePort } from '../../scripts/local/free-port.ts';

const START_LIMIT_MS = 60_000;

/** Installs it where that needs nobody's answer. @throws {Error} that names the line to run. */
export async function havePrometheus(): Promise<void> {
  if (findExecutable('prometheus', process.env.PATH) !== undefined) return;
  if (!canUseApt()) throw new Error('Prometheus is not installed. Run: sudo apt-get install -y prometheus');
  await installWithApt({ program: 'prometheus', package: 'prometheus' });
}

/** What promtool says of a file, and whether it is content. */
export function promtool(...args: string[]): Promise<{ ok: boolean; text: string }> {
  return new Promise((resolve) => {
    execFile('promtool', args, (error, stdout, stderr) =>
      resolve({ ok: error === null, text: `${stdout}${stderr}` }),
    );
  });
}

export interface Sample {
  labels: Record<string, string>;
  value: number;
}

export interface Prometheus extends RunningChild {
  url: string;
  /** The samples that the expression has now. @throws {Error} with Prometheus's words. */
  query(expr: string): Promise<Sample[]>;
  /** Names of the alerts that fire. */
  firing(): Promise<string[]>;
}

/** @param targets `HOST:PORT` of what it scrapes @param rules text of a file of rules @param every between two scrapes */
export async function startPrometheus(
  targets: readonly string[],
  rules: string,
  every: string,
): Promise<Prometheus> {
  await havePrometheus();
  const { child, url } = await onFreePort((port) => startOn(port, targets, rules, every));
  const ask = async (path: string): Promise<unknown> => {
    const answer = (await (await fetch(`${url}/api/v1/${path}`)).json()) as Record<string, unknown>;
    if (answer.status !== 'success') throw new Error(`${path}: ${String(answer.error)}`);
    return answer.data;
  };
  return {
    ...child,
    url,
    async query(expr) {
      const data = (await ask(`query?query=${encodeURIComponent(expr)}`)) as {
        result: { metric: Record<string, string>; value: [number, string] }[];
      };
      return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    async firing() {
      const data = (await ask('alerts')) as { alerts: { state: string; labels: Record<string, string> }[] };
      return data.alerts
        .filter(({ state }) => state === 'firing')
        .map(({ labels }) => labels.alertname ?? '');
    },
  };
}

async function startOn(
  port: number,
  targets: readonly string[],
  rules: string,
  every: string,
): Promise<{ child: RunningChild; url: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'prometheus-'));
  await writeFile(join(folder, 'rules.yaml'), rules);
  await writeFile(
    join(folder, 'prometheus.yml'),
    // JSON is YAML.
    JSON.stringify({
      global: { scrape_interval: every, evaluation_interval: every },
      rule_files: ['rules.yaml'],
      scrape_configs: [{ job_name: 'relay', static_configs: [{ targets }] }],
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  const child = await startChild({
    name: 'Prometheus',
    command: 'prometheus',
    args: [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    isReady: async () => {
      const answer = await fetch(`${url}/-/ready`).catch(() => undefined);
      return answer?.ok === true;
    },
    port,
    startLimitMs: START_LIMIT_MS,
    temporaryFolder: folder,
  });
  return { child, url };
}

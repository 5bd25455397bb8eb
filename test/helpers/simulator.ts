// The call simulator as a user runs it, and a system that it plays to: real functions, Redis and a relay.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'uvu';
import { type Stack, startStack } from '../../scripts/local/stack.ts';
import { EVENT_KINDS, type EventKind } from '../../shared/event.ts';
import { ROOT } from '../docs/markdown.ts';
import { Fixture } from './fixture.ts';
import { type Ended, type Running, startNode } from './process.ts';

export const PROJECT = 'demo-project';

export class SimulatorFixture extends Fixture {
  stack!: Stack;

  protected override async start(): Promise<void> {
    if (!existsSync(join(ROOT, 'dist/relay/main.js'))) throw new Error('dist is missing: run npm run build');
    this.stack = await startStack({
      project: PROJECT,
      distDirectory: join(ROOT, 'dist'),
      env: { ...process.env, REDISHOST: undefined },
      logDirectory: this.directory(),
      logLevel: 'info',
      signal: new AbortController().signal,
    });
    this.defer(() => this.stack.stop());
  }

  /** The options that make the command play to this system. */
  toStack(urls: Partial<Record<EventKind, string>> = {}): string[] {
    const functions = { ...this.stack.functionUrls, ...urls };
    return [
      ...['--relay', this.stack.url, '--publish', 'functions'],
      ...EVENT_KINDS.flatMap((kind) => ['--function', `${kind}=${functions[kind]}`]),
    ];
  }
}

export function simulatorFixture(test: Test): SimulatorFixture {
  return new SimulatorFixture(test);
}

export const startSimulate = (...args: string[]): Running =>
  startNode(['scripts/simulate/main.ts', ...args], { cwd: ROOT, env: { ...process.env, REDISHOST: '' } });

export const simulate = (...args: string[]): Promise<Ended> => startSimulate(...args).ended;

/** The figures of the row `total` of a report. */
export function totalOf({ output }: Ended): Record<string, number> {
  const columns = ['published', 'delivered', 'lost', 'repeated', 'late', 'superseded'];
  const [, ...figures] = /^total +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) /m.exec(output) ?? [];
  return Object.fromEntries(columns.map((name, index) => [name, Number(figures[index])]));
}

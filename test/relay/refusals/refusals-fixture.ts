import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayMetrics } from '../../../relay/metrics/metrics.ts';
import type { RefusalReason } from '../../../relay/refusals/reasons.ts';
import { type Given, RelayFixture, type RelayFixtureOptions } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

/** A phone number and what a customer said: no line may have them. */
export const PHONE = '+4930901820';
export const SAID = 'my account is frozen';

/** How long a refusal may take to be noted, in milliseconds. */
const LIMIT_MS = 30_000;

export type Line = Record<string, unknown>;

/** A relay that counts and logs its refusals, behind one proxy, so that each test has an address of its own. */
export class RefusalsFixture extends RelayFixture {
  readonly metrics: RelayMetrics;
  readonly #secrets = new Set([PHONE, PHONE.slice(1), SAID]);
  #addresses = 0;

  constructor(test: Test, options: RelayFixtureOptions = {}) {
    const metrics = new RelayMetrics();
    const given: Given = { metrics, ...options, settings: { TRUSTED_PROXIES: '1', ...options.settings } };
    super(test, given);
    this.metrics = metrics;
  }

  /** An address that no test has used. */
  address(): string {
    return `192.0.2.${++this.#addresses}`;
  }

  /** No line of the log may have it from now on. */
  secret<T extends string>(text: T): T {
    this.#secrets.add(text);
    return text;
  }

  /** A token that no line of the log may have. */
  signed(subject = 'test:agent'): string {
    return this.secret(this.token(subject));
  }

  /** The lines of refusals so far, of one address where it is given. */
  lines(from?: string): Line[] {
    const lines = this.relay.log().split('\n').filter(Boolean);
    return lines
      .map((line): Line => JSON.parse(line))
      .filter((line) => line.message === 'refused' && (from === undefined || line.from === from));
  }

  /** Does what is refused, and returns the one line that it has left. It counts once, and nothing secret is logged. */
  async refusedOnce(
    reason: RefusalReason,
    act: () => unknown,
    isLine: (line: Line) => boolean = () => true,
  ): Promise<Line> {
    const before = { count: await this.count(reason), lines: this.lines().length };
    await act();
    const news = () => this.lines().slice(before.lines).filter(isLine);
    await until(() => news().length > 0, LIMIT_MS, `a line says ${reason}`);
    const found = news();
    assert.equal(
      found.map((line) => line.reason),
      [reason],
    );
    assert.is((await this.count(reason)) - before.count, 1, reason);
    for (const secret of this.#secrets)
      assert.not.ok(this.relay.log().includes(secret), `${reason}: ${secret}`);
    return found[0] ?? {};
  }

  async count(reason: RefusalReason): Promise<number> {
    const all = await this.metrics.registry.getSingleMetric('agent_assist_refusals_by_reason_total')?.get();
    return all?.values.find(({ labels }) => labels.reason === reason)?.value ?? Number.NaN;
  }
}

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readConfig } from '../../../shared/config.ts';
import { ConfigError } from '../../../shared/errors.ts';
import { tracingSettings } from '../../../shared/tracing/settings.ts';

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readConfig(tracingSettings, env);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.faults : [];
  }
};

test('traces are off by default, and otlp needs no endpoint', () => {
  assert.equal(readConfig(tracingSettings, {}), {
    traces: 'off',
    tracesSampleRatio: 0.01,
    otlpEndpoint: 'http://localhost:4318',
  });
  assert.equal(faultsOf({ TRACES: 'otlp' }), []);
});

for (const [env, given, isAccepted] of [
  ['TRACES', 'otlp', true],
  ['TRACES', 'on', false],
  ['TRACES_SAMPLE_RATIO', '0', true],
  ['TRACES_SAMPLE_RATIO', '1', true],
  ['TRACES_SAMPLE_RATIO', '1.0', true],
  ['TRACES_SAMPLE_RATIO', '.5', true],
  ['TRACES_SAMPLE_RATIO', '0.001', true],
  ['TRACES_SAMPLE_RATIO', '1.1', false],
  ['TRACES_SAMPLE_RATIO', '-1', false],
  ['TRACES_SAMPLE_RATIO', '5%', false],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://localhost:4318', true],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://collector.example/otlp/', true],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://localhost:4318/v1/traces', false],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://localhost:4318 ', false],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'localhost:4318', false],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'grpc://localhost:4317', false],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://user:hush@collector.example', false],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'https://collector.example?key=hush', false],
] as const) {
  test(`${env}=${given} is ${isAccepted ? 'accepted' : 'refused'}`, () => {
    const faults = faultsOf({ [env]: given });
    assert.is(faults.length, isAccepted ? 0 : 1);
    if (isAccepted) return;
    assert.match(faults[0] ?? '', `${env} is not valid: set it to`);
    assert.not.match(faults[0] ?? '', 'hush');
  });
}

test.run();

// Without traces nothing of OpenTelemetry is read: neither at the start of a process nor later.
import { join } from 'node:path';
import { build } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bundleOptions } from '../../../scripts/build/bundle-options.ts';
import { openTelemetryBundle } from '../../../scripts/build/open-telemetry-bundle.ts';
import { loadTracing } from '../../../shared/tracing/load-tracing.ts';
import { ROOT } from '../../docs/markdown.ts';
import { quietLogger } from '../../helpers/quiet-logger.ts';

/** The packages of OpenTelemetry in a bundle. */
async function openTelemetryIn(options: { entryPoints: string[] }): Promise<string[]> {
  const { metafile } = await build({
    ...bundleOptions,
    ...options,
    outfile: 'unused.js',
    absWorkingDir: ROOT,
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  const packages = Object.keys(metafile.inputs).flatMap(
    (input) => /node_modules\/(@opentelemetry\/[^/]+)/.exec(input)?.[1] ?? [],
  );
  return [...new Set(packages)].sort();
}

test('the bundle of a function holds nothing of OpenTelemetry', async () => {
  const entryPoints = [join(ROOT, 'functions/new-message-event/index.ts')];
  assert.equal(await openTelemetryIn({ entryPoints }), []);
});

test('the bundle of the relay holds only the API that prom-client brings along', async () => {
  const entryPoints = [join(ROOT, 'relay/main.ts')];
  assert.equal(await openTelemetryIn({ entryPoints }), ['@opentelemetry/api']);
});

test('the bundle beside them holds the SDK', async () => {
  const packages = await openTelemetryIn({ entryPoints: openTelemetryBundle('unused').entryPoints });
  for (const name of ['api', 'sdk-trace', 'exporter-trace-otlp-proto'])
    assert.ok(packages.includes(`@opentelemetry/${name}`), name);
});

test('TRACES=off loads no bundle, and otlp fails without one', async () => {
  const config = { tracesSampleRatio: 1, otlpEndpoint: 'http://127.0.0.1:1', projectId: 'p' };
  const deps = { service: 'relay', env: {}, logger: quietLogger };
  // There is no bundle beside the source.
  assert.is(await loadTracing({ ...deps, config: { ...config, traces: 'off' } }), undefined);
  const failed = await loadTracing({ ...deps, config: { ...config, traces: 'otlp' } }).catch(
    (error) => error,
  );
  assert.is(failed.code, 'ERR_MODULE_NOT_FOUND');
});

test.run();

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayMetrics } from '../../../relay/metrics/metrics.ts';
import { serveMetrics } from '../../../relay/metrics/server.ts';
import { freePort } from '../../../scripts/local/free-port.ts';
import { Fixture } from '../../helpers/fixture.ts';
import { buildRelay } from '../../helpers/relay-program.ts';
import { undisturbed } from '../../helpers/undisturbed.ts';

const fixture = new Fixture(test);

test('the port answers /metrics in the format of Prometheus, and nothing else', async () => {
  const metrics = new RelayMetrics();
  const server = fixture.keep(await serveMetrics(metrics.registry, 0, '127.0.0.1'));
  const url = `http://127.0.0.1:${server.port}`;
  metrics.reset(1);
  const answer = await fetch(`${url}/metrics?name=any`);
  assert.is(answer.status, 200);
  assert.match(answer.headers.get('content-type') ?? '', 'text/plain; version=0.0.4');
  assert.match(await answer.text(), /^agent_assist_resets_total 1$/m);
  assert.is((await fetch(url)).status, 404);
  assert.is((await fetch(`${url}/metrics`, { method: 'POST' })).status, 405);
});

test('a relay serves its metrics on METRICS_PORT alone, and ends as before', async () => {
  const program = await buildRelay(fixture);
  // Somebody else may take the port before the relay does.
  const { relay, port } = await undisturbed(async () => {
    const port = await freePort();
    return { relay: await program.start({ AUTH_OPTION: 'Skip', METRICS_PORT: String(port) }), port };
  });
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  assert.match(text, /^agent_assist_connections\{protocol="native"\} 0$/m);
  assert.ok(text.includes(`agent_assist_build_info{version="1.2.3",node="${process.version}"} 1\n`));
  assert.match(text, /^process_resident_memory_bytes \d+$/m);
  assert.is((await fetch(`${relay.url}/metrics`)).status, 404);
});

test.run();

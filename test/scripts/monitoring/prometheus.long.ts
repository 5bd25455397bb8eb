// A real Prometheus that scrapes a real relay with desktops and events: the dashboard has its numbers, and an alert fires
// and resolves.
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RelayMetrics } from '../../../relay/metrics/metrics.ts';
import { serveMetrics } from '../../../relay/metrics/server.ts';
import { sections } from '../../../scripts/monitoring/panels.ts';
import { prometheusRules } from '../../../scripts/monitoring/prometheus-rules.ts';
import { anyDeployment } from '../../../scripts/monitoring/sources.ts';
import { type Prometheus, startPrometheus } from '../../helpers/prometheus.ts';
import { TEST_PROJECT, uniqueConversation } from '../../helpers/redis.ts';
import { RelayFixture } from '../../helpers/relay-fixture.ts';
import { until } from '../../helpers/until.ts';

const PATIENCE_MS = 120_000;
/** A minute of the rules, in seconds of this test. */
const MINUTE = 3;
const CALL = `/v2beta1/projects/${TEST_PROJECT}/locations/global/conversations/c/participants/p:suggestAnswers`;

const metrics = new RelayMetrics();
const fixture: RelayFixture = new RelayFixture(
  test,
  async () => {
    const dialogflow = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(429).end('{}'));
    });
    const port = await fixture.listen(dialogflow);
    // Without a provider every registration is refused.
    return { metrics, settings: { AUTH_OPTION: '', DIALOGFLOW_ENDPOINT: `http://127.0.0.1:${port}` } };
  },
  { server: { args: ['--maxmemory', '100mb'] } },
);

/** The rules with all their times shortened. */
const shortened = (rules: string) =>
  rules
    .replaceAll(/\[(\d+)m\]/g, (_, minutes: string) => `[${Number(minutes) * MINUTE}s]`)
    .replaceAll(/for: (\d+)s/g, (_, seconds: string) => `for: ${Math.ceil((Number(seconds) / 60) * MINUTE)}s`)
    .replaceAll('interval: 30s', 'interval: 1s');

/** Does something again and again; resolves when `during` has. */
async function workDuring(during: Promise<unknown>, work: () => Promise<unknown>): Promise<void> {
  let isOver = false;
  const over = during.finally(() => {
    isOver = true;
  });
  const working = (async () => {
    while (!isOver) {
      await work();
      await sleep(100);
    }
  })();
  await Promise.all([over, working]);
}

/** Google measures what these sections show. */
const GOOGLES = /as Google measures them$/;
/** No stream has ended. */
const EMPTY = ['Ended and refused streams'];

/** Looks at every query of the dashboard. @throws {Error} when one of them stays without numbers. */
async function lookAtPanels({ query }: Prometheus): Promise<void> {
  const scraped =
    'rate(agent_assist_publish_to_delivery_seconds_count[5m]) > 0 and on() agent_assist_proxy_request_seconds_count';
  await until(async () => (await query(scraped)).length > 0, PATIENCE_MS, 'the load is scraped');
  const panels = sections(anyDeployment).filter(({ title }) => !GOOGLES.test(title));
  for (const { title, queries } of panels.flatMap((section) => section.panels)) {
    for (const { expr } of queries) {
      // The second sample of a series comes with the next scrape, and no rate is known before.
      const hasNumbers = async () => {
        const samples = await query(expr);
        const isEmptyEnough = samples.length > 0 || EMPTY.includes(title);
        return isEmptyEnough && samples.every(({ value }) => Number.isFinite(value));
      };
      await until(hasNumbers, PATIENCE_MS, `${title} has numbers of ${expr}`);
    }
  }
  // A panel with a zero for each protocol would do until here.
  const connections = await query('sum by (protocol) (agent_assist_connections)');
  assert.equal(connections.map(({ labels, value }) => [labels.protocol, value > 0]).sort(), [
    ['native', true],
    ['socketio', true],
  ]);
}

test('the dashboard has finite numbers, and an alert fires and resolves', async () => {
  const { port } = fixture.keep(await serveMetrics(metrics.registry, 0, '127.0.0.1'));
  const rules = shortened(prometheusRules([]));
  const prometheus = await startPrometheus([`127.0.0.1:${port}`], rules, '1s');
  fixture.defer(() => prometheus.stop());
  const conversations = Array.from({ length: 4 }, () => uniqueConversation());
  await Promise.all(conversations.flatMap((each) => [fixture.page(each), fixture.page(each)]));
  const native = await fixture.nativeDesktop();
  const { url, token } = fixture.relay;
  const headers = { authorization: token, 'content-type': 'application/json' };
  const register = async () => (await fetch(`${url}/register`, { method: 'POST' })).text();

  const panels = lookAtPanels(prometheus);
  await workDuring(panels, async () => {
    for (const each of conversations) await fixture.publish(each);
    // A join reads the log, and what is none is refused.
    (await fixture.page(conversations[0])).close();
    native.send({ type: 'join', id: 1, conversation: 'nothing' });
    // Is closed, because it shows a token that is none.
    const stranger = await fixture.openNativeDesktop().opened();
    stranger.send({ type: 'auth', token: 'none' });
    await stranger.closed;
    await (await fetch(`${url}${CALL}`, { method: 'POST', body: '{}', headers })).text();
    await register();
  });
  await panels;

  const fires = async () => (await prometheus.firing()).includes('AgentAssistRefusedRegistrations');
  await workDuring(until(fires, PATIENCE_MS, 'the alert fires'), register);
  await until(async () => !(await fires()), PATIENCE_MS, 'the alert resolves');
});

test.run();

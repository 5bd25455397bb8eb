import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ALERTS } from '../../../scripts/monitoring/alerts.ts';
import { cloudDashboard, dashboardName } from '../../../scripts/monitoring/cloud-monitoring.ts';
import { generatedFiles } from '../../../scripts/monitoring/generated-files.ts';
import { sections } from '../../../scripts/monitoring/panels.ts';
import { anyDeployment } from '../../../scripts/monitoring/sources.ts';
import { anchors, ROOT, readDoc } from '../../docs/markdown.ts';

for (const [path, text] of Object.entries(generatedFiles())) {
  test(`${path} is as main.ts writes it`, () => {
    assert.fixture(readFileSync(join(ROOT, path), 'utf8'), text);
  });
}

test('each alert has its own id and name, and its runbook is there', () => {
  for (const key of ['id', 'name', 'title'] as const)
    assert.is(new Set(ALERTS.map((alert) => alert[key])).size, ALERTS.length, key);
  for (const { id, name, runbook } of ALERTS) {
    assert.match(id, /^[a-z][a-z-]{1,62}$/);
    assert.match(name, /^AgentAssist[A-Za-z]+$/);
    const [path = '', anchor = ''] = runbook.split('#');
    assert.ok(existsSync(join(ROOT, path)) && anchors(readDoc(path)).includes(anchor), runbook);
  }
});

test('what an alert says is one sentence, with at most 25 words', () => {
  for (const { name, meaning, firstStep } of ALERTS)
    for (const sentence of [meaning, firstStep]) {
      assert.match(sentence, /^[A-Z`][^.]*(?:\.[^ .][^.]*)*\.$/, name);
      assert.ok(sentence.split(' ').length <= 25, `${name}: ${sentence}`);
    }
});

const tilesOf = (dashboard: object): { xPos?: number; yPos?: number; width: number; height: number }[] =>
  JSON.parse(JSON.stringify(dashboard)).mosaicLayout.tiles;

test('no tile of the dashboards lies on another', () => {
  const owner = { projectId: 'p', region: 'us-central1', relayName: 'ui-connector' };
  const grafana = JSON.parse(generatedFiles()['docs/monitoring/grafana-dashboard.json'] ?? '').panels;
  const boxes = [
    tilesOf(cloudDashboard(owner, anyDeployment)).map(({ xPos = 0, yPos = 0, width, height }) => [
      xPos,
      yPos,
      width,
      height,
    ]),
    grafana.map(({ gridPos: { x, y, w, h } }: { gridPos: Record<string, number> }) => [x, y, w, h]),
  ];
  for (const all of boxes) {
    assert.is(
      all.length,
      sections(anyDeployment).reduce((sum, { panels }) => sum + panels.length + 1, 0),
    );
    const taken = new Set<string>();
    for (const [x, y, width, height] of all)
      for (let column = x; column < x + width; column++)
        for (let row = y; row < y + height; row++) {
          assert.not(taken.has(`${column},${row}`));
          taken.add(`${column},${row}`);
        }
  }
});

test('the name of a dashboard has at most 63 characters and is of one region', () => {
  const name = (region: string) => dashboardName({ projectId: 'p', region, relayName: 'r'.repeat(49) });
  assert.is(
    dashboardName({ projectId: 'p', region: 'us-east1', relayName: 'x' }),
    'projects/p/dashboards/x-us-east1',
  );
  assert.is.not(name('northamerica-northeast1'), name('northamerica-northeast2'));
  assert.ok((name('northamerica-northeast1').split('/').at(-1)?.length ?? 0) <= 63);
});

test.run();

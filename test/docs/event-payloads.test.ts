// The payloads that docs/desktops.md shows are those of sample events.
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVENT_KINDS } from '../../shared/event.ts';
import { ROOT, readDoc } from './markdown.ts';

const SAMPLES = ['message-end-user', 'assist-faq', 'lifecycle-finished', 'utterance-1-interim'];

test('desktops.md shows the payload of a sample event of each kind', () => {
  const [, section = ''] = readDoc('docs/desktops.md').split('## What an event holds\n');
  const blocks = [
    ...(section.split('\n## ')[0] ?? '').matchAll(/^`([\w-]+)`[\s\S]*?```json\n([\s\S]*?)```/gm),
  ];
  const shown = blocks.map(([, kind, json = '']) => ({ kind, data: JSON.parse(json) }));
  const samples = SAMPLES.map((name) => {
    const { kind, data } = JSON.parse(readFileSync(`${ROOT}test/samples/events/${name}.json`, 'utf8'));
    return { kind, data };
  });
  assert.equal(shown, samples);
  assert.equal(shown.map(({ kind }) => kind).sort(), [...EVENT_KINDS].sort());
});

test.run();

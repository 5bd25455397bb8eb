import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { recognise } from '../../../scripts/calls/speech.ts';

const TEXT =
  'Hi Robin, I looked at my account and the same train ticket was charged twice yesterday evening.';

test('transcripts grow word by word into the utterance, without punctuation', () => {
  const { hearings } = recognise(TEXT, 'en-US');
  const plain = TEXT.replace(/[.,]/g, '');
  for (const { transcript } of hearings) assert.ok(plain.startsWith(transcript), transcript);
  const lengths = hearings.map(({ transcript }) => transcript.length);
  assert.equal(
    lengths,
    lengths.toSorted((a, b) => a - b),
  );
  assert.is(hearings.at(-1)?.transcript, plain);
});

test('a transcript comes every 200 to 400 ms while somebody speaks', () => {
  const { hearings, endMs } = recognise(TEXT, 'en-US');
  const pauses = hearings.slice(1).map(({ atMs }, index) => atMs - (hearings[index]?.atMs ?? 0));
  // A long word takes two turns of the recogniser.
  assert.ok(
    pauses.every((pause) => pause >= 200 && pause <= 800),
    pauses.join(),
  );
  assert.ok(pauses.filter((pause) => pause <= 400).length > pauses.length * 0.7, pauses.join());
  assert.ok((hearings.at(-1)?.atMs ?? 0) <= endMs + 400);
});

test('people say between two and four words a second', () => {
  const words = TEXT.split(' ').length;
  const perSecond = words / (recognise(TEXT, 'en-US').endMs / 1_000);
  assert.ok(perSecond > 2 && perSecond < 4, String(perSecond));
});

test('stability grows, and is never 0 or 1', () => {
  const stabilities = recognise(TEXT, 'en-US').hearings.map(({ stability }) => stability);
  assert.ok(stabilities.every((stability) => stability > 0 && stability < 1));
  assert.ok((stabilities.at(-1) ?? 0) > (stabilities[0] ?? 1));
});

test('a word is first taken for another, and is right once the next one is heard', () => {
  const transcripts = recognise('the same train ticket was charged twice', 'en-US', {
    train: 'rain',
  }).hearings.map(({ transcript }) => transcript);
  assert.ok(
    transcripts.some((transcript) => transcript.endsWith('same rain')),
    transcripts.join(),
  );
  assert.not(
    transcripts.some((transcript) => transcript.includes('rain ticket') && !transcript.includes('train')),
  );
  assert.is(transcripts.at(-1), 'the same train ticket was charged twice');
});

test('a pause between sentences takes time, and settles what was said', () => {
  const { hearings, endMs } = recognise('Yes. No.', 'en-US');
  assert.ok(endMs > recognise('Yes No', 'en-US').endMs);
  assert.ok(hearings.some(({ transcript, stability }) => transcript === 'Yes' && stability === 0.9));
});

test('Japanese, which has no spaces, grows by its words', () => {
  const { hearings } = recognise('先週注文した冷蔵庫がまだ届いていません。', 'ja-JP');
  assert.ok(hearings.length > 4, String(hearings.length));
  assert.is(hearings.at(-1)?.transcript, '先週注文した冷蔵庫がまだ届いていません');
});

test('French keeps its apostrophes and accents', () => {
  const { hearings } = recognise('C’est à l’appareil, Camille !', 'fr-FR');
  assert.is(hearings.at(-1)?.transcript, 'C’est à l’appareil Camille');
});

test('nothing is heard where nothing is said', () => {
  assert.equal(recognise('', 'en-US'), { hearings: [], endMs: 0 });
  assert.equal(recognise('…', 'en-US').hearings, []);
});

test.run();

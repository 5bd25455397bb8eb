import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  DEFAULT_THRESHOLDS,
  keepThresholds,
  loadThresholds,
  thresholdOf,
} from '../../../relay/desktop/wall/thresholds.ts';

/** A browser's storage with one item. */
function storage(item: string | null = null) {
  return {
    item,
    getItem() {
      return this.item;
    },
    setItem(_key: string, value: string) {
      this.item = value;
    },
  };
}

test('thresholds are kept and found again', () => {
  const store = storage();
  const thresholds = { longCallMinutes: 20, silenceSeconds: 45, lowSentiment: -0.3 };
  keepThresholds(store, thresholds);
  assert.equal(loadThresholds(store), thresholds);
});

test('what is not a threshold becomes its default', () => {
  const kept = JSON.stringify({ longCallMinutes: 5, silenceSeconds: 1e9, lowSentiment: 'x' });
  assert.equal(loadThresholds(storage(kept)), { ...DEFAULT_THRESHOLDS, longCallMinutes: 5 });
  for (const broken of ['{', 'null', '[]', '3', null])
    assert.equal(loadThresholds(storage(broken)), DEFAULT_THRESHOLDS, String(broken));
});

test('a browser without storage, or with one that throws, has the defaults', () => {
  const refusing = {
    getItem(): never {
      throw new Error('refused');
    },
    setItem(): never {
      throw new Error('refused');
    },
  };
  assert.equal(loadThresholds(undefined), DEFAULT_THRESHOLDS);
  assert.equal(loadThresholds(refusing), DEFAULT_THRESHOLDS);
  assert.not.throws(() => keepThresholds(refusing, DEFAULT_THRESHOLDS));
});

test('a typed number counts within its range, with a comma too', () => {
  assert.is(thresholdOf('lowSentiment', '-0,4'), -0.4);
  assert.is(thresholdOf('lowSentiment', '0.1'), undefined);
  assert.is(thresholdOf('longCallMinutes', '12.4'), 12);
  assert.is(thresholdOf('longCallMinutes', '0'), undefined);
  assert.is(thresholdOf('silenceSeconds', ''), undefined);
  assert.is(thresholdOf('silenceSeconds', 'ten'), undefined);
});

test.run();

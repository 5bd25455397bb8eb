// A page with the suggestions panel alone, which a test drives through `window.harness`.
import { signal } from '@preact/signals';
import { render } from 'preact';
import { ApiError, type ApiErrorKind } from '../../../../relay/desktop/api/api-error.ts';
import { handleKey } from '../../../../relay/desktop/keyboard/shortcuts.ts';
import { chooseLanguage, languageFor } from '../../../../relay/desktop/strings/strings.ts';
import { type Card, cardsOf } from '../../../../relay/desktop/suggestions/card.ts';
import { SuggestionsPanel } from '../../../../relay/desktop/suggestions/suggestions-panel.tsx';
import { Recorder } from '../recorder.ts';

export interface Harness {
  /** Shows an event with these results; returns how many cards there are. */
  show(results: readonly unknown[], event?: { isReplayed?: boolean; publishedAt?: number }): number;
  calls(): Recorder['calls'];
  patches(): Recorder['patches'];
  /** What copying and running a tool fail with from now on. */
  fail(kind: ApiErrorKind | undefined): void;
}

declare global {
  interface Window {
    harness: Harness;
  }
}

const options = new URLSearchParams(location.search);
const cards = signal<readonly Card[]>([]);
const page = new Recorder();
let events = 0;

window.harness = {
  show(results, { isReplayed = false, publishedAt = Date.UTC(2026, 2, 12, 9, 16) } = {}) {
    const id = `human-agent-assistant-event ${++events}`;
    const payload = { suggestionResults: results };
    const at = publishedAt + events * 60_000;
    cards.value = [...cards.value, ...cardsOf({ id, publishedAt: at, isReplayed, payload })];
    return cards.value.length;
  },
  calls: () => page.calls,
  patches: () => page.patches,
  fail(kind) {
    page.failure = kind === undefined ? undefined : new ApiError(kind);
  },
};

document.addEventListener('keydown', handleKey);

const show = () =>
  render(
    <SuggestionsPanel
      cards={cards}
      actions={page}
      feedback={page.feedback}
      state={page.state}
      isReadOnly={options.has('supervisor')}
      utteranceOf={() => 'My boiler cover renewal went up by nearly forty pounds and nobody told me.'}
    />,
    document.getElementById('panel') ?? document.body,
  );
void chooseLanguage(languageFor(options.get('language') ?? 'en')).then(show);

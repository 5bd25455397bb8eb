import type { ReadonlySignal } from '@preact/signals';
import { t } from '../strings/strings.ts';
import type { SpokenLine } from './transcript-state.ts';

/**
 * The only live region of the page: final messages, as they are said. What was replayed, and interim words, which change
 * several times a second, stay silent.
 */
export function Announcer({ messages }: { messages: ReadonlySignal<readonly SpokenLine[]> | undefined }) {
  return (
    <div class="visually-hidden" id="announcer" aria-live="polite">
      {messages?.value.map(({ key, role, text }) => (
        <p key={key}>{t('transcript.announcement', { speaker: t(`speaker.${role}`), text })}</p>
      ))}
    </div>
  );
}

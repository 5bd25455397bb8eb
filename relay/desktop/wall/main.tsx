// The supervisor's wall: all calls at a glance, and the transcript of one.
import { effect } from '@preact/signals';
import { render } from 'preact';
import { handleKey } from '../keyboard/shortcuts.ts';
import { agentCredential } from '../session/credential.ts';
import { createSignIn } from '../session/sign-in.ts';
import { wall as texts } from '../strings/en/wall.ts';
import { chooseLanguage, languageFor, t } from '../strings/strings.ts';
import { keepInHistory } from './address.ts';
import { App } from './app.tsx';
import type { Store } from './thresholds.ts';
import { createWallPage } from './wall-page.ts';

const language = languageFor(navigator.language);
await chooseLanguage(language, {
  en: texts,
  fr: async () => (await import('./wall-fr.ts')).wall,
});
document.documentElement.lang = language;

const request: typeof fetch = (input, init) => fetch(input, init);
const page = createWallPage({
  signIn: createSignIn(request, Date.now, agentCredential),
  request,
  store: storage(),
  isHidden: () => document.hidden,
  now: Date.now,
});
keepInHistory(page.opened);
effect(() => {
  const { flagged: count } = page.wall.counts.value;
  const title = t('wall.title');
  document.title = count === 0 ? title : t('wall.titleFlagged', { count, title });
});
document.addEventListener('keydown', handleKey);
document.addEventListener('visibilitychange', () => page.feed.refresh());
addEventListener('online', () => page.feed.refresh());

const root = document.getElementById('app');
if (root === null) throw new Error('supervisor.html has no #app');
render(<App page={page} />, root);

/** A browser may refuse its storage. */
function storage(): Store | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}

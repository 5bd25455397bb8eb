// The agent desktop page: opens what its address asks for, and shows it.
import { render } from 'preact';
import { App } from './app.tsx';
import { destinationsIn, searchFor } from './calls/destination.ts';
import { createDesktop, keepInAddress } from './desktop.ts';
import { handleKey } from './keyboard/shortcuts.ts';
import { chooseLanguage, languageFor, t } from './strings/strings.ts';

const language = languageFor(navigator.language);
await chooseLanguage(language);
document.documentElement.lang = language;
document.title = t('app.title');

const desktop = createDesktop('.');
// For a script beside this one, such as the drawer of the demo, before anything is received.
document.dispatchEvent(new CustomEvent('agent-desktop', { detail: desktop }));
const { destinations: asked, unreadable } = destinationsIn(location.search);
for (const destination of asked) desktop.open(destination);
keepInAddress(desktop, (destinations) => {
  history.replaceState(null, '', `${location.pathname}${searchFor(destinations)}`);
});
document.addEventListener('keydown', handleKey);

const root = document.getElementById('app');
if (root === null) throw new Error('index.html has no #app');
render(<App desktop={desktop} unreadable={unreadable} />, root);

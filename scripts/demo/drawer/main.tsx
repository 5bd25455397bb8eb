// The drawer of the demo's page. The demo adds this script to the page, before the page's own.
import { render } from 'preact';
import type { Desktop } from '../../../relay/desktop/desktop.ts';
import { createControlClient } from './control-client.ts';
import styles from './drawer.css';
import { Drawer } from './drawer.tsx';
import { createDrawerState } from './drawer-state.ts';
import { chooseLanguage } from './strings.ts';

document.addEventListener('agent-desktop', (event) => mount((event as CustomEvent<Desktop>).detail), {
  once: true,
});

function mount(desktop: Desktop): void {
  chooseLanguage(document.documentElement.lang);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  document.adoptedStyleSheets.push(sheet);
  const state = createDrawerState(desktop, createControlClient(new URL(import.meta.url).origin));
  const root = document.createElement('aside');
  root.className = 'simulator';
  document.body.append(root);
  render(<Drawer drawer={state} root={root} />, root);
}

import { useCallback, useEffect, useRef } from 'preact/hooks';
import { ShortcutHelp } from '../keyboard/shortcut-help.tsx';
import { TakesKeys } from '../keyboard/use-shortcuts.ts';
import { t } from '../strings/strings.ts';
import { FeedBanner, FeedStatus } from './feed-status.tsx';
import { OpenedCall } from './opened-call.tsx';
import type { Tile } from './tile.ts';
import { WallMain } from './wall-main.tsx';
import type { WallPage } from './wall-page.ts';

/** The whole page: the wall, and in its place the call that was opened. */
export function App({ page }: { page: WallPage }) {
  const { wall, feed, opened, clock } = page;
  const root = useRef<HTMLDivElement>(null);
  const name = opened.value;
  const shown = useRef(name);
  const open = useCallback((tile: Tile) => (opened.value = tile.name), []);
  useEffect(() => {
    // Who returns goes on where the call was opened.
    if (name === undefined && shown.current !== undefined)
      root.current?.querySelector<HTMLElement>('.tile[tabindex="0"]')?.focus();
    shown.current = name;
  }, [name]);
  return (
    <>
      <TakesKeys.Provider value={name === undefined}>
        <div ref={root} class="app wall" hidden={name !== undefined}>
          <header class="app-header">
            <h1 class="app-title">
              <span class="app-mark" aria-hidden="true" />
              <span class="app-name">{t('wall.title')}</span>
            </h1>
            <Summary page={page} />
            <FeedStatus feed={feed.state} />
            <ShortcutHelp />
          </header>
          <FeedBanner feed={feed.state} retry={page.retry} />
          <main class="app-main">
            <WallMain page={page} clock={clock} onOpen={open} />
          </main>
        </div>
      </TakesKeys.Provider>
      {name !== undefined && <OpenedCall key={name} name={name} page={page} />}
      <div class="visually-hidden" aria-live="polite">
        {wall.alerts.value.map(({ tile, flag }) => (
          <p key={`${tile.name} ${flag}`}>
            {t('wall.alert', { call: tile.id, flag: t(`wall.flag.${flag}`) })}
          </p>
        ))}
      </div>
    </>
  );
}

function Summary({ page: { wall, feed } }: { page: WallPage }) {
  const { live, flagged } = wall.counts.value;
  const { is } = feed.state.value;
  const isKnown = is === 'live' || wall.counts.value.all > 0;
  return (
    <p class="wall-summary">
      {isKnown && (
        <>
          <b>{t('wall.calls', { count: live })}</b>
          {flagged > 0 && <span class="wall-flagged">{t('wall.flagged', { count: flagged })}</span>}
        </>
      )}
    </p>
  );
}

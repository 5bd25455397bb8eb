import type { ReadonlySignal } from '@preact/signals';
import type { StringKey } from '../strings/strings.ts';
import { t } from '../strings/strings.ts';
import { FilterBar } from './filter-bar.tsx';
import { CALLS_MAX } from './list-calls.ts';
import type { Tile } from './tile.ts';
import { TileGrid } from './tile-grid.tsx';
import type { WallPage } from './wall-page.ts';

interface WallMainProps {
  page: WallPage;
  clock: ReadonlySignal<number>;
  onOpen(tile: Tile): void;
}

/** The calls, or why there are none. */
export function WallMain({ page, clock, onOpen }: WallMainProps) {
  const { wall, feed } = page;
  const state = feed.state.value;
  const hasCalls = wall.counts.value.all > 0;
  if (state.is === 'not-allowed')
    return (
      <Notice title="wall.notAllowed" hint="wall.notAllowedHint" action="wall.again" onAction={page.retry} />
    );
  if (state.is === 'not-found')
    return (
      <Notice title="wall.notFound" hint="wall.notFoundHint" action="wall.again" onAction={page.retry} />
    );
  // Where that takes long, the banner says why.
  if (!hasCalls && (state.is === 'loading' || state.is === 'away'))
    return <Notice title="wall.loading" isBusy />;
  if (!hasCalls && state.is === 'signed-out') return null;
  if (!hasCalls) return <Notice title="wall.empty" hint="wall.emptyHint" />;
  return (
    <>
      <FilterBar wall={wall} />
      <div class="wall-body" data-stale={state.is !== 'live'}>
        {wall.isCut.value && <p class="hint wall-cut">{t('wall.cut', { count: CALLS_MAX })}</p>}
        {wall.order.value.length === 0 ? (
          <Notice title="wall.noMatch" action="wall.clear" onAction={() => wall.chooseAll()} />
        ) : (
          <TileGrid wall={wall} clock={clock} onOpen={onOpen} />
        )}
      </div>
    </>
  );
}

interface NoticeProps {
  title: StringKey;
  hint?: StringKey;
  action?: StringKey;
  onAction?: () => void;
  isBusy?: boolean;
}

/** What the page says where it has no calls to show. */
export function Notice({ title, hint, action, onAction, isBusy = false }: NoticeProps) {
  return (
    <div class="notice-page" aria-busy={isBusy} role="status">
      <h2>{t(title)}</h2>
      {hint !== undefined && <p class="hint">{t(hint)}</p>}
      {action !== undefined && (
        <button type="button" class="button" onClick={onAction}>
          {t(action)}
        </button>
      )}
    </div>
  );
}

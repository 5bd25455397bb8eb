import type { ReadonlySignal } from '@preact/signals';
import type { TargetedKeyboardEvent, VNode } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { t } from '../strings/strings.ts';
import { stepFor } from './grid-keys.ts';
import type { Tile } from './tile.ts';
import { TileView } from './tile-view.tsx';
import { useMoves } from './use-moves.ts';
import type { Wall } from './wall.ts';

interface TileGridProps {
  wall: Wall;
  clock: ReadonlySignal<number>;
  onOpen(tile: Tile): void;
}

/** The calls, the most urgent first. Arrow keys move among them. */
export function TileGrid({ wall, clock, onOpen }: TileGridProps) {
  const list = useRef<HTMLUListElement>(null);
  const order = wall.order.value;
  const views = useTileViews(wall, clock, onOpen);
  useMoves(list, order);

  function go(key: string): boolean {
    const grid = list.current;
    if (grid === null) return false;
    const tiles = wall.order.peek();
    const start = wall.tabStop.peek();
    const columns = getComputedStyle(grid).gridTemplateColumns.split(' ').length;
    const index = start === undefined ? -1 : tiles.indexOf(start);
    const isInside = grid.contains(document.activeElement);
    // From elsewhere a key leads to the call that had the focus last.
    const next = isInside ? stepFor(key, index, tiles.length, columns) : index;
    const link = grid.children[next ?? -1]?.firstElementChild;
    if (!(link instanceof HTMLElement)) return false;
    wall.hold();
    link.focus();
    link.scrollIntoView({ block: 'nearest' });
    return true;
  }

  useShortcuts(
    [
      { keys: 'arrowleft', label: 'wall.key.left', group: 'wall', run: () => go('ArrowLeft') },
      { keys: 'arrowright', label: 'wall.key.right', group: 'wall', run: () => go('ArrowRight') },
      { keys: 'arrowup', label: 'wall.key.up', group: 'wall', run: () => go('ArrowUp') },
      { keys: 'arrowdown', label: 'wall.key.down', group: 'wall', run: () => go('ArrowDown') },
      { keys: 'home', label: 'wall.key.first', group: 'wall', run: () => go('Home') },
      { keys: 'end', label: 'wall.key.last', group: 'wall', run: () => go('End') },
    ],
    [],
  );

  // These are no characters: they work in the grid where shortcuts of a single key are off, too.
  const onKeyDown = (event: TargetedKeyboardEvent<HTMLUListElement>) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (go(event.key)) event.preventDefault();
  };

  return (
    <ul
      ref={list}
      class="tiles"
      // biome-ignore lint/a11y/noRedundantRoles: Safari takes the role from a list that has no bullets
      role="list"
      aria-label={t('wall.grid')}
      onKeyDown={onKeyDown}
      onPointerMove={() => wall.hold()}
    >
      {order.map(views)}
    </ul>
  );
}

/** Keeps the view of each call, so that a new order costs no more than the moves. */
function useTileViews(
  wall: Wall,
  clock: ReadonlySignal<number>,
  onOpen: (tile: Tile) => void,
): (tile: Tile) => VNode {
  return useMemo(() => {
    const known = new WeakMap<Tile, VNode>();
    return (tile) => {
      const view = known.get(tile) ?? (
        <TileView key={tile.name} tile={tile} wall={wall} clock={clock} onOpen={onOpen} />
      );
      known.set(tile, view);
      return view;
    };
  }, [wall, clock, onOpen]);
}

import { type ReadonlySignal, useComputed } from '@preact/signals';
import type { TargetedMouseEvent } from 'preact';
import { duration } from '../format.ts';
import { t } from '../strings/strings.ts';
import { age } from './age.ts';
import { FlagList } from './flag-list.tsx';
import { levelOf } from './flags.ts';
import { SentimentGauge } from './sentiment-gauge.tsx';
import type { Tile } from './tile.ts';
import type { Wall } from './wall.ts';

export interface TileViewProps {
  tile: Tile;
  wall: Wall;
  /** The relay's time, second by second, in milliseconds since 1970. */
  clock: ReadonlySignal<number>;
  onOpen(tile: Tile): void;
}

/** One call. Its texts that count seconds change without the rest. */
export function TileView({ tile, wall, clock, onOpen }: TileViewProps) {
  const { stage, desktops, score, startTime } = tile.call.value;
  const flags = tile.flags.value;
  const lasted = useComputed(() => {
    const call = tile.call.value;
    return duration((tile.isEnded ? call.lastEventTime : clock.value) - call.startTime);
  });
  const lastEvent = useComputed(() =>
    t('wall.ago', { age: age(clock.value - tile.call.value.lastEventTime) }),
  );
  const tabIndex = useComputed(() => (wall.tabStop.value === tile ? 0 : -1));
  const open = (event: TargetedMouseEvent<HTMLAnchorElement>) => {
    // With one of these a browser opens a tab or a window of its own.
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    onOpen(tile);
  };
  return (
    <li class="tile-place">
      <a
        class="tile"
        href={`?${new URLSearchParams({ conversation: tile.name })}`}
        data-level={tile.isEnded ? 'ended' : levelOf(flags)}
        tabIndex={tabIndex}
        onFocus={() => (wall.current.value = tile.name)}
        onClick={open}
      >
        <span class="tile-row">
          <span class="tile-id" title={tile.name}>
            {tile.id}
          </span>
          <span class="tile-duration">
            <span class="visually-hidden">{t('wall.duration')} </span>
            <time dateTime={new Date(startTime).toISOString()}>{lasted}</time>
          </span>
        </span>
        <span class="tile-row">
          <span class="badge stage" data-stage={stage}>
            {t(`wall.stage.${stage}`)}
          </span>
          <span class="tile-desktops" title={t('wall.desktops', { count: desktops })}>
            <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
              <path d="M2 3h12v8H2zM6 14h4M8 11v3" />
            </svg>
            <span aria-hidden="true">{desktops}</span>
            <span class="visually-hidden">{t('wall.desktops', { count: desktops })}</span>
          </span>
          <span class="tile-last">{lastEvent}</span>
        </span>
        <SentimentGauge score={score} />
        {flags.length > 0 && <FlagList flags={flags} />}
      </a>
    </li>
  );
}

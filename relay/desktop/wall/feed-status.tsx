import type { ReadonlySignal } from '@preact/signals';
import { timeOfDay } from '../format.ts';
import { t } from '../strings/strings.ts';
import type { FeedState } from './feed-state.ts';

/** How the state looks, in the words of the agent desktop's styles. */
const LOOKS = {
  loading: 'connecting',
  live: 'live',
  away: 'offline',
  'signed-out': 'signed-out',
  'not-allowed': 'refused',
  'not-found': 'refused',
} as const satisfies Record<FeedState['is'], string>;

interface FeedProps {
  feed: ReadonlySignal<FeedState>;
}

/** One line that says whether the wall is up to date. */
export function FeedStatus({ feed }: FeedProps) {
  const state = feed.value;
  return (
    <p class="connection" data-state={isAwaited(state) ? 'connecting' : LOOKS[state.is]}>
      <span class="visually-hidden">{t('connection.label')} </span>
      <span class="connection-dot" aria-hidden="true" />
      <span id="feed">{textOf(state)}</span>
    </p>
  );
}

/** Whether there has been no list yet. */
function isAwaited(state: FeedState): boolean {
  return state.is === 'loading' || (state.is === 'away' && state.since === undefined);
}

function textOf(state: FeedState): string {
  if (state.is !== 'away') return t(`wall.state.${state.is}`);
  if (state.since === undefined) return t('wall.state.loading');
  return t('wall.state.away', { time: timeOfDay(state.since) });
}

/** Explains a list that is not up to date, and offers what a person can do. */
export function FeedBanner({ feed, retry }: FeedProps & { retry: () => void }) {
  const state = feed.value;
  if (state.is !== 'away' && state.is !== 'signed-out') return null;
  return (
    <div class="banner" role="alert" data-state={LOOKS[state.is]}>
      <p>{state.is === 'away' ? hintOf(state) : signedOutHint(state)}</p>
      <button type="button" class="button button-small" onClick={retry}>
        {t(state.is === 'away' ? 'connection.retry' : 'connection.signIn')}
      </button>
    </div>
  );
}

/** A page that has never had the list may have no sign-in at all. */
function signedOutHint({ since }: Extract<FeedState, { is: 'signed-out' }>): string {
  return t(since === undefined ? 'connection.notRegistered' : 'connection.signedOutHint');
}

function hintOf({ since, cause }: Extract<FeedState, { is: 'away' }>): string {
  const reason = t(`wall.away.${cause}`);
  const rest =
    since === undefined ? t('wall.away.noneYet') : t('wall.away.asOf', { time: timeOfDay(since, true) });
  return `${reason} ${rest}`;
}

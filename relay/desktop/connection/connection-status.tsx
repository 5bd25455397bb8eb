import type { ReadonlySignal } from '@preact/signals';
import { latency, timeOfDay } from '../format.ts';
import { t } from '../strings/strings.ts';
import type { ConnectionState } from './connection-state.ts';

interface ConnectionStatusProps {
  connection: ReadonlySignal<ConnectionState>;
  /** Events that were caught up so far, in all calls. */
  catchingUp: ReadonlySignal<number>;
  /** Of the last event of the shown call, in milliseconds. */
  latencyMs: number | undefined;
}

/** One line that says what the connection does at the moment. */
export function ConnectionStatus({ connection, catchingUp, latencyMs }: ConnectionStatusProps) {
  const state = connection.value;
  const isBehind = state.is === 'live' && catchingUp.value > 0;
  const shownLatency =
    state.is === 'live' && !isBehind && latencyMs !== undefined ? latency(latencyMs) : undefined;
  return (
    <p class="connection" data-state={isBehind ? 'catching-up' : state.is}>
      <span class="visually-hidden">{t('connection.label')} </span>
      <span class="connection-dot" aria-hidden="true" />
      <span id="connection">
        {isBehind ? t('connection.catchingUp', { count: catchingUp.value }) : textOf(state)}
      </span>
      {shownLatency !== undefined && (
        <span class="connection-latency" title={t('connection.latency', { latency: shownLatency })}>
          {shownLatency}
        </span>
      )}
    </p>
  );
}

function textOf(state: ConnectionState): string {
  switch (state.is) {
    case 'offline':
      return t('connection.offline', { time: timeOfDay(state.since) });
    case 'signed-out':
      return t('connection.signedOut');
    default:
      return t(`connection.${state.is}`);
  }
}

interface ConnectionBannerProps {
  connection: ReadonlySignal<ConnectionState>;
  /** Attempts to connect at once. */
  retry: () => void;
}

/** Explains a connection that is not there, and offers what the agent can do. */
export function ConnectionBanner({ connection, retry }: ConnectionBannerProps) {
  const state = connection.value;
  if (state.is !== 'offline' && state.is !== 'signed-out' && state.is !== 'refused') return null;
  return (
    <div class="banner" role="alert" data-state={state.is}>
      <p>{hintOf(state)}</p>
      <button type="button" class="button button-small" onClick={retry}>
        {t(state.is === 'signed-out' ? 'connection.signIn' : 'connection.retry')}
      </button>
    </div>
  );
}

function hintOf(state: Extract<ConnectionState, { is: 'offline' | 'signed-out' | 'refused' }>): string {
  if (state.is === 'signed-out')
    return t(state.at === 'token' ? 'connection.signedOutHint' : 'connection.notRegistered');
  if (state.is === 'refused') return t('connection.refusedHint', { reason: state.reason });
  if (state.cause === 'network') return t('connection.networkGone');
  return t(state.cause === 'sign-in' ? 'connection.signInFails' : 'connection.lost');
}

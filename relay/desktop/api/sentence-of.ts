import { t } from '../strings/strings.ts';
import { ApiError } from './api-error.ts';
import { NoParticipantError } from './no-participant.ts';

/** What an agent is told of a call that failed. */
export interface Problem {
  sentence: string;
  /** What the server said, where that may help. It is text from outside. */
  detail?: string;
  /** Whole seconds until the call may be made again. */
  waitSeconds?: number;
}

/** The kinds for which the server's own words say what to change. */
const WITH_DETAIL = new Set<ApiError['kind']>(['invalid', 'ended', 'fault']);

/** @param now milliseconds since 1970. */
export function problemOf(error: unknown, now: number): Problem {
  if (error instanceof NoParticipantError) return { sentence: t(`answer.none.${error.reason}`) };
  if (!(error instanceof ApiError)) return { sentence: t('api.fault') };
  const { kind, retryAt, detail } = error;
  const waitSeconds = retryAt === undefined ? 0 : Math.ceil((retryAt - now) / 1_000);
  const isWaiting = waitSeconds > 0;
  return {
    sentence: isWaiting
      ? t('api.wait', { reason: t(`api.${kind}`), seconds: waitSeconds })
      : t(`api.${kind}`),
    ...(detail !== undefined && WITH_DETAIL.has(kind) ? { detail } : {}),
    ...(isWaiting ? { waitSeconds } : {}),
  };
}

import { timeOfDay } from '../format.ts';
import { type StringKey, t } from '../strings/strings.ts';
import { Icon } from '../ui/icon.tsx';
import { type ShownPart, shownParts } from './search.ts';
import type { KeypadLine, Notice, NoticeLine, Role, SpokenLine, TranscriptLine } from './transcript-state.ts';

interface TranscriptLineProps {
  line: TranscriptLine;
  /** Whether the same speaker said the line before. */
  isContinued: boolean;
  /** Finds what the agent searches for. */
  pattern: RegExp | undefined;
  isCurrentMatch: boolean;
}

/** Words below this stability often change: they are dimmed most. */
const UNSTABLE = 0.5;
/** Sentiment nearer to zero than this is not worth a mark. */
const NEUTRAL = 0.25;

export function TranscriptLineView({ line, ...rest }: TranscriptLineProps) {
  if (line.is === 'notice') return <NoticeView line={line} />;
  if (line.is === 'keypad') return <KeypadView line={line} isContinued={rest.isContinued} />;
  return <SpokenView line={line} {...rest} />;
}

function SpokenView({
  line,
  isContinued,
  pattern,
  isCurrentMatch,
}: Omit<TranscriptLineProps, 'line'> & { line: SpokenLine }) {
  return (
    <li
      class="line"
      data-key={line.key}
      data-name={line.name}
      data-role={line.role}
      data-final={line.isFinal}
      data-stability={stabilityOf(line)}
      data-continued={isContinued}
      data-replayed={line.isReplayed}
      data-current={isCurrentMatch}
    >
      <Speaker role={line.role} isContinued={isContinued} />
      <p class="line-text">
        {shownParts(line.text, line.parts, pattern).map((part, index) => (
          <Part key={index} part={part} />
        ))}
        {!line.isFinal && <span class="visually-hidden"> ({t('transcript.unfinished')})</span>}
      </p>
      <span class="line-side">
        <Sentiment score={line.sentiment} />
        <time dateTime={new Date(line.time).toISOString()}>{timeOfDay(line.time)}</time>
      </span>
    </li>
  );
}

function stabilityOf({ isFinal, stability }: SpokenLine): 'final' | 'high' | 'low' {
  if (isFinal) return 'final';
  return stability >= UNSTABLE ? 'high' : 'low';
}

export function Speaker({ role, isContinued }: { role: Role; isContinued: boolean }) {
  const name = t(`speaker.${role}`);
  return (
    <>
      <span class="avatar" aria-hidden="true">
        {isContinued ? '' : name.slice(0, 1)}
      </span>
      <span class={isContinued ? 'speaker visually-hidden' : 'speaker'}>{name}</span>
    </>
  );
}

function Part({ part: { text, entity, value, isMatch } }: { part: ShownPart }) {
  const shown = isMatch ? <mark>{text}</mark> : text;
  if (entity === undefined) return <>{shown}</>;
  return (
    <span class="entity" title={value === undefined ? entity : `${entity}: ${value}`}>
      {shown}
    </span>
  );
}

function Sentiment({ score }: { score: number | undefined }) {
  if (score === undefined || Math.abs(score) < NEUTRAL) return null;
  const mood: StringKey = score > 0 ? 'transcript.positive' : 'transcript.negative';
  const label = t('transcript.sentiment', { mood: t(mood), score: Math.round(score * 100) / 100 });
  return (
    <span class="sentiment" data-mood={score > 0 ? 'positive' : 'negative'} title={label}>
      {t(mood)}
    </span>
  );
}

function KeypadView({ line, isContinued }: { line: KeypadLine; isContinued: boolean }) {
  return (
    <li class="line" data-key={line.key} data-role={line.role} data-final data-continued={isContinued}>
      <Speaker role={line.role} isContinued={isContinued} />
      <p class="line-text keypad" title={t('transcript.keypad', { count: line.digits })}>
        <Icon name="keypad" />
        <span aria-hidden="true">{'•'.repeat(line.digits)}</span>
        <span class="visually-hidden">{t('transcript.keypad', { count: line.digits })}</span>
      </p>
      <span class="line-side">
        <time dateTime={new Date(line.time).toISOString()}>{timeOfDay(line.time)}</time>
      </span>
    </li>
  );
}

function NoticeView({ line: { notice, key, at } }: { line: NoticeLine }) {
  return (
    <li class="notice" data-key={key} data-notice={notice.is}>
      <span>{noticeText(notice)}</span>
      {(notice.is === 'started' || notice.is === 'finished') && (
        <time dateTime={new Date(at).toISOString()}>{timeOfDay(at)}</time>
      )}
    </li>
  );
}

function noticeText(notice: Notice): string {
  switch (notice.is) {
    case 'failed':
      return notice.detail === '' ? t('notice.failed') : t('notice.failedWith', { detail: notice.detail });
    case 'caught-up':
      return t('notice.caughtUp', {
        count: notice.count,
        from: timeOfDay(notice.from, true),
        to: timeOfDay(notice.to, true),
      });
    case 'history-missing':
      return t('notice.historyMissing', { time: timeOfDay(notice.before) });
    default:
      return t(`notice.${notice.is}`);
  }
}

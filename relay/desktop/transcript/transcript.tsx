import { type ReadonlySignal, type Signal, useComputed, useSignal, useSignalEffect } from '@preact/signals';
import type { VNode } from 'preact';
import { useId, useMemo, useRef } from 'preact/hooks';
import { useShortcuts } from '../keyboard/use-shortcuts.ts';
import { t } from '../strings/strings.ts';
import { Dots } from '../ui/dots.tsx';
import { Icon } from '../ui/icon.tsx';
import { matchingKeys, searchPattern } from './search.ts';
import { Speaker, TranscriptLineView } from './transcript-line.tsx';
import { TranscriptSearch } from './transcript-search.tsx';
import type { Role, TranscriptLine, TranscriptState } from './transcript-state.ts';
import { useFollow } from './use-follow.ts';

interface TranscriptProps {
  state: ReadonlySignal<TranscriptState>;
  /** Name of the message to show and to mark; it is emptied when that is done. */
  jump: Signal<string | undefined>;
}

/** How long a line is marked that was jumped to, in milliseconds. */
const MARK_MS = 1_600;

export function Transcript({ state, jump }: TranscriptProps) {
  const list = useRef<HTMLOListElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const titleId = useId();
  const query = useSignal('');
  const chosen = useSignal(0);
  const { lines, speaking } = state.value;
  const pattern = useComputed(() => searchPattern(query.value));
  const matches = matchingKeys(lines, pattern.value);
  const index = matches.length === 0 ? 0 : (chosen.value + matches.length) % matches.length;
  const current = matches[index];
  const finals = lines.reduce((sum, line) => sum + (line.is === 'spoken' && line.isFinal ? 1 : 0), 0);
  const follow = useFollow(list, finals, state.value);
  const views = useLineViews();

  function show(line: HTMLElement | undefined): void {
    if (line === undefined) return;
    follow.isFollowing.value = false;
    line.scrollIntoView({ block: 'center' });
    // A short list does not scroll, and still shows its end.
    follow.noteScroll();
  }

  function step(by: 1 | -1): void {
    if (matches.length === 0) return;
    chosen.value = (index + by + matches.length) % matches.length;
    show(lineElement(list.current, 'key', matches[chosen.value] ?? ''));
  }

  useSignalEffect(() => {
    const name = jump.value;
    if (name === undefined) return;
    jump.value = undefined;
    const line = lineElement(list.current, 'name', name);
    show(line);
    mark(line);
  });

  useShortcuts(
    [
      { keys: '/', label: 'keyboard.search', group: 'transcript', run: () => field.current?.focus() },
      { keys: 'e', label: 'keyboard.latest', group: 'transcript', run: () => follow.toEnd() },
    ],
    [],
  );

  return (
    <section class="panel transcript" aria-labelledby={titleId}>
      <header class="panel-header">
        <h2 id={titleId}>{t('transcript.title')}</h2>
        <TranscriptSearch
          field={field}
          query={query.value}
          count={matches.length}
          index={index}
          onQuery={(text) => {
            query.value = text;
            chosen.value = -1;
          }}
          onStep={step}
        />
      </header>
      <ol
        ref={list}
        class="lines"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-labelledby={titleId}
        onScroll={follow.noteScroll}
      >
        {lines.map((line, position) =>
          views(line, isContinued(lines[position - 1], line), pattern.value, line.key === current),
        )}
        {speaking.map((role) => (
          <SpeakingLine key={`speaking-${role}`} role={role} />
        ))}
      </ol>
      {lines.length === 0 && speaking.length === 0 && <p class="empty">{t('transcript.empty')}</p>}
      {!follow.isFollowing.value && (
        <button
          type="button"
          class="to-end"
          aria-label={
            follow.missed.value === 0
              ? t('keyboard.latest')
              : t('transcript.newLabel', { count: follow.missed.value })
          }
          onClick={follow.toEnd}
        >
          <Icon name="arrow-down" />
          {follow.missed.value === 0
            ? t('transcript.latest')
            : t('transcript.new', { count: follow.missed.value })}
        </button>
      )}
    </section>
  );
}

function SpeakingLine({ role }: { role: Role }) {
  return (
    <li class="line" data-role={role} data-final={false}>
      <Speaker role={role} isContinued={false} />
      <p class="line-text">
        <span class="visually-hidden">{t('transcript.speaking', { speaker: t(`speaker.${role}`) })}</span>
        <Dots />
      </p>
    </li>
  );
}

/** Between two messages of one speaker, in milliseconds, that still belong together. */
const TOGETHER_MS = 60_000;

function isContinued(before: TranscriptLine | undefined, line: TranscriptLine): boolean {
  if (before === undefined || before.is === 'notice' || line.is === 'notice') return false;
  return before.role === line.role && line.at - before.at < TOGETHER_MS;
}

type LineViews = (
  line: TranscriptLine,
  isContinued: boolean,
  pattern: RegExp | undefined,
  isCurrent: boolean,
) => VNode;

/** Keeps the view of each line that stays as it is, so that a word costs as much in a long call as in a short one. */
function useLineViews(): LineViews {
  return useMemo(() => {
    const known = new WeakMap<TranscriptLine, { state: readonly unknown[]; view: VNode }>();
    return (line, continued, pattern, isCurrent) => {
      const state = [continued, pattern, isCurrent];
      const before = known.get(line);
      if (before?.state.every((value, position) => value === state[position])) return before.view;
      const view = (
        <TranscriptLineView
          key={line.key}
          line={line}
          isContinued={continued}
          pattern={pattern}
          isCurrentMatch={isCurrent}
        />
      );
      known.set(line, { state, view });
      return view;
    };
  }, []);
}

function lineElement(
  list: HTMLElement | null,
  attribute: 'key' | 'name',
  value: string,
): HTMLElement | undefined {
  return [...(list?.children ?? [])].find(
    (line): line is HTMLElement => line instanceof HTMLElement && line.dataset[attribute] === value,
  );
}

function mark(line: HTMLElement | undefined): void {
  if (line === undefined) return;
  line.classList.add('marked');
  setTimeout(() => line.classList.remove('marked'), MARK_MS);
}

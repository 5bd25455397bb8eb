import { useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import type { AnswerFeedbackHooks, TextActions } from '../actions/answer-uses.ts';
import { isSendKey } from '../actions/draft.ts';
import { t } from '../strings/strings.ts';
import { Icon } from '../ui/icon.tsx';
import { CompanionSession } from './companion-session.ts';
import type { CompanionStream } from './messages.ts';
import { TurnView } from './turn-view.tsx';
import { activeTurn } from './turns.ts';

export interface CompanionPanelProps {
  /** Opens a stream to the companion with its first message, such as `client.stream`. */
  open: (payload: object) => CompanionStream;
  /** The agent's name as a participant, such as it is or as it is looked for when the agent first asks. */
  participant: string | (() => Promise<string>);
  actions: TextActions;
  /** Of the next question: a code of BCP 47. */
  languageCode: () => string;
  /** Absent where the agent may give no feedback. */
  feedback?: AnswerFeedbackHooks<'guidance'>;
  /** Why the agent cannot ask here; undefined where it can. */
  disabledReason?: string | undefined;
}

/** For so long after an answer has ended, in milliseconds, Escape is meant to stop it. */
const LATE_MS = 2_000;
/** How near to its end a scrolled list counts as at the end, in pixels. */
const NEAR_END = 40;

export function CompanionPanel(props: CompanionPanelProps) {
  const { open, participant, languageCode, actions, feedback, disabledReason } = props;
  const session = useMemo(
    () => new CompanionSession({ open, participant, languageCode }),
    [open, participant, languageCode],
  );
  useEffect(() => () => session.close(), [session]);
  const state = session.state.value;
  const list = useRef<HTMLOListElement>(null);
  const followsEnd = useRef(true);
  const question = useRef<HTMLTextAreaElement>(null);
  const active = activeTurn(state);
  const last = state.turns.at(-1);

  function follow(): void {
    const element = list.current;
    if (element !== null && followsEnd.current) element.scrollTop = element.scrollHeight;
  }
  useLayoutEffect(follow, [state]);

  return (
    <div class="companion">
      {state.turns.length === 0 ? (
        <p class="companion-empty">
          {t(disabledReason === undefined ? 'companion.empty' : 'companion.emptyEnded')}
        </p>
      ) : (
        <ol
          ref={list}
          class="companion-turns"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls only what has the focus
          tabIndex={0}
          aria-label={t('companion.turns')}
          onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
            followsEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END;
          }}
        >
          {state.turns.map((turn) => (
            <TurnView
              key={turn.id}
              turn={turn}
              decisions={state.decisions}
              isBusy={active !== undefined}
              isEnded={disabledReason !== undefined}
              session={session}
              actions={actions}
              feedback={feedback}
              onGrow={follow}
              onActed={() => question.current?.focus()}
            />
          ))}
        </ol>
      )}
      {/* Chunks come several times a second: a screen reader is told of the whole answer alone. */}
      <p class="visually-hidden" role="status">
        {active ? t('companion.thinking') : last?.state === 'done' ? last.text : ''}
      </p>
      <Composer
        box={question}
        session={session}
        isBusy={active !== undefined}
        disabledReason={disabledReason}
      />
    </div>
  );
}

interface ComposerProps {
  box: RefObject<HTMLTextAreaElement | null>;
  session: CompanionSession;
  isBusy: boolean;
  disabledReason: string | undefined;
}

function Composer({ box, session, isBusy, disabledReason }: ComposerProps) {
  const question = useSignal('');
  const isDisabled = disabledReason !== undefined;
  /** When the last answer ended by itself; the agent has neither typed nor stopped since. */
  const endedAt = useRef(Number.NEGATIVE_INFINITY);
  const hasStopped = useRef(false);
  useLayoutEffect(() => {
    if (!isBusy) return undefined;
    return () => {
      if (!hasStopped.current) endedAt.current = performance.now();
    };
  }, [isBusy]);
  const canAsk = !isDisabled && !isBusy && question.value.trim() !== '';

  function ask(): void {
    if (!canAsk || !session.ask(question.value.trim())) return;
    question.value = '';
    hasStopped.current = false;
  }

  /**
   * False where the key has nothing to stop. One that comes too late does not leave the box, or what is typed next would
   * be shortcuts.
   */
  function takesEscape(): boolean {
    const isLate = performance.now() - endedAt.current < LATE_MS;
    endedAt.current = Number.NEGATIVE_INFINITY;
    if (isBusy) stop();
    return isBusy || isLate;
  }

  function stop(): void {
    hasStopped.current = true;
    session.cancel();
    box.current?.focus();
  }

  return (
    <form
      class="companion-form"
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <textarea
        ref={box}
        class="field companion-question"
        rows={1}
        aria-label={t('companion.label')}
        placeholder={isDisabled ? disabledReason : t('companion.placeholder')}
        disabled={isDisabled}
        value={question.value}
        onInput={({ currentTarget }) => {
          question.value = currentTarget.value;
          endedAt.current = Number.NEGATIVE_INFINITY;
        }}
        onKeyDown={(event) => {
          const isForAnswer = event.key === 'Escape' && takesEscape();
          if (!isForAnswer && !isSendKey(event, true)) return;
          event.preventDefault();
          if (!isForAnswer) ask();
        }}
      />
      {isBusy ? (
        <button type="button" class="button" onClick={stop}>
          <Icon name="stop" />
          {t('companion.stop')}
        </button>
      ) : (
        <button type="submit" class="button button-primary" disabled={!canAsk}>
          {t('companion.ask')}
        </button>
      )}
    </form>
  );
}

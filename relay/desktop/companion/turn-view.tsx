import { useMemo } from 'preact/hooks';
import type { AnswerFeedbackHooks, AnswerUse, TextActions } from '../actions/answer-uses.ts';
import { CopyButton } from '../actions/copy-button.tsx';
import { InsertButton } from '../actions/insert-button.tsx';
import { Thumbs } from '../actions/thumbs.tsx';
import { t } from '../strings/strings.ts';
import { Dots } from '../ui/dots.tsx';
import { CitedText } from './cited-text.tsx';
import type { CompanionSession } from './companion-session.ts';
import { RevealedText } from './revealed-text.tsx';
import { streamEndSentence } from './stream-end.ts';
import { ToolCallView } from './tool-call-view.tsx';
import type { CompanionState, Turn, TurnInput } from './turns.ts';

export interface TurnViewProps {
  turn: Turn;
  decisions: CompanionState['decisions'];
  /** The companion is at work on this turn or another. */
  isBusy: boolean;
  /** The call is over: nothing can be asked or decided any more. */
  isEnded: boolean;
  session: CompanionSession;
  actions: TextActions;
  feedback: AnswerFeedbackHooks<'guidance'> | undefined;
  /** The turn has grown by itself. */
  onGrow: () => void;
  /** The agent has used a button that goes away. */
  onActed: () => void;
}

export function TurnView({
  turn,
  decisions,
  isBusy,
  isEnded,
  session,
  actions,
  feedback,
  onGrow,
  onActed,
}: TurnViewProps) {
  const { input, state, text, toolCalls } = turn;
  return (
    <li class="turn" data-state={state}>
      <p class={`turn-input turn-${input.kind}`}>{inputText(input)}</p>
      {state === 'waiting' && <Dots />}
      {text !== '' && <Answer {...{ turn, actions, feedback, onGrow }} />}
      {toolCalls.map((info, index) => (
        <ToolCallView
          key={info.toolCall?.answerRecord ?? index}
          info={info}
          decision={decisions[info.toolCall?.answerRecord ?? '']}
          isBusy={isBusy}
          isEnded={isEnded}
          onDecide={(name, decision) => {
            session.decide(name, decision);
            onActed();
          }}
        />
      ))}
      {state === 'cancelling' && <p class="turn-note">{t('companion.cancelling')}</p>}
      {state === 'cancelled' && <p class="turn-note">{t('companion.cancelled')}</p>}
      {state === 'failed' && <Failure turn={turn} />}
      {(state === 'failed' || state === 'cancelled') && !turn.isRepeated && !isEnded && (
        <button
          type="button"
          class="button"
          disabled={isBusy}
          onClick={() => {
            session.askAgain(turn.id);
            onActed();
          }}
        >
          {t(input.kind === 'question' ? 'companion.askAgain' : 'companion.decideAgain')}
        </button>
      )}
    </li>
  );
}

function inputText(input: TurnInput): string {
  if (input.kind === 'question') return input.text;
  return t(`companion.decided.${input.input.action}`, { tool: input.toolName });
}

function Failure({ turn: { error, input } }: { turn: Turn }) {
  const sentence = useMemo(() => streamEndSentence(error, Date.now()), [error]);
  // A cancelled tool call does nothing, however often it is cancelled.
  const mayHaveRun = input.kind === 'decision' && input.input.action !== 'CANCEL';
  return (
    <div class="problem" role="alert">
      <p class="problem-sentence">{sentence}</p>
      {mayHaveRun && <p class="problem-detail">{t('companion.mayHaveRun')}</p>}
    </div>
  );
}

function Answer({
  turn,
  actions,
  feedback,
  onGrow,
}: Pick<TurnViewProps, 'turn' | 'actions' | 'feedback' | 'onGrow'>) {
  const { state, text, grounding, answerRecord } = turn;
  const isOver = state === 'done';
  const answer = { text, ...(answerRecord === undefined ? {} : { answerRecord }) };
  const told = (use: AnswerUse) => feedback?.used('guidance', answer, use);
  const isComplete = (isShown: boolean) => isOver && isShown;
  return (
    <RevealedText text={text} isGrowing={state === 'answering' || isOver} onGrow={onGrow}>
      {(shown) => (
        <>
          {isComplete(shown === text) ? (
            <CitedText
              answer={text}
              grounding={grounding}
              onOpen={(uri) => {
                actions.open(uri);
                told({ how: 'opened', uri });
              }}
            />
          ) : (
            <p class="turn-text">{shown}</p>
          )}
          {isComplete(shown === text) && (
            <div class="actions-row">
              <InsertButton
                actions={actions}
                onInsert={() => {
                  actions.insert(text);
                  told({ how: 'inserted' });
                }}
              />
              <CopyButton text={text} copy={actions.copy} onCopied={() => told({ how: 'copied' })} />
              {feedback && answerRecord !== undefined && (
                <Thumbs
                  opinion={feedback.opinionOf(answer)}
                  onRate={(rating) => void feedback.rate(answer, rating).catch(() => {})}
                />
              )}
            </div>
          )}
        </>
      )}
    </RevealedText>
  );
}

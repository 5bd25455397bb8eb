// What generators write: hints, summaries and coaching.
import { t } from '../../strings/strings.ts';
import { AnswerTools } from '../answer-tools.tsx';
import type {
  Card,
  CoachingAction,
  CoachingCard,
  HintCard,
  Instruction,
  SummaryCard,
} from '../card-types.ts';
import { AnswerItem } from './answers.tsx';

export function Hint({ card }: { card: HintCard }) {
  const answer = card.answers[0];
  if (answer === undefined) return null;
  return (
    <>
      <p class="card-text">{answer.text}</p>
      <AnswerTools card={card} answer={answer} />
    </>
  );
}

/** Of several summaries the newest counts. */
export function Summary({ card, earlier }: { card: SummaryCard; earlier: readonly Card[] }) {
  const answer = card.answers[0];
  const older = earlier.filter((other) => other.kind === 'summary');
  return (
    <>
      <Sections card={card} />
      {answer && <AnswerTools card={card} answer={answer} />}
      {older.length > 0 && (
        <details class="card-fold">
          <summary>{t('cards.earlierSummaries')}</summary>
          {older.map((other) => (
            <Sections key={other.id} card={other} />
          ))}
        </details>
      )}
    </>
  );
}

function Sections({ card }: { card: SummaryCard }) {
  return card.sections.map((section, index) => (
    <section key={index} class="card-section">
      {section.name !== '' && <h4>{section.name}</h4>}
      <p class="card-text">{section.text}</p>
    </section>
  ));
}

/** What to do and what to say, rated as one. What says the same as an earlier suggestion is folded. */
export function Coaching({ card }: { card: CoachingCard }) {
  const said = card.answers
    .map((answer, index) => ({ answer, index }))
    .filter(({ answer }) => answer.text !== '');
  const isOld = (item: { isDuplicate: boolean }) => item.isDuplicate;
  const oldActions = card.actions.filter(isOld);
  const oldAnswers = said.filter(({ answer }) => answer.isDuplicate);
  const newActions = card.actions.filter((action) => !isOld(action));
  const newAnswers = said.filter(({ answer }) => !answer.isDuplicate);
  const rated = card.answers[0];
  const responses = (items: typeof said) => (
    <ul class="card-answers">
      {items.map(({ answer, index }) => (
        <AnswerItem key={index} card={card} index={index}>
          <p class="card-text is-quoted">{answer.text}</p>
          <Names names={answer.instructions} />
          <AnswerTools card={card} answer={answer} isRated={index === 0} />
        </AnswerItem>
      ))}
    </ul>
  );
  const oldCount = oldActions.length + oldAnswers.length;
  return (
    <>
      {newActions.length > 0 && (
        <section>
          <h4>{t('cards.do')}</h4>
          <Actions actions={newActions} />
        </section>
      )}
      {newAnswers.length > 0 && (
        <section>
          <h4>{t('cards.say')}</h4>
          {responses(newAnswers)}
        </section>
      )}
      {oldCount > 0 && (
        <details class="card-fold">
          <summary>{t('cards.duplicates', { count: oldCount })}</summary>
          <Actions actions={oldActions} />
          {responses(oldAnswers)}
        </details>
      )}
      {card.instructions.length > 0 && (
        <details class="card-fold">
          <summary>{t('cards.instructions')}</summary>
          {card.instructions.map((instruction, index) => (
            <InstructionView key={index} instruction={instruction} />
          ))}
        </details>
      )}
      {said.length === 0 && rated && <AnswerTools card={card} answer={rated} />}
    </>
  );
}

function Actions({ actions }: { actions: readonly CoachingAction[] }) {
  return (
    <ul class="card-steps">
      {actions.map((action, index) => (
        <li key={index}>
          {action.text}
          <Names names={action.instructions} />
        </li>
      ))}
    </ul>
  );
}

/** The instructions that a suggestion comes from. */
function Names({ names }: { names: readonly string[] }) {
  return names.map((name, index) => (
    <span key={index} class="card-tag">
      {name}
    </span>
  ));
}

function InstructionView({ instruction }: { instruction: Instruction }) {
  const { name, details, condition, agentAction, systemAction } = instruction;
  const parts = { condition, agentAction, systemAction };
  return (
    <section class="card-instruction">
      {name !== '' && <h4>{name}</h4>}
      {details !== '' && <p>{details}</p>}
      <dl class="card-details">
        {(['condition', 'agentAction', 'systemAction'] as const).map(
          (part) =>
            parts[part] !== '' && (
              <div key={part}>
                <dt>{t(`cards.instruction.${part}`)}</dt>
                <dd>{parts[part]}</dd>
              </div>
            ),
        )}
      </dl>
    </section>
  );
}

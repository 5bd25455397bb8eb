import { useEffect, useId, useRef } from 'preact/hooks';
import { timeOfDay } from '../format.ts';
import { t } from '../strings/strings.ts';
import type { ArrangedCard } from './arrange.ts';
import type { Card } from './card-types.ts';
import { KindIcon, type KindIconName } from './kind-icon.tsx';
import { Articles, Assist, Entities, Faq } from './kinds/answers.tsx';
import { Coaching, Hint, Summary } from './kinds/generated.tsx';
import { Guidance } from './kinds/guidance.tsx';
import { Knowledge } from './kinds/knowledge.tsx';
import { Replies } from './kinds/replies.tsx';
import { Tool } from './kinds/tool.tsx';
import { QuietLine } from './quiet-line.tsx';
import { useTools } from './tools-context.ts';
import { useIsCurrent } from './use-current.ts';

/** A card is in view when so much of it is, or when it fills so much of the panel. */
const IN_VIEW = 0.5;

interface CardViewProps {
  arranged: ArrangedCard;
  /** Takes the element that shows the card, so that keys can move the focus to it. */
  onElement(id: string, element: HTMLElement | null): void;
}

/** One suggestion: its kind, the utterance that it answers, what it says, and what the agent may do with it. */
export function CardView({ arranged: { card, earlier }, onElement }: CardViewProps) {
  const { commands, state } = useTools();
  const titleId = useId();
  const element = useRef<HTMLElement>(null);
  const isCurrent = useIsCurrent(card);
  useEffect(() => {
    onElement(card.id, element.current);
    return () => onElement(card.id, null);
  }, [card.id, onElement]);
  useEffect(() => {
    // A replayed card is not reported, and hundreds of observers would cost time in every frame.
    if (element.current && commands.isReported(card))
      return whenInView(element.current, () => commands.shown(card));
  }, [card, commands]);
  const isQuiet = card.kind === 'error' || card.kind === 'empty' || card.kind === 'unknown';
  return (
    <article
      ref={element}
      class={isQuiet ? 'card is-quiet' : 'card'}
      data-kind={card.kind}
      tabIndex={-1}
      aria-labelledby={titleId}
      aria-current={isCurrent ? 'true' : undefined}
      onFocusIn={() => {
        if (state.current.peek() === card.id) return;
        state.current.value = card.id;
        state.answer.value = 0;
      }}
    >
      <Head card={card} count={earlier.length + 1} titleId={titleId} />
      <Body card={card} earlier={earlier} />
    </article>
  );
}

function Head({ card, count, titleId }: { card: Card; count: number; titleId: string }) {
  const icon: KindIconName =
    card.kind === 'empty' ? 'knowledge' : card.kind === 'unknown' ? 'hint' : card.kind;
  // Replies and summaries are replaced by newer ones: they are not the same suggestion again.
  const isRepeated = count > 1 && card.kind !== 'replies' && card.kind !== 'summary';
  return (
    <header class="card-head">
      <KindIcon name={icon} />
      <h3 id={titleId}>{t(`cards.kind.${card.kind}`)}</h3>
      {card.latestMessage !== undefined && <Quote card={card} name={card.latestMessage} />}
      <span class="card-marks">
        {isRepeated && <span class="card-tag">{t('cards.repeated', { count })}</span>}
        {card.publishedAt > 0 && (
          <time dateTime={new Date(card.publishedAt).toISOString()}>{timeOfDay(card.publishedAt)}</time>
        )}
      </span>
    </header>
  );
}

/** The utterance that the card answers; a click shows it in the transcript. */
function Quote({ card, name }: { card: Card; name: string }) {
  const { commands, utteranceOf } = useTools();
  // Once it is known it does not change, and the card need not hear of every later utterance. It may come after the card.
  const known = useRef<string | undefined>(undefined);
  known.current ??= utteranceOf(name);
  if (known.current === undefined) return <span class="card-quote">{t('cards.noUtterance')}</span>;
  return (
    <a
      class="card-quote"
      href={`#${encodeURIComponent(name.split('/').at(-1) ?? '')}`}
      title={t('cards.jump')}
      onClick={(event) => {
        event.preventDefault();
        commands.jump(card);
      }}
    >
      <q>{known.current}</q>
    </a>
  );
}

function Body({ card, earlier }: ArrangedCard) {
  switch (card.kind) {
    case 'replies':
      return <Replies card={card} earlier={earlier} />;
    case 'articles':
      return <Articles card={card} />;
    case 'faq':
      return <Faq card={card} />;
    case 'knowledge':
      return <Knowledge card={card} />;
    case 'hint':
      return <Hint card={card} />;
    case 'summary':
      return <Summary card={card} earlier={earlier} />;
    case 'coaching':
      return <Coaching card={card} />;
    case 'tool':
      return <Tool card={card} />;
    case 'guidance':
      return <Guidance card={card} />;
    case 'assist':
      return <Assist card={card} />;
    case 'entities':
      return <Entities card={card} />;
    default:
      return <QuietLine card={card} />;
  }
}

/** Calls back once, when the element is in view. */
function whenInView(element: HTMLElement, onView: () => void): () => void {
  const observer = new IntersectionObserver(
    (entries) => {
      const isInView = entries.some(
        ({ isIntersecting, intersectionRatio, intersectionRect, rootBounds }) =>
          isIntersecting &&
          (intersectionRatio >= IN_VIEW ||
            intersectionRect.height >= IN_VIEW * (rootBounds?.height ?? Infinity)),
      );
      if (!isInView) return;
      observer.disconnect();
      onView();
    },
    { threshold: [0.1, 0.25, IN_VIEW] },
  );
  observer.observe(element);
  return () => observer.disconnect();
}

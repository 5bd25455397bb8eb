import { t } from '../strings/strings.ts';
import { Icon } from '../ui/icon.tsx';
import { WebLink } from '../ui/web-link.tsx';
import type { Answer, Card, Detail, Source } from './card-types.ts';
import type { CitedPart } from './citations.ts';
import { hostOf } from './link.ts';
import { useTools } from './tools-context.ts';

interface OfCard {
  card: Card;
  answer?: Answer | undefined;
}

/** A source as a link, or as text where no browser can open it. */
export function SourceLink({ card, answer, source }: OfCard & { source: Source }) {
  const { commands } = useTools();
  const { href, title, address } = source;
  if (href === undefined) return <span class="card-source">{title || address}</span>;
  return (
    <WebLink class="card-source" href={href} onOpen={() => commands.open(card, answer, source)}>
      {title || href}
      <Icon name="open" />
    </WebLink>
  );
}

/** The host of a link; the whole address where no browser can open it. */
export function SourcePlace({ source: { href, address, title } }: { source: Source }) {
  const place = href === undefined ? address : hostOf(href);
  if (place === undefined || place === title) return null;
  return <span class="card-source-host">{place}</span>;
}

/** Numbered where an answer refers to the numbers. */
export function SourceList({
  card,
  answer,
  sources,
  isNumbered = false,
}: OfCard & {
  sources: readonly Source[];
  isNumbered?: boolean;
}) {
  if (sources.length === 0) return null;
  return (
    <ol class={isNumbered ? 'card-sources is-numbered' : 'card-sources'} aria-label={t('cards.sources')}>
      {sources.map((source, index) => (
        <li key={index}>
          <SourceLink card={card} answer={answer} source={source} />
          <SourcePlace source={source} />
          {source.excerpt !== '' && <p class="card-source-excerpt">{source.excerpt}</p>}
        </li>
      ))}
    </ol>
  );
}

/** A text with the numbers of the sources behind the passages that they support. */
export function CitedText({
  card,
  answer,
  parts,
  sources,
}: OfCard & {
  parts: readonly CitedPart[];
  sources: readonly Source[];
}) {
  return (
    <>
      {parts.map((part, index) => {
        const next = parts[index + 1]?.sources ?? [];
        const ending = part.sources.filter((source) => !next.includes(source));
        return (
          <span key={index} class={part.sources.length > 0 ? 'is-cited' : undefined}>
            {part.text}
            {ending.map((number) => (
              <Mark key={number} card={card} answer={answer} number={number} source={sources[number]} />
            ))}
          </span>
        );
      })}
    </>
  );
}

function Mark({ card, answer, number, source }: OfCard & { number: number; source: Source | undefined }) {
  const { commands } = useTools();
  const label = t('cards.source', { number: String(number + 1), title: source?.title ?? '' });
  if (source?.href === undefined)
    return (
      <sup class="card-citation" title={label}>
        {number + 1}
      </sup>
    );
  return (
    <sup class="card-citation">
      <WebLink href={source.href} label={label} onOpen={() => commands.open(card, answer, source)}>
        {number + 1}
      </WebLink>
    </sup>
  );
}

/** Names and values. */
export function DetailList({ details }: { details: readonly Detail[] }) {
  return (
    <dl class="card-details">
      {details.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Folded names and values; nothing where there are none. */
export function FoldedDetails({ details }: { details: readonly Detail[] }) {
  if (details.length === 0) return null;
  return (
    <details class="card-fold">
      <summary>{t('cards.details')}</summary>
      <DetailList details={details} />
    </details>
  );
}

import { useState } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import type { Source } from '../suggestions/card-types.ts';
import { Icon } from '../ui/icon.tsx';
import { WebLink } from '../ui/web-link.tsx';

export interface SourceItemProps {
  source: Source;
  onOpen: (uri: string) => void;
}

/** A document behind an answer: its title opens it, where a browser can, and its passage is shown on demand. */
export function SourceItem({ source, onOpen }: SourceItemProps) {
  const [isShown, setShown] = useState(false);
  const { title, href, address, excerpt } = source;
  const name = title || address || t('search.source');
  return (
    <>
      <span class="source-line">
        {href === undefined ? (
          <span class="source-title">{name}</span>
        ) : (
          <WebLink class="source-title source-link" href={href} onOpen={() => onOpen(href)}>
            {name}
            <Icon name="open" />
          </WebLink>
        )}
        {excerpt !== '' && (
          <button
            type="button"
            class="source-more"
            aria-expanded={isShown}
            onClick={() => setShown(!isShown)}
          >
            {t(isShown ? 'search.less' : 'search.more')}
          </button>
        )}
      </span>
      {isShown && <p class="source-excerpt">{excerpt}</p>}
    </>
  );
}

import { useState } from 'preact/hooks';
import { t } from '../strings/strings.ts';
import { Icon } from '../ui/icon.tsx';
import { webAddress } from './web-address.ts';

export interface SourceItemProps {
  title: string | undefined;
  uri: string | undefined;
  /** The passage that the answer rests on. */
  excerpt: string | undefined;
  onOpen: (uri: string) => void;
}

/** A document behind an answer: its title opens it, where a browser can, and its passage is shown on demand. */
export function SourceItem({ title, uri, excerpt, onOpen }: SourceItemProps) {
  const [isShown, setShown] = useState(false);
  const address = webAddress(uri);
  const name = title || address || uri || t('search.source');
  return (
    <>
      <span class="source-line">
        {address === undefined ? (
          <span class="source-title">{name}</span>
        ) : (
          <a
            class="source-title source-link"
            href={address}
            target="_blank"
            rel="noopener noreferrer"
            title={address}
            onClick={(event) => {
              event.preventDefault();
              onOpen(address);
            }}
          >
            {name}
            <Icon name="open" />
          </a>
        )}
        {excerpt && (
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

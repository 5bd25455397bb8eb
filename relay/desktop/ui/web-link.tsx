import type { ComponentChildren } from 'preact';

export interface WebLinkProps {
  /** http or https. */
  href: string;
  class?: string;
  /** What opens, where the text of the link does not say it. */
  label?: string;
  onOpen: () => void;
  children: ComponentChildren;
}

/** A link to a source. A click lets the page open it, which tells Dialogflow of it; the browser's menu works as usual. */
export function WebLink({ href, class: name, label, onOpen, children }: WebLinkProps) {
  return (
    <a
      class={name}
      href={href}
      target="_blank"
      rel="noopener noreferrer"
      aria-label={label}
      title={label ?? href}
      onClick={(event) => {
        event.preventDefault();
        onOpen();
      }}
    >
      {children}
    </a>
  );
}

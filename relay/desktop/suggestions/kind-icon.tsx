/** Outlines on a grid of 16 by 16, one of each kind of card. */
const PATHS = {
  replies:
    'M2.5 4.5a2 2 0 0 1 2-2h7a2 2 0 0 1 2 2v4a2 2 0 0 1-2 2H7l-3 3v-3a1.5 1.5 0 0 1-1.5-1.5zM5.5 5.5h5M5.5 7.8h3',
  articles: 'M4 2.5h5.5L12.5 5.5v8H4zM9.5 2.5v3h3M6 8h4.5M6 10.5h4.5',
  faq: 'M8 13.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM6.5 6.4a1.6 1.6 0 1 1 2.3 1.5c-.5.25-.8.6-.8 1.2M8 11v.1',
  knowledge:
    'M8 4.2c-1.4-1-3.2-1.2-5.5-1.2v9c2.3 0 4.1.2 5.5 1.2 1.4-1 3.2-1.2 5.5-1.2V3c-2.3 0-4.1.2-5.5 1.2zM8 4.2v9',
  hint: 'M6 11.5h4M6.5 13.5h3M5.8 9.7A4 4 0 1 1 10.2 9.7c-.3.3-.5.7-.5 1.8H6.3c0-1.1-.2-1.5-.5-1.8z',
  summary: 'M3 3.5h10M3 6.5h10M3 9.5h10M3 12.5h6',
  coaching: 'M3 13.5v-11M3 3h8.5l-1.8 3 1.8 3H3',
  tool: 'M13 4.5 10.8 6.7l-1.5-1.5L11.5 3a3.3 3.3 0 0 0-4.3 4.2L3 11.4 4.6 13l4.2-4.2A3.3 3.3 0 0 0 13 4.5z',
  guidance: 'M8 2.5 9.3 6.7 13.5 8 9.3 9.3 8 13.5 6.7 9.3 2.5 8l4.2-1.3z',
  assist: 'M4 5.5h8v6.5H4zM8 5.5V3M6.3 8.2v.8M9.7 8.2v.8M2.5 8v2M13.5 8v2',
  entities: 'M8.3 2.8H13.2V7.7L7.7 13.2 2.8 8.3zM10.7 5.3v.1',
  error: 'M8 3 14 13H2zM8 6.7v3M8 11.4v.1',
} as const;

export type KindIconName = keyof typeof PATHS;

/** A picture that the name of the kind beside it explains. */
export function KindIcon({ name }: { name: KindIconName }) {
  return (
    <svg class="icon card-icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

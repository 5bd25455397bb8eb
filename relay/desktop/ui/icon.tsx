/** Outlines on a grid of 16 by 16. */
const PATHS = {
  alert: 'M8 5v4m0 2.5v.01M8 1.8 1.5 13.5h13z',
  'arrow-down': 'M8 3v10m4-4-4 4-4-4',
  'arrow-up': 'M8 13V3M4 7l4-4 4 4',
  check: 'm3 8.5 3.5 3.5L13 4.5',
  close: 'm4 4 8 8m0-8-8 8',
  copy: 'M6 5.5h7.5V14H6zM10 5.5V2H2.5v8.5H6',
  help: 'M8 14.2A6.2 6.2 0 1 0 8 1.8a6.2 6.2 0 0 0 0 12.4M6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.5.3-.8.6-.8 1.2m0 2.2v.01',
  insert: 'M13 3v5H4m3.5-3.5L4 8l3.5 3.5',
  keypad: 'M4 4h.01M8 4h.01M12 4h.01M4 8h.01M8 8h.01M12 8h.01M4 12h.01M8 12h.01M12 12h.01',
  open: 'M9.5 2.5h4v4m0-4L7.5 8.5M6 3.5H2.5v10h10V10',
  phone: 'M3 2.5h2.6l1.2 3-1.6 1.2a8 8 0 0 0 4.1 4.1l1.2-1.6 3 1.2V13c-5.8 1-11.5-4.7-10.5-10.5',
  plus: 'M8 3v10M3 8h10',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10m3.7-1.3L14 14',
  send: 'M2.5 8 13.5 2.5 10.5 13.5 7.5 9.5zM13.5 2.5l-6 7',
  stop: 'M4.5 4.5h7v7h-7z',
  'thumb-down':
    'M5 9H2.5V3H5m0 6 2.5 5c1 0 1.7-.7 1.7-1.7V10h3.3c.8 0 1.3-.7 1.2-1.4l-.7-4.5C12.9 3.4 12.3 3 11.7 3H5',
  'thumb-up':
    'M5 7H2.5v6H5m0-6 2.5-5c1 0 1.7.7 1.7 1.7V6h3.3c.8 0 1.3.7 1.2 1.4l-.7 4.5c-.1.7-.7 1.1-1.3 1.1H5',
} as const;

export type IconName = keyof typeof PATHS;

/** A picture that a text or a label beside it explains. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

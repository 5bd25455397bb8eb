// The pictures of README.md and docs/: which call they show, at which moment, and which part of the page.

export interface Picture {
  /** Below docs/pictures/. */
  file: string;
  /** By its name, see scripts/calls/scenarios/. */
  scenario: string;
  /** How far the call has gone, in milliseconds at the pace of speech. */
  atMs: number;
  /** Of the window, in CSS pixels. */
  width: number;
  height: number;
  colorScheme: 'light' | 'dark';
  /** The panel that is opened first, by the text of its button. */
  panel?: string;
  /** What the agent then asks the companion. */
  question?: string;
  /** Selectors of what the picture shows. */
  shows: readonly string[];
}

/** A button that the agent presses while the animation is recorded. */
export interface Press {
  /** When, in milliseconds at the pace of speech. */
  atMs: number;
  /** A selector. */
  button: string;
}

/** A call from `fromMs` to `atMs`. */
export interface Animation extends Picture {
  fromMs: number;
  /** How many times as fast as speech it is shown. */
  speed: number;
  presses: readonly Press[];
}

const WORDS_COMING = '.line[data-final=false]';

export const PICTURES: readonly Picture[] = [
  {
    file: 'desktop.webp',
    scenario: 'returns',
    atMs: 47_500,
    width: 1_280,
    height: 800,
    colorScheme: 'light',
    question: 'How long does she have to send it back?',
    shows: [
      WORDS_COMING,
      '.line[data-role=END_USER] .sentiment',
      '.card[data-kind=knowledge]',
      '.card[data-kind=faq]',
      '.companion .citation',
    ],
  },
  {
    file: 'desktop-dark.webp',
    scenario: 'bank-card',
    atMs: 44_500,
    width: 1_000,
    height: 760,
    colorScheme: 'dark',
    shows: [WORDS_COMING, '.keypad', '.card[data-kind=entities]', '.card[data-kind=tool]'],
  },
  {
    file: 'phone.webp',
    scenario: 'travel',
    atMs: 34_500,
    width: 400,
    height: 800,
    colorScheme: 'light',
    panel: 'Suggestions',
    shows: ['.card[data-kind=guidance]', '.card[data-kind=tool]'],
  },
];

export const ANIMATION: Animation = {
  file: 'call.webp',
  scenario: 'travel',
  fromMs: 7_500,
  atMs: 50_000,
  speed: 1.7,
  width: 1_120,
  height: 700,
  colorScheme: 'light',
  presses: [{ atMs: 35_000, button: '.card[data-kind=tool] .button-primary' }],
  shows: ['.card[data-kind=guidance]', '.card[data-kind=knowledge]', '.card[data-kind=tool]'],
};

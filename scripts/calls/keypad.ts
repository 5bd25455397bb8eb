import type { RecognitionJson } from '../local/dialogflow/types.ts';

type DtmfEvent = NonNullable<RecognitionJson['dtmfDigits']>['dtmfEvents'][number];

const EVENTS: Readonly<Record<string, DtmfEvent>> = {
  0: 'DTMF_ZERO',
  1: 'DTMF_ONE',
  2: 'DTMF_TWO',
  3: 'DTMF_THREE',
  4: 'DTMF_FOUR',
  5: 'DTMF_FIVE',
  6: 'DTMF_SIX',
  7: 'DTMF_SEVEN',
  8: 'DTMF_EIGHT',
  9: 'DTMF_NINE',
  '*': 'DTMF_STAR',
  '#': 'DTMF_POUND',
};

/** From one key to the next, in milliseconds. */
const KEY_MS = 420;
/** From the last key to the final result, in milliseconds. */
const DONE_MS = 500;

/** What Dialogflow recognises while somebody types digits: the digits so far after each key, and all of them at last. */
export function keysPressed(digits: string): { atMs: number; result: RecognitionJson }[] {
  const dtmfEvents = [...digits].map((digit) => {
    const event = EVENTS[digit];
    if (event === undefined) throw new Error(`a telephone has no key ${digit}`);
    return event;
  });
  const partial = dtmfEvents.map((_event, index) => ({
    atMs: (index + 1) * KEY_MS,
    result: {
      messageType: 'PARTIAL_DTMF_DIGITS' as const,
      dtmfDigits: { dtmfEvents: dtmfEvents.slice(0, index + 1) },
    },
  }));
  const atMs = dtmfEvents.length * KEY_MS + DONE_MS;
  return [...partial, { atMs, result: { messageType: 'DTMF_DIGITS', dtmfDigits: { dtmfEvents } } }];
}

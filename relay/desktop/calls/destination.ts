/** What an agent asks for: a conversation, or the next call of a phone number. */
export type Destination = { is: 'conversation'; name: string } | { is: 'phone'; phone: string };

const CONVERSATION = /^projects\/[^/\s]+(\/locations\/[^/\s]+)?\/conversations\/[^/\s]+$/;
const PHONE = /^[+]?[\d][\d\s().-]{1,30}$/;

/** Reads what was typed; undefined where it is neither a name nor a number. A number keeps its digits and its `+`. */
export function destinationOf(typed: string): Destination | undefined {
  const text = typed.trim();
  if (CONVERSATION.test(text)) return { is: 'conversation', name: text };
  return PHONE.test(text) ? { is: 'phone', phone: text.replaceAll(/[^\d+]/g, '') } : undefined;
}

/** What the page's address asks for, in its order. */
export function destinationsIn(search: string): Destination[] {
  const query = new URLSearchParams(search);
  return [...query].flatMap(([name, value]): Destination[] => {
    // A `+` that was not encoded has become a space.
    if (name === 'phone' && value.trim() !== '') return [{ is: 'phone', phone: value.replace(/^ /, '+') }];
    const destination = name === 'conversation' ? destinationOf(value) : undefined;
    return destination === undefined ? [] : [destination];
  });
}

/** The address that asks for them again. */
export function searchFor(destinations: readonly Destination[]): string {
  const query = new URLSearchParams();
  for (const destination of destinations) {
    if (destination.is === 'phone') query.append('phone', destination.phone);
    else query.append('conversation', destination.name);
  }
  return query.size === 0 ? '' : `?${query}`;
}

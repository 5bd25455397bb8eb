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

/** What the page's address asks for, in its order; `unreadable` has the names that are no conversation's. */
export function destinationsIn(search: string): { destinations: Destination[]; unreadable: string[] } {
  const destinations: Destination[] = [];
  const unreadable: string[] = [];
  for (const [name, value] of new URLSearchParams(search)) {
    // A `+` that was not encoded has become a space.
    if (name === 'phone' && value.trim() !== '')
      destinations.push({ is: 'phone', phone: value.replace(/^ /, '+') });
    if (name !== 'conversation') continue;
    const destination = destinationOf(value);
    if (destination === undefined) unreadable.push(value);
    else destinations.push(destination);
  }
  return { destinations, unreadable };
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

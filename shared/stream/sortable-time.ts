// RFC 3339 in UTC, with as many digits of the second as the publisher likes to write.
const UTC_TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/** A Pub/Sub time in a form whose order as text is its order in time; '' when it is not one. */
export function sortableTime(time: string): string {
  const match = UTC_TIME.exec(time);
  return match ? `${match[1]}.${(match[2] ?? '').padEnd(9, '0')}` : '';
}

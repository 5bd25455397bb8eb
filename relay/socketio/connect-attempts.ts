import { CONNECT_TRIES_MAX } from '../limits.ts';

interface Course {
  /** It is being judged, or is in. */
  isTaken: boolean;
  refusals: number;
}

/**
 * Lets each connection of Socket.IO be one desktop. Its protocol has a packet, CONNECT, that asks to be let in, and
 * takes any number of them on one connection: each would be another desktop with conversations of its own, and each that
 * is refused costs a look at its token.
 */
export class Entrance {
  readonly #courses = new WeakMap<object, Course>();

  /** Whether the connection may ask to be let in; then it is taken. */
  take(connection: object): boolean {
    const course = this.#courses.get(connection) ?? { isTaken: false, refusals: 0 };
    if (course.isTaken || course.refusals >= CONNECT_TRIES_MAX) return false;
    course.isTaken = true;
    this.#courses.set(connection, course);
    return true;
  }

  /** Who has taken it was refused, and may try with another token. */
  refused(connection: object): void {
    const course = this.#courses.get(connection);
    if (course === undefined) return;
    course.isTaken = false;
    course.refusals++;
  }
}

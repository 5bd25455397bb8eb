import { Redis } from 'ioredis';

/** More than a stall of the machine takes, and less than a test waits for. */
const CONNECT_MS = 20_000;

/** What ioredis does not declare. */
interface Internals {
  options: { connectTimeout?: number | undefined };
  connect(...given: unknown[]): Promise<void>;
}

/**
 * To import it gives each connection to Redis of this process 20 seconds until it is there, for tests of the product's other
 * limits. The product gives it two, and a relay of a test does not start when the machine stalls for longer.
 */
const redis = Redis.prototype as unknown as Internals;
const { connect } = redis;
redis.connect = function (...given) {
  this.options.connectTimeout = CONNECT_MS;
  return connect.apply(this, given);
};

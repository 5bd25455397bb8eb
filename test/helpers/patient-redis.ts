import { Command, Redis } from 'ioredis';
import './patient-connect.ts';

/** More than a stall of the machine takes, and less than a test waits for. */
const COMMAND_MS = 20_000;
const SILENCE_MS = 25_000;

/** What ioredis does not declare. */
interface Internals {
  options: { socketTimeout?: number | undefined };
  setSocketTimeout(): void;
}

/**
 * To import it gives Redis 20 seconds for each connection and each command of this process, whose test is about something
 * else. The product gives it a second or two. When this process or Redis stalls for longer, a command fails that was or
 * will be answered.
 */
const startLimit = Command.prototype.setTimeout;
Command.prototype.setTimeout = function (ms) {
  startLimit.call(this, Math.max(ms, COMMAND_MS));
};

const redis = Redis.prototype as unknown as Internals;
const { setSocketTimeout } = redis;
redis.setSocketTimeout = function () {
  const { socketTimeout } = this.options;
  this.options.socketTimeout = SILENCE_MS;
  setSocketTimeout.call(this);
  this.options.socketTimeout = socketTimeout;
};

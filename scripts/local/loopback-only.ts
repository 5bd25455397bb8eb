// Preloaded into the local stack's Node children. The relay and Google's functions framework listen on every address,
// as a container must; here that would open a relay that lets anyone register to the whole network.
import { Server } from 'node:net';

const HOST = '127.0.0.1';
const listen = Server.prototype.listen as (this: Server, ...args: unknown[]) => Server;

Server.prototype.listen = function listenOnLoopback(this: Server, ...args: unknown[]): Server {
  const [target, ...rest] = args;
  if (typeof target === 'object' && target !== null && 'port' in target) {
    return listen.call(this, { ...target, host: HOST }, ...rest);
  }
  if (typeof target !== 'number' && typeof target !== 'string') return listen.call(this, ...args);
  // The host and the backlog may stand between the port and the callback.
  return listen.call(
    this,
    { port: Number(target), host: HOST },
    ...rest.filter((each) => typeof each === 'function'),
  );
};

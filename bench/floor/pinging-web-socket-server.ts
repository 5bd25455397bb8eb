// Floor of the way to desktops whose receipts are proved by pings: pings every connection as often as the relay does.
import { server } from './web-socket-server.ts';

/** From the answer to a ping to the next ping, in milliseconds. */
const PING_PAUSE_MS = 100;

server.on('connection', (socket) => {
  let pings = 0;
  const ping = () => socket.ping(String(++pings));
  socket.on('pong', () => setTimeout(ping, PING_PAUSE_MS));
  ping();
});

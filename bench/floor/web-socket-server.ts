// Floor of the way from Redis to the desktops: sends what is published to every WebSocket, byte for byte.
import { Redis } from 'ioredis';
import { WebSocketServer } from 'ws';
import { FLOOR_CHANNEL } from './channel.ts';

const redis = new Redis({ host: process.env.REDISHOST ?? '', port: Number(process.env.REDISPORT) });
await redis.subscribe(FLOOR_CHANNEL);

export const server = new WebSocketServer({ port: 0, perMessageDeflate: false });
redis.on('messageBuffer', (_channel: Buffer, message: Buffer) => {
  for (const client of server.clients) client.send(message, { binary: false });
});

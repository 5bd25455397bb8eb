// Floor of the way from Pub/Sub to Redis: publishes the body of every request and looks at nothing.
import { createServer } from 'node:http';
import { Redis } from 'ioredis';
import { FLOOR_CHANNEL } from './channel.ts';

const redis = new Redis({ host: process.env.REDISHOST ?? '', port: Number(process.env.REDISPORT) });

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    redis.publish(FLOOR_CHANNEL, Buffer.concat(chunks)).then(
      () => response.writeHead(204).end(),
      () => response.writeHead(500).end(),
    );
  });
}).listen(0);

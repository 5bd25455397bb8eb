// Floor of a function: publishes what it is given, after the id by which the bench finds it again.
import { Redis } from 'ioredis';
import { FLOOR_CHANNEL } from './channel.ts';

const redis = new Redis({ host: process.env.REDISHOST ?? '', port: Number(process.env.REDISPORT) });

interface Event {
  data: { message: { data: string; messageId: string } };
}

export async function floor({ data: { message } }: Event): Promise<void> {
  await redis.publish(FLOOR_CHANNEL, `${message.messageId} ${message.data}`);
}

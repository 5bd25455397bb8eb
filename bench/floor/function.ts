// Floor of a function: publishes what it is given and looks at nothing.
import { Redis } from 'ioredis';
import { FLOOR_CHANNEL } from './channel.ts';

const redis = new Redis({ host: process.env.REDISHOST ?? '', port: Number(process.env.REDISPORT) });

export async function floor(cloudEvent: { data: { message: { data: string } } }): Promise<void> {
  await redis.publish(FLOOR_CHANNEL, cloudEvent.data.message.data);
}

import * as v from 'valibot';
import { type Settings, setting } from '../../../shared/config.ts';
import type { SocketIoOffsets } from './arrival.ts';
import type { ReplayOnJoin } from './resume.ts';

export const resumeSettings = {
  replayOnJoin: setting<ReplayOnJoin>('REPLAY_ON_JOIN', {
    schema: v.picklist(['missed', 'all', 'none']),
    fallback: 'missed',
    remedy: 'set it to missed, all or none',
  }),
  socketIoOffsets: setting<SocketIoOffsets>('SOCKET_IO_OFFSETS', {
    schema: v.picklist(['browsers', 'all', 'off']),
    fallback: 'browsers',
    remedy: 'set it to browsers, all or off',
  }),
} satisfies Settings;

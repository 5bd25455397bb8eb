// A relay with small limits for what is refused on both kinds of sockets, and how a test opens them.
import type { Test } from 'uvu';
import { WebSocket } from 'ws';
import { originPattern } from '../../../relay/http/browsers/origin-check.ts';
import { RATE_LIMITS } from '../../../relay/rate-limits/limits.ts';
import type { NativeDesktop } from '../../helpers/native-desktop.ts';
import { adminToken } from '../admin/admin-requests.ts';
import { RefusalsFixture } from './refusals-fixture.ts';

export const FOREIGN = 'https://evil.example';
export const ENGINE = '/socket.io/?EIO=4&transport=';
export const JOINED_MAX = 2;
export const FRAMES_MAX = 50;
export const CONNECTIONS_MAX = 4;

const LISTED = 'https://desk.example.com';
/** Time for a busy machine to send a token. */
const AUTH_TIMEOUT_MS = 30_000;

export class SocketRefusalsFixture extends RefusalsFixture {
  /** @param authTimeoutMs how long a connection may take to send its token. */
  constructor(test: Test, authTimeoutMs = AUTH_TIMEOUT_MS) {
    super(test, {
      adminToken,
      settings: { CORS_ALLOWED_ORIGINS: String(originPattern(LISTED)) },
      limits: {
        session: {
          authTimeoutMs,
          joinedMax: JOINED_MAX,
          joinRate: { burst: 4, perSecond: 0.001 },
          frameRate: { burst: FRAMES_MAX, perSecond: 0.001 },
        },
        rateLimits: {
          agent: { ...RATE_LIMITS.agent, connectionsMax: CONNECTIONS_MAX },
          renewalRate: { burst: 1, perSecond: 0.001 },
        },
        webSocket: { malformedWindowMs: 1 },
      },
    });
  }

  /** A connection of the native protocol at an address of its own. */
  async openNative(from: string): Promise<NativeDesktop> {
    return this.openNativeDesktop({ headers: { 'x-forwarded-for': from }, mayFail: true }).opened();
  }

  /** Opens Socket.IO with bytes of its own: what is sent first after Engine.IO's greeting. */
  async openEngine(from: string, ...packets: (string | Buffer)[]): Promise<WebSocket> {
    const url = `${this.relay.url.replace('http', 'ws')}${ENGINE}websocket`;
    const socket = new WebSocket(url, { headers: { 'x-forwarded-for': from } });
    this.defer(() => socket.terminate());
    socket.on('error', () => {});
    await new Promise((resolve) => socket.once('message', resolve));
    for (const packet of packets) socket.send(packet);
    return socket;
  }
}

import { io as io4, type Socket } from 'socket.io-client';
import { io as io3 } from 'socket.io-client-3';
import type { Envelope } from '../../shared/event.ts';
import { EVENT_KINDS } from '../../shared/event.ts';
import { until } from './until.ts';

/** The Socket.IO clients that existing desktops use: Google's demo page has 3.0.4, Twilio Flex and others 4.8. */
export const CLIENTS = {
  '4.8': io4,
  '3.0.4': io3,
} as const;

export type ClientVersion = keyof typeof CLIENTS;

export interface TestDesktopOptions {
  client?: ClientVersion;
  transports?: ('websocket' | 'polling')[];
  /** What goes into `auth`; default the token. */
  auth?: Record<string, unknown>;
  origin?: string;
  /** More headers of the handshake. */
  headers?: Record<string, string>;
}

export type DesktopEvent = Envelope & { cursor: string };

/** A real Socket.IO client that keeps what it received. */
export class TestDesktop {
  readonly socket: Socket;
  readonly events: DesktopEvent[] = [];

  constructor(url: string, token: string, options: TestDesktopOptions = {}) {
    this.socket = CLIENTS[options.client ?? '4.8'](url, {
      auth: options.auth ?? { token },
      transports: options.transports ?? ['websocket'],
      forceNew: true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 200,
      extraHeaders: { ...options.headers, ...(options.origin ? { Origin: options.origin } : {}) },
    });
    for (const kind of EVENT_KINDS) {
      this.socket.on(kind, (event: DesktopEvent) => this.events.push(event));
    }
  }

  /** Resolves when connected; rejects with the server's reason when refused. */
  async connected(): Promise<this> {
    if (!this.socket.connected) {
      await new Promise<void>((resolve, reject) => {
        this.socket.once('connect', () => resolve());
        this.socket.once('connect_error', reject);
      });
    }
    return this;
  }

  /** Emits and resolves with all that the acknowledgement was called with. */
  ask(event: string, ...parameters: unknown[]): Promise<unknown[]> {
    return new Promise((resolve) => {
      this.socket.emit(event, ...parameters, (...answer: unknown[]) => resolve(answer));
    });
  }

  join(conversation: unknown): Promise<unknown[]> {
    return this.ask('join-conversation', conversation);
  }

  messageIds(): string[] {
    return this.events.map((event) => event.message_id);
  }

  /** Waits until so many events have come, then a little longer for those that should not. */
  async received(count: number): Promise<DesktopEvent[]> {
    await until(() => this.events.length >= count);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return this.events;
  }

  close(): void {
    this.socket.close();
  }
}

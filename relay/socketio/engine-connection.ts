// The one place that knows what Engine.IO keeps to itself: the WebSocket below its transport.
import type { Socket } from 'socket.io';
import type { WebSocket } from 'ws';
import type { CloseReason } from '../../shared/close-codes.ts';
import { allowFrames } from '../rate-limits/frame-limit.ts';
import { closeWebSocket, cutWebSocket } from '../session/close-web-socket.ts';
import { gatherWrites } from '../session/gather-writes.ts';
import type { Outgoing } from '../session/wait-for-drain.ts';

type Engine = Socket['conn'];

/** What Engine.IO and ws do not declare, and Engine.IO's own WebSocket transport uses. */
type EngineQueue = { writeBuffer: unknown[] };
type PollingTransport = { closeTimeout: number; maxHttpBufferSize: number };
type FrameSender = { _sender: { sendFrame(frame: Buffer[]): void } };

/** What the engine's `write` takes, with the frame that Socket.IO's own adapter passes ready-made. */
export interface EngineWriteOptions {
  compress: false;
  wsPreEncodedFrame: Buffer[];
}

/**
 * Bounds how long a session over long polling that is closed waits for a poll to tell of that. Engine.IO waits half a
 * minute, also where it has forgotten the session's id, so that none can come.
 */
export function boundClose(transport: Engine['transport'], ms: number): void {
  (transport as unknown as PollingTransport).closeTimeout = ms;
}

/** Lets a desktop send larger messages than the server was made for. Engine.IO and ws keep their limits to themselves. */
export function allowMessages(engine: Engine, maxBytes: number): void {
  (engine.transport as unknown as PollingTransport).maxHttpBufferSize = maxBytes;
  onWebSocket(engine, (webSocket) => allowFrames(webSocket, maxBytes));
}

/** Calls back with the WebSocket below an engine: at once where there is one, else after the upgrade. */
export function onWebSocket(engine: Engine, found: (webSocket: WebSocket) => void): void {
  const look = (transport: Engine['transport']) => {
    if (transport.name === 'websocket') found(webSocketOf(transport));
  };
  look(engine.transport);
  engine.on('upgrade', look);
}

/** Long polling has no close codes. */
export function closeEngine(engine: Engine, reason: CloseReason): void {
  const { transport } = engine;
  if (transport.name === 'websocket') closeWebSocket(webSocketOf(transport), reason);
  else engine.close(true);
}

const webSocketOf = (transport: Engine['transport']) =>
  (transport as unknown as { socket: WebSocket }).socket;

/** The connection below a Socket.IO socket. */
export class EngineConnection implements Outgoing {
  readonly #engine: Engine;
  readonly #onPong: (mark: string) => void;
  #webSocket: WebSocket | undefined;
  /** Bytes in the engine's queue. */
  #queuedBytes = 0;
  /** Bytes that have left the queue and that long polling has not delivered yet; a WebSocket counts its own. */
  #flushedBytes = 0;

  /**
   * `onPong` is called with the payload of every answer to {@link ping}, `onHeartbeat` when the client has answered
   * Engine.IO's own, a message of its protocol.
   */
  constructor(engine: Engine, onPong: (mark: string) => void, onHeartbeat: () => void) {
    this.#engine = engine;
    this.#onPong = onPong;
    // Engine.IO keeps the request that opened the connection, with all its headers: a seventh of what a desktop occupies,
    // and nobody asks for it again. Source: Socket.IO documentation, memory usage.
    (engine as { request: unknown }).request = null;
    onWebSocket(engine, (webSocket) => {
      this.#webSocket = webSocket;
      webSocket.on('pong', (data) => this.#onPong(data.toString()));
    });
    engine.on('heartbeat', onHeartbeat);
    engine.on('flush', () => {
      this.#flushedBytes += this.#queuedBytes;
      this.#queuedBytes = 0;
    });
  }

  /** Whether it runs over a WebSocket, whose pings every client answers; long polling has none. */
  get canPing(): boolean {
    return this.#webSocket !== undefined;
  }

  get isOpen(): boolean {
    return this.#engine.readyState === 'open';
  }

  /** Bytes that were written and that the operating system has not taken yet. */
  get waitingBytes(): number {
    return this.#queuedBytes + (this.#webSocket?.bufferedAmount ?? this.#flushedBytes);
  }

  /** Sends a packet behind all that was sent before. */
  write(packet: string, options: EngineWriteOptions): void {
    const webSocket = this.#webSocket;
    const { writeBuffer } = this.#engine as unknown as EngineQueue;
    if (webSocket !== undefined && this.isOpen && writeBuffer.length === 0) {
      // With nothing to wait for, past the engine, whose queue costs more for each viewer than sending the frame.
      if (webSocket.readyState === webSocket.OPEN) {
        gatherWrites(webSocket);
        (webSocket as unknown as FrameSender)._sender.sendFrame(options.wsPreEncodedFrame);
      }
      return;
    }
    const bytes = options.wsPreEncodedFrame[0]?.length ?? packet.length;
    this.#queuedBytes += bytes;
    this.#engine.write(packet, options, () => {
      this.#flushedBytes -= bytes;
    });
  }

  /**
   * Sends a WebSocket ping behind all that was sent before; browsers and libraries answer it with the same payload, without
   * any code of the page.
   */
  ping(mark: string): void {
    // What waits in the engine's queue would be overtaken, and confirmed although nobody has it.
    const { writeBuffer } = this.#engine as unknown as EngineQueue;
    if (writeBuffer.length > 0) this.#engine.once('drain', () => this.ping(mark));
    else if (this.#webSocket?.readyState === this.#webSocket?.OPEN) this.#webSocket?.ping(mark);
  }

  close(reason: CloseReason): void {
    closeEngine(this.#engine, reason);
  }

  /** Ends it at once: for a peer that does not answer anyway. */
  cut(): void {
    if (this.#webSocket) cutWebSocket(this.#webSocket);
    else this.#engine.close(true);
  }
}

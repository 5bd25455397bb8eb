import { connect, type Socket } from 'node:net';

/**
 * A connection that posts prepared requests one after another. It costs far less than Node's own HTTP client, so that
 * the measured process, and not this one, is at its limit.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #answered: PromiseWithResolvers<void> | undefined;
  #response = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => this.#take(chunk));
    socket.on('error', (error) => this.#answered?.reject(error));
    socket.on('close', () => this.#answered?.reject(new Error('the server closed the connection')));
  }

  static open(port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  /** False once the server has closed it, which Node's does after five seconds without a request. */
  get isOpen(): boolean {
    return this.#socket.readyState === 'open';
  }

  /** Sends a whole request as it is; resolves with its 204, and rejects at any other answer. */
  post(request: string): Promise<void> {
    this.#answered = Promise.withResolvers();
    this.#socket.write(request);
    return this.#answered.promise;
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: string): void {
    this.#response += chunk;
    // A 204 ends with its header; at anything else the connection is of no more use.
    if (!this.#response.includes('\r\n\r\n')) return;
    const answered = this.#answered;
    const status = this.#response.slice('HTTP/1.1 '.length, 'HTTP/1.1 204'.length);
    this.#response = '';
    this.#answered = undefined;
    if (status === '204') answered?.resolve();
    else answered?.reject(new Error(`the server answered ${status}`));
  }
}

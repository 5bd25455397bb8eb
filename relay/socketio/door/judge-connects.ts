import type { Namespace, Socket } from 'socket.io';
import type { Logger } from '../../../shared/log.ts';
import type { ConnectionAllowance } from '../../rate-limits/agent-limiter.ts';
import { ConnectAttemptLimiter } from '../../rate-limits/connect-attempts.ts';
import type { UpgradeRefusals } from '../../refusals/refuse-upgrade.ts';
import { noteEngine } from './engine-closes.ts';

/** The texts that a refused client finds in `connect_error`. */
export const CONNECT_REFUSALS = {
  /** The reference's, by which existing desktops know it. */
  token: 'authentication failed',
  tooMany: 'too many connections',
} as const;

export type ConnectRefusal = (typeof CONNECT_REFUSALS)[keyof typeof CONNECT_REFUSALS];

/** A socket of any namespace, as far as its CONNECT is judged. */
type AnySocket = Pick<Socket, 'conn'>;

interface ConnectJudge<S> extends Pick<UpgradeRefusals, 'refusals' | 'clientInfoOf'> {
  /** Tokens that one connection may try. */
  attemptsMax: number;
  logger: Pick<Logger, 'error'>;
  /** Resolves with why the socket is refused. */
  admit(socket: S): Promise<ConnectRefusal | undefined>;
  /** Is told of each connection that is refused, when that is noted. */
  onRefused(engine: Socket['conn']): void;
}

/** Lets each connection be one desktop, and closes one that tries too many tokens. */
export function judgeConnects<S extends AnySocket>(
  io: { use(middleware: (socket: S, next: Parameters<Parameters<Namespace['use']>[0]>[1]) => void): unknown },
  { attemptsMax, logger, admit, onRefused, ...deps }: ConnectJudge<S>,
): void {
  const attempts = new ConnectAttemptLimiter(attemptsMax);
  io.use((socket, next) => {
    const refuse = (reason: ConnectRefusal) => {
      attempts.refused(socket.conn);
      onRefused(socket.conn);
      next(new Error(reason));
    };
    if (!attempts.take(socket.conn)) {
      noteEngine(socket.conn, 'limit-connects', deps);
      next(new Error(CONNECT_REFUSALS.token));
      socket.conn.close(true);
      return;
    }
    admit(socket).then(
      (refusal) => (refusal === undefined ? next() : refuse(refusal)),
      (err: unknown) => {
        logger.error({ err }, 'a socket could not be judged');
        noteEngine(socket.conn, 'unavailable', deps);
        refuse(CONNECT_REFUSALS.token);
      },
    );
  });
}

/** Releases the allowance when the connection has ended, which it may have done already. */
export function releaseAtClose({ conn }: AnySocket, allowance: ConnectionAllowance): void {
  if (conn.readyState === 'open') conn.once('close', () => allowance.release());
  else allowance.release();
}

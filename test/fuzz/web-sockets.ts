import { WebSocket } from 'ws';

export interface Conversation {
  /** What came, text frames only. */
  texts: string[];
  /** The code it was closed with; none when it was this side that ended it. */
  code: number | undefined;
}

const ANSWER_LIMIT_MS = 30_000;
/** How long the first frame is waited with that gets no answer, in milliseconds, before the others follow. */
const FIRST_ANSWER_MS = 300;

/**
 * Opens a WebSocket, sends the first frame and behind its answer the others, and waits until `isDone` or the other side
 * closes. What comes before a token is accepted would not get far.
 *
 * @throws when neither happens.
 */
export function converse(
  url: string,
  protocols: string[],
  [first = '', ...others]: readonly (string | Buffer)[],
  { isAnswer, isDone }: { isAnswer(text: string): boolean; isDone(text: string): boolean },
): Promise<Conversation> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, protocols, { perMessageDeflate: false });
    const texts: string[] = [];
    const end = (code: number | undefined) => {
      clearTimeout(timer);
      clearTimeout(goOn);
      socket.removeAllListeners('close');
      socket.terminate();
      resolve({ texts, code });
    };
    const timer = setTimeout(() => {
      socket.terminate();
      reject(new Error(`neither an answer nor a close, after ${JSON.stringify(texts).slice(0, 500)}`));
    }, ANSWER_LIMIT_MS);
    let goOn: NodeJS.Timeout | undefined;
    const sendOthers = () => {
      clearTimeout(goOn);
      for (const frame of others.splice(0)) if (socket.readyState === socket.OPEN) socket.send(frame);
    };
    socket.on('open', () => {
      socket.send(first);
      goOn = setTimeout(sendOthers, FIRST_ANSWER_MS);
    });
    socket.on('message', (data, isBinary) => {
      if (isBinary) return;
      const text = String(data);
      texts.push(text);
      if (isAnswer(text)) sendOthers();
      if (isDone(text)) end(undefined);
    });
    socket.on('error', () => {}); // of a close that this side did not expect; 'close' follows
    socket.on('close', end);
  });
}

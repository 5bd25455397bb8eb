import { execFile } from 'node:child_process';
import { canUseApt, installWithApt } from '../../../scripts/local/apt.ts';
import { findExecutable } from '../../../scripts/local/executable.ts';

/** Debian's own Python, which has the packages of Debian, and the one that is asked for by name. */
const CANDIDATES = ['/usr/bin/python3', 'python3'];
const PACKAGES = 'python3-socketio python3-websocket';

/** A Python that has python-socketio, installed with apt-get where that needs nobody's answer. */
export async function findPython(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const find = async () => {
    for (const candidate of CANDIDATES) if (await hasSocketIo(candidate)) return candidate;
    return undefined;
  };
  const found = await find();
  if (found !== undefined || !canUseApt(env) || findExecutable('python3', env.PATH) === undefined)
    return found;
  // The packages bring no program, by whose name one could tell that they are there.
  await installWithApt({ program: 'python3-socketio', package: PACKAGES }, env).catch(() => {});
  return find();
}

const hasSocketIo = (python: string): Promise<boolean> =>
  new Promise((resolve) => {
    execFile(python, ['-c', 'import socketio, websocket'], (error) => resolve(error === null));
  });

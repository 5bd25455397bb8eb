import { readdir, readFile, readlink } from 'node:fs/promises';

const TABLES = ['tcp', 'tcp6'];
/** The state of a socket that listens. */
const LISTENING = '0A';

/**
 * Whether a process itself listens on a TCP port. True where the system does not tell: only Linux does. Source: proc(5),
 * `/proc/PID/fd` and `/proc/PID/net/tcp`.
 */
export async function listensOn(pid: number, port: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  try {
    const tables = await Promise.all(TABLES.map((name) => readFile(`/proc/${pid}/net/${name}`, 'utf8')));
    const inodes = new Set(tables.flatMap((table) => inodesOf(table, port)));
    const files = await readdir(`/proc/${pid}/fd`);
    // A file may be closed meanwhile.
    const targets = await Promise.all(
      files.map((file) => readlink(`/proc/${pid}/fd/${file}`).catch(() => '')),
    );
    return targets.some((target) => inodes.has(/^socket:\[(\d+)\]$/.exec(target)?.[1] ?? ''));
  } catch (error) {
    // The process has ended. A process of another user does not tell.
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}

/** The sockets of a table that listen on the port. */
function inodesOf(table: string, port: number): string[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    return state === LISTENING && Number.parseInt(local.split(':')[1] ?? '', 16) === port ? [inode] : [];
  });
}

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { findExecutable } from './executable.ts';

/** One program and the Debian package that brings it. */
export interface AptPackage {
  /** Name of the program on PATH. */
  program: string;
  package: string;
}

export interface AptCommand {
  command: string;
  args: string[];
  env: Record<string, string>;
}

const LOCK_WAIT_SECONDS = 300;
const POLICY_FILE = '/usr/sbin/policy-rc.d';

/**
 * The command that installs the package without starting the service it may bring. It takes one lock for the whole
 * machine and looks for the program again under it, so that two tests that start together install it once.
 */
export function aptInstallCommand(
  { program, package: name }: AptPackage,
  policyFile = POLICY_FILE,
): AptCommand {
  const install = `apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS} ${name}`;
  const script = [
    'set -e',
    `if command -v ${program} >/dev/null 2>&1; then exit 0; fi`,
    // Debian's documented way to keep a package's service from starting. A policy that is already there is the machine's own.
    `if [ ! -e ${policyFile} ]; then`,
    `  trap 'rm -f ${policyFile}' EXIT`,
    "  trap 'exit 1' HUP INT TERM",
    `  printf '#!/bin/sh\\nexit 101\\n' >${policyFile}`,
    `  chmod 755 ${policyFile}`,
    'fi',
    // A fresh machine has no package lists, an older one has lists whose files are gone: both need the update.
    `${install} || { apt-get update -q && ${install}; }`,
  ].join('\n');
  return {
    command: 'flock',
    // A folder that every Debian machine has, so that the lock leaves no file behind.
    args: ['--timeout', String(LOCK_WAIT_SECONDS), '/var/cache/apt', 'sh', '-c', script],
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  };
}

/** Whether {@link installWithApt} can work here: root on Debian, Ubuntu or a relative of theirs. */
export function canUseApt(env: NodeJS.ProcessEnv = process.env): boolean {
  return (
    process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    ['apt-get', 'flock'].every((program) => findExecutable(program, env.PATH) !== undefined) &&
    isDebianLike(osRelease())
  );
}

/** Tells Debian's family from the text of /etc/os-release. */
export function isDebianLike(text: string): boolean {
  const ids = [...text.matchAll(/^ID(?:_LIKE)?=(.*)$/gm)].map((match) => match[1] ?? '');
  return /\b(debian|ubuntu)\b/.test(ids.join(' '));
}

/**
 * Installs the package, which takes some seconds once.
 *
 * @throws {Error} with the last lines of apt-get when it fails.
 */
export function installWithApt(wanted: AptPackage, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const { command, args, env: extra } = aptInstallCommand(wanted);
  return new Promise((resolve, reject) => {
    execFile(command, args, { env: { ...env, ...extra }, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (!error) return resolve();
      const tail = `${stdout}\n${stderr}`.trim().split('\n').slice(-8).join('\n');
      reject(new Error(`apt-get could not install ${wanted.package}:\n${tail}`, { cause: error }));
    });
  });
}

function osRelease(): string {
  try {
    return readFileSync('/etc/os-release', 'utf8');
  } catch {
    return '';
  }
}

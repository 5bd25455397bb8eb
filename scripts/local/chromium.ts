import { type Browser, chromium, type LaunchOptions } from 'playwright-core';
import { canUseApt, installWithApt } from './apt.ts';
import { findExecutable } from './executable.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Without a sandbox, which root cannot have, and without anything that would leave this machine. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

/**
 * Starts the system's Chromium, installed with apt-get where that needs nobody's answer.
 *
 * @throws {Error} with the command that installs it, where there is none.
 */
export async function launchChromium(
  env: NodeJS.ProcessEnv = process.env,
  options: LaunchOptions = {},
): Promise<Browser> {
  const find = () => NAMES.map((name) => findExecutable(name, env.PATH)).find((file) => file !== undefined);
  if (find() === undefined && canUseApt(env))
    await installWithApt({ program: 'chromium', package: 'chromium' }, env);
  const executablePath = find();
  if (executablePath === undefined) throw new Error('Chromium is not there: apt-get install chromium');
  return chromium.launch({
    executablePath,
    headless: true,
    ...options,
    args: [...FLAGS, ...(options.args ?? [])],
  });
}

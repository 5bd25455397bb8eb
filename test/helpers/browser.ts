import { type Browser, chromium } from 'playwright-core';
import { canUseApt, installWithApt } from '../../scripts/local/apt.ts';
import { findExecutable } from '../../scripts/local/executable.ts';

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
 * The system's Chromium, installed with apt-get where that needs nobody's answer.
 *
 * @returns its path, or undefined when there is none and it cannot be installed
 */
export async function findChromium(env: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  const find = () => NAMES.map((name) => findExecutable(name, env.PATH)).find((file) => file !== undefined);
  const found = find();
  if (found !== undefined || !canUseApt(env)) return found;
  await installWithApt({ program: 'chromium', package: 'chromium' }, env);
  return find();
}

export function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS, headless: true });
}

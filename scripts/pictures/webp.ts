import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { canUseApt, installWithApt } from '../local/apt.ts';
import { findExecutable } from '../local/executable.ts';
import type { TimedFrame } from './screencast.ts';

/** A smaller file takes longer; 6 is the slowest. */
const EFFORT = '6';
/** Of 100. Of an animation less is enough: each picture is seen for a moment. */
const ANIMATION_QUALITY = '70';
/** Of 100, which would be lossless: so little is not seen on text and flat colours. */
const NEAR_LOSSLESS = '60';

/** With the programs, and the fonts of the pictures. */
const PACKAGES = 'webp fonts-inter fonts-noto-color-emoji';

/** The programs of Debian's package `webp`. */
export interface WebpTools {
  /** Makes a WebP of a PNG. */
  convert(png: string, webp: string): Promise<void>;
  /** Makes an animation of PNGs. */
  animate(frames: readonly TimedFrame[], webp: string): Promise<void>;
}

/**
 * Finds the programs, installed with apt-get where that needs nobody's answer.
 *
 * @throws {Error} with the command that installs them, where they are missing.
 */
export async function findWebpTools(env: NodeJS.ProcessEnv): Promise<WebpTools> {
  const find = (program: string) => findExecutable(program, env.PATH);
  if (find('img2webp') === undefined && canUseApt(env))
    await installWithApt({ program: 'img2webp', package: PACKAGES }, env);
  const [cwebp, img2webp] = [find('cwebp'), find('img2webp')];
  if (cwebp === undefined || img2webp === undefined)
    throw new Error(`cwebp and img2webp are not there: apt-get install ${PACKAGES}`);
  const run = (program: string, args: string[]) =>
    promisify(execFile)(program, args).catch((error: { stderr?: string }) => {
      // The error itself repeats the command, which names every frame.
      throw new Error(`${program} failed: ${error.stderr?.trim() ?? ''}`, { cause: error });
    });
  return {
    async convert(png, webp) {
      await run(cwebp, ['-quiet', '-near_lossless', NEAR_LOSSLESS, '-m', EFFORT, png, '-o', webp]);
    },
    async animate(frames, webp) {
      const options = ['-lossy', '-q', ANIMATION_QUALITY, '-m', EFFORT];
      const each = frames.flatMap(({ file, durationMs }) => ['-d', String(durationMs), ...options, file]);
      await run(img2webp, ['-loop', '0', '-min_size', ...each, '-o', webp]);
    },
  };
}

// Takes the pictures of README.md and docs/ from the page itself, played by the stack of the demo, in Chromium:
// node esbuild.config.mjs --quiet && node scripts/pictures/main.ts
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { command, EXIT, runCommand } from '../cli/command.ts';
import { interruption } from '../cli/interruption.ts';
import { oneOf } from '../cli/option-values.ts';
import { ROOT } from '../cli/root.ts';
import { PROJECT } from '../demo/place.ts';
import { launchChromium } from '../local/chromium.ts';
import type { Stack } from '../local/stack.ts';
import { withStack } from '../local/with-stack.ts';
import { fontSettings } from './fonts.ts';
import { openContext, showView } from './page.ts';
import { ANIMATION, type Animation, PICTURES, type Picture } from './pictures.ts';
import { playUntil } from './play.ts';
import { startScreencast, timeFrames } from './screencast.ts';
import { findWebpTools, type WebpTools } from './webp.ts';

const FOLDER = `${ROOT}docs/pictures/`;
const PHONE = '+1555010';
/** Pixels of a picture for each pixel of CSS: sharp on screens with a high resolution. */
const SCALE = 2;
const ANIMATION_SCALE = 1;
const FRAMES_PER_SECOND = 8;
/** How long the end of the animation is seen, in milliseconds. */
const LAST_MS = 3_000;

interface Studio {
  stack: Stack;
  browser: Browser;
  webp: WebpTools;
  /** Takes what is not kept. */
  folder: string;
  signal: AbortSignal;
}

const FILES = [...PICTURES, ANIMATION].map(({ file }) => file);
const declared = command(
  'pictures',
  'Takes the pictures of README.md and docs/ with Chromium, in about two minutes. Needs what npm run build makes.',
  'node scripts/pictures/main.ts',
).option('--only <file>', `only one of: ${FILES.join(', ')}`, oneOf('--only', FILES));

await runCommand(declared, async ({ only }) => {
  const signal = interruption();
  const webp = await findWebpTools(process.env);
  const isGood = await withStack(
    {
      project: PROJECT,
      distDirectory: `${ROOT}dist/`,
      env: process.env,
      logLevel: 'info',
      signal,
    },
    async (stack) => {
      const folder = await mkdtemp(join(tmpdir(), 'agent-assist-pictures-'));
      // Text is as wide everywhere as the font says.
      const browser = await launchChromium(process.env, {
        args: ['--font-render-hinting=none'],
        env: { ...process.env, ...(await fontSettings(folder)) },
      });
      try {
        const studio = { stack, browser, webp, folder, signal };
        const isWanted = ({ file }: Picture) => only === undefined || file === only;
        await Promise.all(PICTURES.filter(isWanted).map((picture, index) => take(studio, picture, index)));
        if (isWanted(ANIMATION)) await record(studio, ANIMATION);
      } finally {
        await browser.close();
        await rm(folder, { recursive: true, force: true });
      }
      return true;
    },
  );
  return isGood ? EXIT.ok : EXIT.interrupted;
});
process.exit();

/** Plays the call to a page that is open before it begins, and takes the picture. */
async function take(
  { stack, browser, webp, folder, signal }: Studio,
  picture: Picture,
  index: number,
): Promise<void> {
  const context = await openContext(browser, picture, SCALE);
  const page = await context.newPage();
  const phone = `${PHONE}${index + 1}`;
  await page.goto(`${stack.url}/?${new URLSearchParams({ phone })}`);
  await playUntil(stack, picture, { phone, conversationId: `call-${4_270 + index}`, signal });
  await showView(page, picture);
  const png = join(folder, `${index}.png`);
  await page.screenshot({ path: png, animations: 'disabled', caret: 'hide' });
  await webp.convert(png, FOLDER + picture.file);
  console.log(`docs/pictures/${picture.file}`);
  await context.close();
}

/** Plays the call and records it from `fromMs` on. */
async function record({ stack, browser, webp, folder, signal }: Studio, animation: Animation): Promise<void> {
  const { fromMs, speed, presses, file } = animation;
  const context = await openContext(browser, animation, ANIMATION_SCALE);
  const page = await context.newPage();
  const phone = `${PHONE}0`;
  await page.goto(`${stack.url}/?${new URLSearchParams({ phone })}`);
  const started = Promise.withResolvers<() => ReturnType<Awaited<ReturnType<typeof startScreencast>>>>();
  const waiting = [
    { atMs: fromMs, run: async () => started.resolve(await startScreencast(page, folder)) },
    ...presses.map(({ atMs, button }) => ({ atMs, run: () => page.locator(button).first().click() })),
  ];
  const running: Promise<void>[] = [];
  const onProgress = (ms: number) => {
    for (const step of waiting.splice(0, waiting.filter(({ atMs }) => atMs <= ms).length))
      running.push(step.run());
  };
  await playUntil(stack, animation, { phone, conversationId: 'call-4269', onProgress, signal });
  await Promise.all(running);
  await showView(page, animation);
  await sleep(1_000);
  const stop = await started.promise;
  const frames = timeFrames(await stop(), { speed, perSecond: FRAMES_PER_SECOND, lastMs: LAST_MS });
  await webp.animate(frames, FOLDER + file);
  console.log(`docs/pictures/${file}: ${frames.length} frames`);
  await context.close();
}

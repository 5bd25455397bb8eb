import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** A picture of a page, and when it was drawn, in seconds. */
export interface Frame {
  file: string;
  at: number;
}

/** A picture that is seen for some time. */
export interface TimedFrame {
  file: string;
  durationMs: number;
}

/** Records what a page draws, as PNG files, until the function that it resolves with is called. */
export async function startScreencast(page: Page, folder: string): Promise<() => Promise<Frame[]>> {
  const session = await page.context().newCDPSession(page);
  const frames: Frame[] = [];
  const writes: Promise<void>[] = [];
  session.on('Page.screencastFrame', ({ data, metadata, sessionId }) => {
    const file = join(folder, `frame-${String(frames.length).padStart(5, '0')}.png`);
    frames.push({ file, at: metadata.timestamp ?? 0 });
    writes.push(writeFile(file, Buffer.from(data, 'base64')));
    // The page draws the next frame whether or not this one is acknowledged; after the end nobody waits for it.
    session.send('Page.screencastFrameAck', { sessionId }).catch(() => {});
  });
  await session.send('Page.startScreencast', { format: 'png', everyNthFrame: 1 });
  return async () => {
    await session.send('Page.stopScreencast');
    await Promise.all(writes);
    return frames;
  };
}

export interface Timing {
  /** How many times as fast as it was recorded the animation is. */
  speed: number;
  /** Frames in a second at most. */
  perSecond: number;
  /** How long the last one is seen, in milliseconds. */
  lastMs: number;
}

/**
 * The frames of an animation. Of frames that come faster the last one is kept, so that nothing stays away for good.
 *
 * @param recorded in any order: Chromium may send a frame after a later one.
 */
export function timeFrames(recorded: readonly Frame[], { speed, perSecond, lastMs }: Timing): TimedFrame[] {
  const frames = recorded.toSorted((one, other) => one.at - other.at);
  const slotOf = (frame: Frame) => Math.floor(((frame.at - (frames[0]?.at ?? 0)) / speed) * perSecond);
  const kept = frames.filter((frame, index) => {
    const next = frames[index + 1];
    return next === undefined || slotOf(next) !== slotOf(frame);
  });
  return kept.map((frame, index) => {
    const next = kept[index + 1];
    const slots = next === undefined ? 0 : slotOf(next) - slotOf(frame);
    return {
      file: frame.file,
      durationMs: next === undefined ? lastMs : Math.round((slots * 1_000) / perSecond),
    };
  });
}

// What the pictures of README.md and docs/ show is what the page shows.
import { test } from 'uvu';
import { placeEvent } from '../../../scripts/calls/call-event.ts';
import { showView } from '../../../scripts/pictures/page.ts';
import { ANIMATION, PICTURES } from '../../../scripts/pictures/pictures.ts';
import { eventsUntil } from '../../../scripts/pictures/play.ts';
import { DesktopPageFixture } from '../../helpers/desktop-page.ts';

const fixture = new DesktopPageFixture(test);

for (const picture of [...PICTURES, ANIMATION]) {
  test(`the page still shows what is in ${picture.file}`, async () => {
    const call = await fixture.startCall();
    const [location = '', conversationId = ''] = call.name.split('/conversations/');
    const { width, height, colorScheme } = picture;
    const { page } = await fixture.openCallPage(call, { viewport: { width, height }, colorScheme });
    await page.locator('.lifecycle', { hasText: 'In progress' }).waitFor({ timeout: 30_000 });
    const startedAt = new Date();
    // The simulator has published the first one, which says that the call has begun.
    for (const event of eventsUntil(picture).slice(1)) {
      const { kind, attributes, data } = placeEvent(event, { location, conversationId, startedAt, speed: 1 });
      await fixture.publish(call.shortName, { kind, attributes, data: { ...data } });
    }
    await showView(page, picture);
  });
}

test.run();

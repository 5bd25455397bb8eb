import type { Test } from 'uvu';
import type { ShortName } from '../../../shared/conversation-name.ts';
import type { TestDesktop } from '../../helpers/desktop.ts';
import { uniqueConversation } from '../../helpers/redis.ts';
import { type Page, RelayFixture } from '../../helpers/relay-fixture.ts';
import { startTcpProxy, type TcpProxy } from '../../helpers/tcp-proxy.ts';
import { until } from '../../helpers/until.ts';
import '../../helpers/patient-redis.ts';

type PageOptions = NonNullable<Parameters<RelayFixture['page']>[1]>;

/** Headers by which the relay takes a client for a browser. */
export const BROWSER = { 'user-agent': 'Mozilla/5.0' };

/** Two relays, and for each test a proxy before the first one that cuts the pages' connections. */
export class CutFixture extends RelayFixture {
  proxy!: TcpProxy;

  constructor(test: Test) {
    super(test, { relays: 2 });
    test.before.each(async () => {
      this.proxy = this.keep(await startTcpProxy(this.relay.port));
    });
  }

  /** A page whose connection goes through the proxy. */
  cuttablePage(conversation: ShortName, options: PageOptions = {}): Promise<Page> {
    const url = `http://127.0.0.1:${this.proxy.port}`;
    return this.page(conversation, { url, token: this.token(), ...options });
  }

  /** Until Redis has of every page that it has everything. */
  async confirmed(conversation: ShortName): Promise<void> {
    const { top } = await this.log.read(conversation, 0, 0);
    await until(async () => {
      const keys = await this.redis.keys(`*${conversation}*:place:*`);
      const cursors = await Promise.all(keys.map((key) => this.redis.hget(key, 'at')));
      return cursors.length > 0 && cursors.every((cursor) => cursor?.endsWith(`.${top.tag}`));
    });
  }

  /** Cuts the page while an event is published. */
  async cutAndPublish(page: TestDesktop, conversation: ShortName, messageId: string): Promise<void> {
    this.proxy.cut();
    await this.publish(conversation, { messageId });
    await until(() => page.messageIds().includes(messageId));
  }

  /** A page that has one event, and whose relay knows that. */
  async pageWithOne(options: PageOptions = {}): Promise<{ page: Page; conversation: ShortName }> {
    const conversation = uniqueConversation();
    const page = await this.cuttablePage(conversation, options);
    await this.publish(conversation, { messageId: '1' });
    await page.received(1);
    await this.confirmed(conversation);
    return { page, conversation };
  }
}

import { test } from 'uvu';
import { withstands } from './attack.ts';

withstands('unread pings', 2);

test.run();

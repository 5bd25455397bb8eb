import { test } from 'uvu';
import { withstands } from './attack.ts';

withstands('tiny packets', 4);

test.run();

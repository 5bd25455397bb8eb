import { test } from 'uvu';
import { withstands } from './attack.ts';

withstands('pongs', 4);

test.run();

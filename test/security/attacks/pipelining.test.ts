import { test } from 'uvu';
import { withstands } from './attack.ts';

withstands('pipelining', 60);

test.run();

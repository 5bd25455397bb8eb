import { test } from 'uvu';
import { withstands } from './attack.ts';

withstands('half requests', 9000);

test.run();

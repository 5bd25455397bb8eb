import { test } from 'uvu';
import { withstands } from './attack.ts';

withstands('unknown namespaces', 8);

test.run();

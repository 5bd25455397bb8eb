import { test } from 'uvu';
import { withstands } from './attack.ts';

withstands('unknown namespaces', 8);
// Of these the first on each connection is answered.
withstands('short namespaces', 8);

test.run();

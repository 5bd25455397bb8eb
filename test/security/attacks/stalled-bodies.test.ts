import { test } from 'uvu';
import { withstandsFlood } from './rest-attack.ts';

withstandsFlood('bodies that never arrive', 128);

test.run();

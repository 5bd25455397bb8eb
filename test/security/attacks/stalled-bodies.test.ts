import { test } from 'uvu';
import { withstandsAgent } from './rest-attack.ts';

withstandsAgent('bodies that never arrive', 128);

test.run();

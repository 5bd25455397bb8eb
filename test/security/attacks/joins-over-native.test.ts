import { test } from 'uvu';
import { withstandsAgent } from './attack.ts';

withstandsAgent('joins over the native protocol', 600);

test.run();

import { test } from 'uvu';
import { withstandsAgent } from './attack.ts';

withstandsAgent('joins over long polling', 600);

test.run();

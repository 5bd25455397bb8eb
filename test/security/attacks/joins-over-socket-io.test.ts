import { test } from 'uvu';
import { withstandsAgent } from './attack.ts';

withstandsAgent('joins over Socket.IO', 600);

test.run();

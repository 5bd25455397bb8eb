import { test } from 'uvu';
import { withstandsAgent } from './attack.ts';

withstandsAgent('renewals of a token', 40);

test.run();

import { test } from 'uvu';
import { withstandsAgent } from './rest-attack.ts';

withstandsAgent('calls that are never answered', 128);

test.run();

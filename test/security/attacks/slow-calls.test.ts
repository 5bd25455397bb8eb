import { test } from 'uvu';
import { withstandsFlood } from './rest-attack.ts';

withstandsFlood('calls that are never answered', 128);

test.run();

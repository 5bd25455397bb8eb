// The page as an agent sees it, in front of a real relay. All of its tests use one browser.
import { test } from 'uvu';
import './page/transcript.ts';
import './page/connection.ts';
import './page/calls.ts';
import './page/keyboard.ts';

test.run();

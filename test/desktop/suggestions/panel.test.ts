// The suggestions panel in Chromium, under the content policy of the page. All of its tests use one browser.
import { test } from 'uvu';
import './panel/whole-panel.ts';
import './panel/answers.ts';
import './panel/tools.ts';

test.run();

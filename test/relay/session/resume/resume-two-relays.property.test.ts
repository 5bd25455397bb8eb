import { test } from 'uvu';
import { checkPages } from './model/resume-property.ts';

checkPages(2);

test.run();

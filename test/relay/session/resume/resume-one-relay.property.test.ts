import { test } from 'uvu';
import { checkPages } from './model/resume-property.ts';

checkPages(1);

test.run();

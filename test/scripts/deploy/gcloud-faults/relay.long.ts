import { test } from 'uvu';
import { testFaultsAt } from './at-step.ts';

testFaultsAt('relay', {
  request: /^POST \/run\/apis\/.*\/services$/,
  command: 'gcloud run deploy',
});

test.run();

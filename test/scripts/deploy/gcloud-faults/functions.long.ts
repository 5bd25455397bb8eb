import { test } from 'uvu';
import { testFaultsAt } from './at-step.ts';

testFaultsAt('functions', {
  request: /^POST \/cloudfunctions\/.*\/functions$/,
  command: 'gcloud functions deploy',
});

test.run();

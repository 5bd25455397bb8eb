import { test } from 'uvu';
import { testFaultsAt } from './at-step.ts';

testFaultsAt('jwt-secret', {
  request: /^POST \/secretmanager\/.*\/secrets$/,
  command: 'gcloud secrets create',
});

test.run();

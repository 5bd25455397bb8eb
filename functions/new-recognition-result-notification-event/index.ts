import { http } from '@google-cloud/functions-framework';
import { createFunction } from '../runtime.ts';

http(
  'new-recognition-result-notification-event',
  createFunction('new-recognition-result-notification-event', process.env),
);

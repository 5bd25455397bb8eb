import { http } from '@google-cloud/functions-framework';
import { createFunction } from '../runtime.ts';

http('new-message-event', createFunction('new-message-event', process.env));

import { http } from '@google-cloud/functions-framework';
import { createFunction } from '../runtime.ts';

http('conversation-lifecycle-event', createFunction('conversation-lifecycle-event', process.env));

import { http } from '@google-cloud/functions-framework';
import { createFunction } from '../runtime.ts';

http('human-agent-assistant-event', createFunction('human-agent-assistant-event', process.env));

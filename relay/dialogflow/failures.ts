// What a call that failed is answered with.
import type { IncomingMessage } from 'node:http';
import { errors } from 'undici';
import { CredentialsError } from '../google/credentials.ts';
import { ProxyError } from './google-error.ts';

export function notJson(): ProxyError {
  return new ProxyError(
    415,
    'the request body must be uncompressed JSON, with the content type application/json',
  );
}

export function tooLarge(): ProxyError {
  return new ProxyError(413, 'the request body is too large');
}

/** Whose fault it is that the time is up: the client's, as long as its body is not complete. */
export function late(request: IncomingMessage, hasBody: boolean): ProxyError {
  return hasBody && !request.complete
    ? new ProxyError(408, 'the request body did not arrive in time')
    : new ProxyError(504, 'Dialogflow did not answer in time');
}

export function asProxyError(error: unknown): ProxyError {
  if (error instanceof ProxyError) return error;
  if (error instanceof CredentialsError)
    return new ProxyError(502, 'there are no credentials for Dialogflow');
  return error instanceof errors.BodyTimeoutError || error instanceof errors.ConnectTimeoutError
    ? new ProxyError(504, 'Dialogflow did not answer in time')
    : new ProxyError(502, 'Dialogflow cannot be reached');
}

import { type TraceFields, traceFields } from '../../shared/trace.ts';
import { type AddressedRequest, clientAddress } from './client-address.ts';

/** Who sent a request, as far as the request itself tells. */
export interface ClientInfo {
  address: string;
  trace: TraceFields | undefined;
}

export type ClientInfoOf = (request: AddressedRequest) => ClientInfo;

/** @param trustedProxies see `clientAddress`. */
export function clientInfoReader(projectId: string, trustedProxies: number): ClientInfoOf {
  return (request) => ({
    address: clientAddress(request, trustedProxies),
    trace: traceFields(request.headers.traceparent, projectId),
  });
}

/** The trace's name in Cloud Trace. */
export function traceName({ trace }: ClientInfo): string | undefined {
  return trace?.['logging.googleapis.com/trace'];
}

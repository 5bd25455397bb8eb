import { type TraceFields, traceFields } from '../../shared/trace.ts';
import { type AddressedRequest, clientAddress } from './client-address.ts';

/** Where a request came from. */
export interface Source {
  address: string;
  trace: TraceFields | undefined;
}

export type SourceOf = (request: AddressedRequest) => Source;

/** @param trustedProxies see `clientAddress`. */
export function sources(projectId: string, trustedProxies: number): SourceOf {
  return (request) => ({
    address: clientAddress(request, trustedProxies),
    trace: traceFields(request.headers.traceparent, projectId),
  });
}

/** The trace's name in Cloud Trace. */
export function traceName({ trace }: Source): string | undefined {
  return trace?.['logging.googleapis.com/trace'];
}

// A receiver of OTLP over HTTP, as a collector is one. It decodes the spans, which come as protobuf.
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { Fixture } from './fixture.ts';
import { listen } from './listen.ts';

export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  /** '' of a root. */
  parentId: string;
  name: string;
  kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  attributes: Record<string, unknown>;
  links: { traceId: string; spanId: string }[];
  isError: boolean;
  /** Start and end, in nanoseconds since 1970. */
  start: bigint;
  end: bigint;
  /** The attributes of the process. */
  resource: Record<string, unknown>;
}

export interface OtlpCollector {
  url: string;
  spans: ReceivedSpan[];
  /** The bodies as they came. */
  bodies: Buffer[];
  /** The headers of each request. */
  headers: Record<string, unknown>[];
}

/** @param fixture closes it. */
export async function startCollector(fixture: Fixture, status = 200): Promise<OtlpCollector> {
  const collector: OtlpCollector = { url: '', spans: [], bodies: [], headers: [] };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const sent = Buffer.concat(chunks);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    collector.headers.push(request.headers);
    collector.bodies.push(body);
    if (request.url === '/v1/traces' && status === 200) collector.spans.push(...decodeSpans(body));
    response.writeHead(request.url === '/v1/traces' ? status : 404, {
      'content-type': 'application/x-protobuf',
    });
    response.end(status === 200 ? '' : 'the receiver says no: secret-of-the-receiver');
  });
  const port = await listen(server);
  fixture.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  collector.url = `http://127.0.0.1:${port}`;
  return collector;
}

// Source: opentelemetry-proto, trace/v1/trace.proto and common/v1/common.proto.
const KINDS = ['internal', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const STATUS_ERROR = 2n;

function decodeSpans(body: Buffer): ReceivedSpan[] {
  return fieldsOf(body)
    .all(1)
    .map(fieldsOf)
    .flatMap((resourceSpans) => {
      const resource = attributesOf(fieldsOf(resourceSpans.bytes(1)).all(1));
      const scopes = resourceSpans.all(2).map(fieldsOf);
      return scopes.flatMap((scope) => scope.all(2).map((span) => decodeSpan(fieldsOf(span), resource)));
    });
}

function decodeSpan(span: Fields, resource: Record<string, unknown>): ReceivedSpan {
  return {
    traceId: span.bytes(1).toString('hex'),
    spanId: span.bytes(2).toString('hex'),
    parentId: span.bytes(4).toString('hex'),
    name: span.bytes(5).toString(),
    kind: KINDS[Number(span.number(6))] ?? 'internal',
    start: span.number(7),
    end: span.number(8),
    attributes: attributesOf(span.all(9)),
    links: span
      .all(13)
      .map(fieldsOf)
      .map((link) => ({ traceId: link.bytes(1).toString('hex'), spanId: link.bytes(2).toString('hex') })),
    isError: fieldsOf(span.bytes(15)).number(3) === STATUS_ERROR,
    resource,
  };
}

function attributesOf(pairs: Buffer[]): Record<string, unknown> {
  return Object.fromEntries(
    pairs.map(fieldsOf).map((pair) => [pair.bytes(1).toString(), attributeOf(fieldsOf(pair.bytes(2)))]),
  );
}

function attributeOf(value: Fields): unknown {
  if (value.has(1)) return value.bytes(1).toString();
  if (value.has(2)) return value.number(2) === 1n;
  if (value.has(3)) return Number(value.number(3));
  return value.has(4) ? value.double(4) : undefined;
}

interface Fields {
  has(field: number): boolean;
  all(field: number): Buffer[];
  /** Empty if absent. */
  bytes(field: number): Buffer;
  /** 0 if absent. */
  number(field: number): bigint;
  double(field: number): number;
}

/** The fields of a message. Source: protobuf.dev, "Encoding". */
function fieldsOf(message: Buffer): Fields {
  const found: { field: number; value: bigint | Buffer }[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = message.readUInt8(at++);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  const take = (length: number) => {
    at += length;
    return message.subarray(at - length, at);
  };
  while (at < message.length) {
    const key = Number(varint());
    const wire = key & 7;
    const value = wire === 0 ? varint() : take(wire === 1 ? 8 : wire === 5 ? 4 : Number(varint()));
    found.push({ field: key >> 3, value });
  }
  const all = (field: number) =>
    found.flatMap((each) => (each.field === field && Buffer.isBuffer(each.value) ? [each.value] : []));
  const last = (field: number) => found.findLast((each) => each.field === field)?.value;
  return {
    has: (field) => last(field) !== undefined,
    all,
    bytes: (field) => all(field).at(-1) ?? Buffer.alloc(0),
    number(field) {
      const value = last(field) ?? 0n;
      return Buffer.isBuffer(value) ? value.readBigUInt64LE() : value;
    },
    double: (field) => all(field).at(-1)?.readDoubleLE() ?? 0,
  };
}

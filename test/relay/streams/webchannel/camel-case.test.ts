import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DATA_FIELDS, withCamelCaseKeys } from '../../../../relay/streams/webchannel/camel-case.ts';

/** A node of protobufjs's JSON, as far as this test reads it. */
interface ProtoNode {
  nested?: Record<string, ProtoNode>;
  fields?: Record<string, { type: string; keyType?: string }>;
}

/** Names of the fields below a node that hold data and not a message. */
function dataFieldsOf({ fields = {}, nested = {} }: ProtoNode): string[] {
  const own = Object.entries(fields).filter(([, { type, keyType }]) =>
    keyType === undefined ? /^google\.protobuf\.(?:Struct|Value)$/.test(type) : type === 'string',
  );
  return [...own.map(([name]) => name), ...Object.values(nested).flatMap(dataFieldsOf)];
}

test('names of fields at every level become camelCase', () => {
  const message = {
    reactive_mode_final_response: { tool_calls: [{ tool_call_info: { create_time: 'T' } }] },
    is_final: true,
    sendTime: 'T',
    v2_name: 1,
  };
  assert.equal(withCamelCaseKeys(message), {
    reactiveModeFinalResponse: { toolCalls: [{ toolCallInfo: { createTime: 'T' } }] },
    isFinal: true,
    sendTime: 'T',
    v2Name: 1,
  });
});

test('keys in parameters, metadata and other data stay as they are', () => {
  const data = { order_id: { line_items: [{ unit_price: 1 }] } };
  const message = {
    tool_call: { input_parameters: data, parameters: data },
    answer_metadata: { metadata: data },
  };
  assert.equal(withCamelCaseKeys(message), {
    toolCall: { inputParameters: data, parameters: data },
    answerMetadata: { metadata: data },
  });
});

test('keys that no field of a proto can have stay as they are', () => {
  const text = '{"__proto__":{"is_admin":1},"_a":1,"a_":1,"A_b":1,"a__b":1,"":1}';
  const message = withCamelCaseKeys(JSON.parse(text));
  assert.is(JSON.stringify(message), text.replace('is_admin', 'isAdmin'));
  assert.is(({} as { isAdmin?: number }).isAdmin, undefined);
});

test('values stay as they are', () => {
  const message = { a: 'is_final', b: null, c: [1, 'x_y', [true]], d: {} };
  assert.equal(withCamelCaseKeys(message), message);
});

test('a message of more than 100 levels is refused, within data too', () => {
  for (const name of ['field', 'metadata']) {
    const nested = (levels: number) =>
      JSON.parse(`{"${name}":${'['.repeat(levels)}${']'.repeat(levels)}}`) as object;
    assert.equal(withCamelCaseKeys(nested(99)), nested(99));
    assert.throws(() => withCamelCaseKeys(nested(100)), /a message has more than 100 levels/);
    assert.throws(() => withCamelCaseKeys(nested(100_000)), /a message has more than 100 levels/);
  }
});

test('the fields that hold data are those of the protos of v2beta1', () => {
  const file = createRequire(import.meta.url).resolve('@google-cloud/dialogflow/build/protos/protos.json');
  let node = JSON.parse(readFileSync(file, 'utf8')) as ProtoNode;
  for (const name of ['google', 'cloud', 'dialogflow', 'v2beta1']) node = node.nested?.[name] ?? {};
  assert.equal([...new Set(dataFieldsOf(node))].sort(), [...DATA_FIELDS].sort());
});

test.run();

import type { protos } from '@google-cloud/dialogflow';

type Timestamp = protos.google.protobuf.ITimestamp;
type Struct = protos.google.protobuf.IStruct;
type Value = protos.google.protobuf.IValue;

/** Whether two messages have the same fields, of whatever types: all fields are optional, so `extends` tells nothing. */
type IsLike<T, Message> = [keyof T] extends [keyof Message]
  ? [keyof Message] extends [keyof T]
    ? true
    : false
  : false;

/**
 * A message of the package `@google-cloud/dialogflow` as canonical proto3 JSON: times and durations are text, enums are
 * their names, and a Struct is an object.
 */
export type ProtoJson<T> = T extends string | boolean
  ? T
  : T extends number
    ? number extends T
      ? number
      : never // The number of an enum; its name stands beside it in the union.
    : T extends readonly (infer Item)[]
      ? ProtoJson<Item>[]
      : T extends Uint8Array
        ? string
        : IsLike<T, Timestamp> extends true
          ? string
          : IsLike<T, Struct> extends true
            ? { [name: string]: unknown }
            : IsLike<T, Value> extends true
              ? unknown
              : { [Name in keyof T]?: ProtoJson<NonNullable<T[Name]>> };

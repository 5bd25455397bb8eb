// The requests of WebChannel, version 8, as targets and bodies.
import { isHostLocation } from '../../../shared/conversation-name.ts';
import { STREAM_CODE, StreamError } from '../stream-error.ts';

/** The methods that desktops may stream, by the names that they use, with the path of the channel. */
export const STREAM_METHODS: Readonly<Record<string, string>> = {
  streaming_reactive_companion_suggestions:
    '/google.cloud.dialogflow.v2beta1.Participants/StreamingReactiveCompanionSuggestions/channel',
};

const HOST_SUFFIX = '-dialogflow-webchannel';

/** @throws {StreamError} for what is not a location, or too long for a host name. */
export function requireLocation(location: string): void {
  if (isHostLocation(location, HOST_SUFFIX)) return;
  throw new StreamError(STREAM_CODE.invalidArgument, 'the location is not valid');
}

/**
 * Google's endpoint for a location.
 *
 * @throws {StreamError} for what is not a location, which would make another host of it.
 */
export function webChannelOrigin(location: string): string {
  requireLocation(location);
  return `https://${location}${HOST_SUFFIX}.googleapis.com`;
}

/** What Dialogflow has called the stream. */
export interface ChannelIds {
  sid: string;
  gsessionid: string;
}

export function openQuery(rid: number): string {
  return query({ VER: 8, MODE: 'init', RID: rid, 'X-HTTP-Session-Id': 'gsessionid' });
}

/** @param aid of the last array that has come. */
export function sendQuery(ids: ChannelIds, rid: number, aid: number): string {
  return query({ VER: 8, RID: rid, SID: ids.sid, gsessionid: ids.gsessionid, AID: aid });
}

export function receiveQuery(ids: ChannelIds, aid: number): string {
  const names = { SID: ids.sid, gsessionid: ids.gsessionid };
  return query({ VER: 8, RID: 'rpc', ...names, AID: aid, CI: 0, TYPE: 'xmlhttp' });
}

/** Tells Dialogflow that the stream is over. */
export function terminateQuery(ids: ChannelIds, rid: number): string {
  return query({ VER: 8, RID: rid, SID: ids.sid, gsessionid: ids.gsessionid, TYPE: 'terminate' });
}

export const OPEN_BODY = 'count=0';

/** @param ofs how many messages were sent before. */
export function sendBody(message: object, ofs: number): string {
  return `count=1&ofs=${ofs}&req0___data__=${encodeURIComponent(JSON.stringify(message))}`;
}

function query(parameters: Record<string, string | number>): string {
  const pairs = Object.entries(parameters).map(([name, value]) => [name, String(value)]);
  return `?${new URLSearchParams(pairs)}`;
}

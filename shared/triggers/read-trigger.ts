import { readActor } from './actor.ts';
import { eventReaders } from './events/index.ts';
import { type Fields, isFields, phrase, text } from './fields.ts';
import type { EventSource, Reading, TriggerFrame } from './trigger.ts';

/**
 * Reads an EventBridge envelope that carries a CloudTrail record. Never throws. An operation that podtrust does not
 * follow is ignored; something that no CloudTrail delivery can be is unreadable.
 */
export function readTrigger(envelope: unknown): Reading {
  const call = readCall(envelope);
  if (typeof call === 'string') return unreadable(call);
  const { service, name } = call;
  const reader = readers.get(readerKey(service, name));
  if (reader === undefined) return { outcome: 'ignored', reason: `${service} ${name} is not followed` };
  const frame = readFrame(call);
  return typeof frame === 'string' ? unreadable(frame) : reader.read(frame, call.record);
}

/** The CloudTrail record in an envelope, with what every trigger carries; null for anything else. Never throws. */
export function readRecord(
  envelope: unknown,
): { readonly record: Fields; readonly frame: TriggerFrame } | null {
  const call = readCall(envelope);
  const frame = typeof call === 'string' ? call : readFrame(call);
  return typeof call === 'string' || typeof frame === 'string' ? null : { record: call.record, frame };
}

interface Call {
  readonly envelope: Fields;
  readonly record: Fields;
  readonly service: string;
  readonly name: string;
}

function readCall(envelope: unknown): Call | string {
  if (!isFields(envelope)) return 'the message is not a JSON object';
  const record = envelope['detail'];
  if (!isFields(record)) return 'the event has no detail';
  const service = text(record, 'eventSource');
  const name = text(record, 'eventName');
  if (service === undefined || name === undefined)
    return 'the detail is not a CloudTrail record: eventSource or eventName is missing';
  return { envelope, record, service, name };
}

const readerKey = (service: string, name: string): string => `${service} ${name}`;
const readers = new Map(eventReaders.map((reader) => [readerKey(reader.service, reader.name), reader]));

/** The account is the one whose resource changed: `recipientAccountId`, which forwarding between buses does not touch. */
function readFrame({ envelope, record, service, name }: Call): TriggerFrame | string {
  const account = text(record, 'recipientAccountId') ?? text(envelope, 'account');
  if (account === undefined || !/^\d{12}$/.test(account)) return 'the record names no account';
  const event = readSource(envelope, record, service, name);
  if (typeof event === 'string') return event;
  const failure = readFailure(record);
  return { account, event, actor: readActor(record['userIdentity']), ...(failure && { failure }) };
}

function readSource(envelope: Fields, record: Fields, service: string, name: string): EventSource | string {
  const id = text(record, 'eventID', 64) ?? text(envelope, 'id', 64);
  if (id === undefined) return 'the record has no eventID';
  const time = isoTime(text(record, 'eventTime')) ?? isoTime(text(envelope, 'time'));
  if (time === undefined) return 'the record has no eventTime';
  const sourceAddress = phrase(record, 'sourceIPAddress', 256);
  const userAgent = phrase(record, 'userAgent');
  const sharedId = text(record, 'sharedEventID', 64);
  return {
    id,
    ...(sharedId !== undefined && { sharedId }),
    name,
    service,
    time,
    region: text(record, 'awsRegion', 64) ?? text(envelope, 'region', 64) ?? 'unknown',
    ...(sourceAddress !== undefined && { sourceAddress }),
    ...(userAgent !== undefined && { userAgent }),
  };
}

function readFailure(record: Fields): TriggerFrame['failure'] {
  const code = text(record, 'errorCode', 128);
  if (code === undefined) return undefined;
  const message = phrase(record, 'errorMessage');
  return { code, ...(message !== undefined && { message }) };
}

function isoTime(value: string | undefined): string | undefined {
  const time = value === undefined ? Number.NaN : Date.parse(value);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

function unreadable(reason: string): Reading {
  return { outcome: 'unreadable', reason };
}

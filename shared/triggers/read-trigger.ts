import { readActor } from './actor.ts';
import { eventReaders } from './events/index.ts';
import { type Fields, isFields, phrase, text } from './fields.ts';
import type { EventSource, Reading, TriggerFrame } from './trigger.ts';

/**
 * Reads an EventBridge envelope that carries a CloudTrail record. Never throws. An operation that podtrust does not
 * follow is ignored; something that no CloudTrail delivery can be is unreadable.
 */
export function readTrigger(envelope: unknown): Reading {
  if (!isFields(envelope)) return unreadable('the message is not a JSON object');
  const record = envelope['detail'];
  if (!isFields(record)) return unreadable('the event has no detail');
  const service = text(record, 'eventSource');
  const name = text(record, 'eventName');
  if (service === undefined || name === undefined)
    return unreadable('the detail is not a CloudTrail record: eventSource or eventName is missing');
  const reader = readers.get(readerKey(service, name));
  if (reader === undefined) return { outcome: 'ignored', reason: `${service} ${name} is not followed` };
  const frame = readFrame(envelope, record, service, name);
  return typeof frame === 'string' ? unreadable(frame) : reader.read(frame, record);
}

const readerKey = (service: string, name: string): string => `${service} ${name}`;
const readers = new Map(eventReaders.map((reader) => [readerKey(reader.service, reader.name), reader]));

/** The account is the one whose resource changed: `recipientAccountId`, which forwarding between buses does not touch. */
function readFrame(envelope: Fields, record: Fields, service: string, name: string): TriggerFrame | string {
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

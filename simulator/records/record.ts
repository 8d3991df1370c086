import type { Call, Recorded } from '../operation.ts';
import { iamRegion } from '../partitions.ts';
import type { AnyOperation, Service } from '../service.ts';
import { type Actor, userIdentity, withoutMilliseconds } from './actor.ts';

/** A CloudTrail record of a management event, as far as AWS's documentation and published records show it. */
export interface CloudTrailRecord {
  readonly eventVersion: string;
  readonly userIdentity: object;
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: object | null;
  readonly responseElements: object | null;
  readonly requestID: string;
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly resources?: readonly { readonly accountId: string; readonly type: string; readonly ARN: string }[];
  readonly eventType: 'AwsApiCall';
  readonly managementEvent: true;
  readonly recipientAccountId: string;
  readonly sharedEventID?: string;
  readonly eventCategory: 'Management';
  readonly tlsDetails?: object;
}

/** An event as EventBridge delivers it. */
export interface EventBridgeEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': 'AWS API Call via CloudTrail';
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: CloudTrailRecord;
}

/**
 * Puts a record into EventBridge's envelope.
 * Source: EventBridge events reference, "AWS service events delivered via CloudTrail".
 */
export function toEventBridge(record: CloudTrailRecord): EventBridgeEvent {
  return {
    version: '0',
    id: record.eventID,
    'detail-type': 'AWS API Call via CloudTrail',
    source: `aws.${record.eventSource.replace(/\.amazonaws\.com$/, '')}`,
    account: record.recipientAccountId,
    time: record.eventTime,
    region: record.awsRegion,
    resources: [],
    detail: record,
  };
}

/** One answered call, for CloudTrail. */
export interface Answered {
  readonly service: Service;
  readonly name: string;
  readonly operation: AnyOperation;
  readonly call: Call;
  readonly input: object;
  readonly output: object | null;
  readonly error: Error | null;
}

/** The record of a call. A denied call shows what was asked, except where AWS leaves it out (AssumeRole). */
export function toRecord({
  service,
  name,
  operation,
  call,
  input,
  output,
  error,
}: Answered): CloudTrailRecord {
  const { world, account, actor, now } = call;
  const convention = service.record(name, input, output);
  const own = operation.record?.(input, output, call) ?? {};
  const recorded: Recorded = { ...convention, ...own };
  const { sourceIPAddress, userAgent } = origin(actor);
  return {
    eventVersion: '1.09',
    userIdentity: userIdentity(actor),
    eventTime: withoutMilliseconds(now),
    eventSource: service.eventSource,
    eventName: name,
    awsRegion: service.global ? iamRegion(account.partition) : call.region.name,
    sourceIPAddress,
    userAgent,
    ...(error === null ? {} : { errorCode: errorCode(error), errorMessage: error.message }),
    requestParameters: recorded.requestParameters ?? null,
    responseElements: error === null ? (recorded.responseElements ?? null) : null,
    requestID: world.ids.uuid(),
    eventID: world.ids.uuid(),
    readOnly: operation.kind !== 'write',
    ...(recorded.resources === undefined ? {} : { resources: recorded.resources }),
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: account.id,
    eventCategory: 'Management',
  };
}

/** The code in a record: as the error is called, but STS and IAM write AccessDenied short. */
function errorCode(error: Error): string {
  return error.name === 'AccessDeniedException' ? 'AccessDenied' : error.name;
}

function origin(actor: Actor): { sourceIPAddress: string; userAgent: string } {
  if (actor.kind === 'service') return { sourceIPAddress: actor.service, userAgent: actor.service };
  if (actor.kind === 'anonymous') return { sourceIPAddress: '203.0.113.1', userAgent: '' };
  return { sourceIPAddress: actor.sourceIp, userAgent: actor.userAgent };
}

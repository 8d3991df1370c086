import type { Call } from '../operation.ts';
import { type Actor, userIdentity, withoutMilliseconds } from '../records/actor.ts';
import type { CloudTrailRecord } from '../records/record.ts';
import type { AccountState } from '../state.ts';

export interface SessionEvent {
  readonly name: 'AssumeRole' | 'AssumeRoleWithWebIdentity';
  readonly actor: Actor;
  readonly parameters: object | null;
  readonly response: object | null;
  readonly resources?: CloudTrailRecord['resources'];
  /** Code and message. */
  readonly error?: readonly [string, string];
}

/**
 * Emits the record of a session: one copy for each account that it concerns, tied together by `sharedEventID`.
 * Source: EventBridge user guide, cross-account CloudTrail events.
 */
export function emitSession(call: Call, accounts: readonly AccountState[], event: SessionEvent): void {
  const { world } = call;
  const recipients = [...new Set(accounts)];
  const requestID = world.ids.uuid();
  const shared = recipients.length > 1 ? { sharedEventID: world.ids.uuid() } : {};
  for (const { id } of recipients) {
    world.emit({
      eventVersion: '1.08',
      userIdentity: userIdentity(event.actor),
      eventTime: withoutMilliseconds(call.now),
      eventSource: 'sts.amazonaws.com',
      eventName: event.name,
      awsRegion: call.region.name,
      ...originOf(event.actor),
      ...(event.error === undefined ? {} : { errorCode: event.error[0], errorMessage: event.error[1] }),
      requestParameters: event.parameters,
      responseElements: event.response,
      requestID,
      eventID: world.ids.uuid(),
      readOnly: true,
      ...(event.resources === undefined ? {} : { resources: event.resources }),
      eventType: 'AwsApiCall',
      managementEvent: true,
      recipientAccountId: id,
      ...shared,
      eventCategory: 'Management',
    });
  }
}

function originOf(actor: Actor): { sourceIPAddress: string; userAgent: string } {
  if (actor.kind === 'service') return { sourceIPAddress: actor.service, userAgent: actor.service };
  if (actor.kind === 'anonymous') return { sourceIPAddress: '203.0.113.1', userAgent: '' };
  return { sourceIPAddress: actor.sourceIp, userAgent: actor.userAgent };
}

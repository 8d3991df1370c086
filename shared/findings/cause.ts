import * as z from 'zod';
import type { TriggerFrame } from '../triggers/trigger.ts';

const bounded = z.string().max(512);

/** The change behind an evaluation: who did what, when and from where. */
export const causeSchema = z.strictObject({
  eventId: bounded.describe("CloudTrail's eventID"),
  eventName: bounded.describe('The API operation, UpdateAssumeRolePolicy'),
  service: bounded.describe('iam.amazonaws.com'),
  time: z.iso.datetime().describe('When the call was made, UTC'),
  region: bounded.describe('Region whose CloudTrail recorded it'),
  actor: z.strictObject({
    type: bounded.describe("CloudTrail's userIdentity.type"),
    arn: bounded.optional().describe('For a role session the role with its path, otherwise the caller'),
    session: bounded.optional().describe('Name of the role session'),
    service: bounded.optional().describe('AWS service that called, or through which the call went'),
    account: bounded.optional(),
  }),
  sourceAddress: bounded.optional().describe('IP address, or name of the AWS service'),
  userAgent: bounded.optional(),
});

export type Cause = z.infer<typeof causeSchema>;

/** What became of the search for the last change behind a finding. */
export const foundCauseSchema = z.discriminatedUnion('outcome', [
  z.strictObject({
    outcome: z.literal('found'),
    change: causeSchema,
    gap: z.string().optional().describe('Why a later change may be missing'),
  }),
  z
    .strictObject({ outcome: z.literal('none') })
    .describe('CloudTrail knows no change of it within the last 90 days'),
  z.strictObject({ outcome: z.literal('not-looked-up'), reason: z.string() }),
]);

export type FoundCause = z.infer<typeof foundCauseSchema>;

/** The cause that an event gives. */
export function causeOf({ event, actor }: Pick<TriggerFrame, 'event' | 'actor'>): Cause {
  return {
    eventId: event.id,
    eventName: event.name,
    service: event.service,
    time: event.time,
    region: event.region,
    actor,
    ...(event.sourceAddress !== undefined && { sourceAddress: event.sourceAddress }),
    ...(event.userAgent !== undefined && { userAgent: event.userAgent }),
  };
}

/** `arn:…:role/people/PlatformEngineer (session alice@example.com)`: who it was, in one line. */
export function describeActor({ type, arn, session, service }: Cause['actor']): string {
  const who = arn ?? service ?? `an unnamed ${type}`;
  const details = [
    session !== undefined && `session ${session}`,
    arn !== undefined && service !== undefined && `through ${service}`,
  ].filter((detail) => detail !== false);
  return details.length === 0 ? who : `${who} (${details.join(', ')})`;
}

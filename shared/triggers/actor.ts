import { type Fields, fields, phrase, text } from './fields.ts';
import type { Actor } from './trigger.ts';

/** Who called, from `userIdentity`. A role session's own ARN loses the role's path, so its issuer is taken. */
export function readActor(userIdentity: unknown): Actor {
  const identity = fields(userIdentity);
  const issuer = fields(fields(identity['sessionContext'])['sessionIssuer']);
  const arn = phrase(issuer, 'arn') ?? phrase(identity, 'arn') ?? phrase(identity, 'identityProvider');
  const session = sessionName(identity);
  const service = text(identity, 'invokedBy');
  const account = text(identity, 'accountId', 12) ?? text(issuer, 'accountId', 12);
  return {
    type: text(identity, 'type', 64) ?? 'Unknown',
    ...(arn !== undefined && { arn }),
    ...(session !== undefined && { session }),
    ...(service !== undefined && { service }),
    ...(account !== undefined && { account }),
  };
}

/** `arn:…:assumed-role/NAME/SESSION`, else the part of `principalId` after the unique id, else a federated user's name. */
function sessionName(identity: Fields): string | undefined {
  const type = text(identity, 'type');
  if (type === 'AssumedRole') {
    const fromArn = /:assumed-role\/[^/]+\/(.+)$/.exec(phrase(identity, 'arn') ?? '')?.[1];
    return fromArn ?? /^[A-Z0-9]+:(.+)$/.exec(phrase(identity, 'principalId') ?? '')?.[1];
  }
  if (type === 'WebIdentityUser' || type === 'SAMLUser') return phrase(identity, 'userName');
  return undefined;
}

/** Who makes a call. */
export type Actor = RoleSession | User | Root | Service | WebIdentity | Anonymous;

interface Principal {
  readonly account: string;
  readonly partition: string;
  readonly accessKeyId: string;
  readonly userAgent: string;
  readonly sourceIp: string;
}

export interface RoleSession extends Principal {
  readonly kind: 'role-session';
  readonly roleArn: string;
  readonly roleName: string;
  readonly roleId: string;
  readonly session: string;
  readonly since: Date;
  /** Policy of the session, as text: the most that it may do. */
  readonly policy?: string;
}

export interface User extends Principal {
  readonly kind: 'user';
  readonly userArn: string;
  readonly userName: string;
  readonly userId: string;
}

export interface Root extends Principal {
  readonly kind: 'root';
}

/** An AWS service that calls on a customer's behalf. */
interface Service {
  readonly kind: 'service';
  readonly service: string;
  readonly account: string;
}

/** Nobody yet: an unsigned request. */
interface Anonymous {
  readonly kind: 'anonymous';
  readonly account: string;
}

/** The holder of a web identity token: no AWS principal yet. */
export interface WebIdentity {
  readonly kind: 'web-identity';
  readonly account: string;
  readonly provider: string;
  readonly audience: string;
  readonly subject: string;
  readonly userAgent: string;
  readonly sourceIp: string;
}

/** ARN as GetCallerIdentity returns it. */
export function callerArn(actor: RoleSession | User | Root): string {
  switch (actor.kind) {
    case 'role-session':
      return `arn:${actor.partition}:sts::${actor.account}:assumed-role/${actor.roleName}/${actor.session}`;
    case 'user':
      return actor.userArn;
    case 'root':
      return `arn:${actor.partition}:iam::${actor.account}:root`;
  }
}

/** Unique id as GetCallerIdentity returns it. */
export function callerId(actor: RoleSession | User | Root): string {
  switch (actor.kind) {
    case 'role-session':
      return `${actor.roleId}:${actor.session}`;
    case 'user':
      return actor.userId;
    case 'root':
      return actor.account;
  }
}

/** The `userIdentity` of a record. Source: CloudTrail user guide, "userIdentity element". */
export function userIdentity(actor: Actor): object {
  switch (actor.kind) {
    case 'role-session':
      return {
        type: 'AssumedRole',
        principalId: callerId(actor),
        arn: callerArn(actor),
        accountId: actor.account,
        accessKeyId: actor.accessKeyId,
        sessionContext: {
          sessionIssuer: {
            type: 'Role',
            principalId: actor.roleId,
            arn: actor.roleArn,
            accountId: actor.account,
            userName: actor.roleName,
          },
          webIdFederationData: {},
          attributes: { creationDate: withoutMilliseconds(actor.since), mfaAuthenticated: 'false' },
        },
      };
    case 'user':
      return {
        type: 'IAMUser',
        principalId: actor.userId,
        arn: actor.userArn,
        accountId: actor.account,
        accessKeyId: actor.accessKeyId,
        userName: actor.userName,
      };
    case 'root':
      return {
        type: 'Root',
        principalId: actor.account,
        arn: callerArn(actor),
        accountId: actor.account,
        accessKeyId: actor.accessKeyId,
      };
    case 'service':
      return { type: 'AWSService', invokedBy: actor.service };
    case 'anonymous':
      return { type: 'Unknown', accountId: actor.account };
    case 'web-identity':
      return {
        type: 'WebIdentityUser',
        principalId: `${actor.provider}:${actor.audience}:${actor.subject}`,
        userName: actor.subject,
        identityProvider: actor.provider,
      };
  }
}

/** `2026-11-22T10:00:00Z`: CloudTrail's times have no fraction. */
export function withoutMilliseconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`;
}

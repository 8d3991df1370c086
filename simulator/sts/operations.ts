import type * as sts from '@aws-sdk/client-sts';
import { parsePolicy } from '../../shared/iam/parse.ts';
import { assumeRoleRequests, webIdentityRequest } from '../../shared/iam/requests.ts';
import { issuerKey } from '../../shared/identity/issuer.ts';
import { type Call, type Operations, read } from '../operation.ts';
import { callerArn, callerId, type WebIdentity } from '../records/actor.ts';
import { stsDate } from '../records/conventions.ts';
import type { CloudTrailRecord } from '../records/record.ts';
import type { AccountState } from '../state.ts';
import { denied, expiredToken, invalidToken, malformedPolicy, validation } from './errors.ts';
import { emitSession } from './records.ts';
import { findRole, openSession, type Session, trusts } from './sessions.ts';
import { type Claims, readToken } from './token.ts';

const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

function checkRequest(session: string | undefined, seconds: number, most: number): void {
  if (!SESSION_NAME.test(session ?? '')) {
    throw validation(
      `1 validation error detected: Value '${session}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    );
  }
  if (seconds < 900 || seconds > most) {
    throw validation('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
}

/** Source: STS API reference, AssumeRole: Policy. */
function checkSessionPolicy(text: string): void {
  if (text.length > 2048) {
    throw validation(
      "1 validation error detected: Value at 'policy' failed to satisfy constraint: Member must have length less than or equal to 2048",
    );
  }
  if (parsePolicy(text, 'identity').policy === null)
    throw malformedPolicy('This policy contains invalid Json');
}

const resource = (account: AccountState, arn: string): CloudTrailRecord['resources'] => [
  { accountId: account.id, type: 'AWS::IAM::Role', ARN: arn },
];

const answered = ({ credentials, assumedRoleUser }: Session): object => ({
  credentials: {
    accessKeyId: credentials.AccessKeyId,
    sessionToken: 'HIDDEN_DUE_TO_SECURITY_REASONS',
    expiration: stsDate(credentials.Expiration),
  },
  assumedRoleUser: { assumedRoleId: assumedRoleUser.AssumedRoleId, arn: assumedRoleUser.Arn },
});

/** Trust alone decides here: the caller's own permissions are not simulated. */
function assumeRole(call: Call, input: sts.AssumeRoleCommandInput) {
  const { actor } = call;
  if (actor.kind === 'service' || actor.kind === 'web-identity' || actor.kind === 'anonymous') {
    throw denied('The request has no AWS credentials.');
  }
  const arn = input.RoleArn ?? '';
  const refuse = (): never => {
    const message = `User: ${callerArn(actor)} is not authorized to perform: sts:AssumeRole on resource: ${arn}`;
    emitSession(call, [call.account], {
      name: 'AssumeRole',
      actor,
      parameters: null,
      response: null,
      error: ['AccessDenied', message],
    });
    throw denied(message);
  };
  const found = findRole(call.world, arn) ?? refuse();
  const tags = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key ?? '', Value ?? '']));
  const { assume, tagSession } = assumeRoleRequests({
    principalArn: actor.kind === 'role-session' ? actor.roleArn : callerArn(actor),
    account: actor.account,
    ...(input.ExternalId === undefined ? {} : { externalId: input.ExternalId }),
    ...(input.Tags === undefined ? {} : { tags }),
  });
  if (!trusts(found.role, tagSession === null ? [assume] : [assume, tagSession])) refuse();
  const seconds = input.DurationSeconds ?? 3600;
  checkRequest(input.RoleSessionName, seconds, found.role.maxSessionDuration);
  if (input.Policy !== undefined) checkSessionPolicy(input.Policy);
  const session = openSession(call, found, input.RoleSessionName ?? '', seconds, actor, input.Policy);
  emitSession(call, [call.account, found.account], {
    name: 'AssumeRole',
    actor,
    parameters: {
      roleArn: arn,
      roleSessionName: input.RoleSessionName,
      durationSeconds: seconds,
      ...(input.ExternalId === undefined ? {} : { externalId: input.ExternalId }),
    },
    response: answered(session),
    resources: resource(found.account, arn),
  });
  return { Credentials: session.credentials, AssumedRoleUser: session.assumedRoleUser };
}

/** The token as STS accepts it: a provider in the role's account, an audience of its list, not over. */
function checkToken(call: Call, account: AccountState | undefined, token: string | undefined) {
  const claims = readToken(token ?? '');
  if (claims === null)
    throw invalidToken(
      'The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)',
    );
  if (claims.exp * 1000 <= call.now.getTime())
    throw expiredToken(
      `Token expired: current date/time ${Math.floor(call.now.getTime() / 1000)} must be before the expiration date/time ${claims.exp}`,
    );
  const key = issuerKey(claims.iss);
  const provider = [...(account?.iam.visible().providers.values() ?? [])].find(
    ({ url }) => issuerKey(url) === key,
  );
  if (provider === undefined) {
    throw invalidToken(`No OpenIDConnect provider found in your account for ${claims.iss}`);
  }
  const audience = claims.aud.find((one) => provider.clientIds.includes(one));
  if (audience === undefined) throw invalidToken('Incorrect token audience');
  return { claims, provider, audience };
}

const ROLE_ACCOUNT = /^arn:[^:]+:iam::(\d{12}):role\//;

function assumeWithWebIdentity(call: Call, input: sts.AssumeRoleWithWebIdentityCommandInput) {
  const arn = input.RoleArn ?? '';
  const account = call.world.accounts.get(ROLE_ACCOUNT.exec(arn)?.[1] ?? '');
  const { claims, provider, audience } = checkToken(call, account, input.WebIdentityToken);
  const home = account ?? call.account;
  const actor = webIdentity(home, provider.arn, audience, claims);
  const request = webIdentityRequest({
    provider: provider.arn,
    issuerKey: issuerKey(claims.iss),
    subject: claims.sub,
    audience,
    roleArn: arn,
    region: call.region.name,
  });
  const seconds = input.DurationSeconds ?? 3600;
  const parameters = { roleArn: arn, roleSessionName: input.RoleSessionName, durationSeconds: seconds };
  const found = findRole(call.world, arn);
  if (found === null || !trusts(found.role, [request])) {
    const message = 'Not authorized to perform sts:AssumeRoleWithWebIdentity';
    emitSession(call, [home], {
      name: 'AssumeRoleWithWebIdentity',
      actor,
      parameters,
      response: null,
      error: ['AccessDenied', 'An unknown error occurred'],
    });
    throw denied(message);
  }
  checkRequest(input.RoleSessionName, seconds, found.role.maxSessionDuration);
  const session = openSession(call, found, input.RoleSessionName ?? '', seconds, actor);
  const given = { subjectFromWebIdentityToken: claims.sub, audience, provider: provider.arn };
  emitSession(call, [home], {
    name: 'AssumeRoleWithWebIdentity',
    actor,
    parameters,
    response: { ...answered(session), ...given },
    resources: resource(home, arn),
  });
  return {
    Credentials: session.credentials,
    AssumedRoleUser: session.assumedRoleUser,
    SubjectFromWebIdentityToken: claims.sub,
    Audience: audience,
    Provider: provider.arn,
  };
}

const webIdentity = (
  account: AccountState,
  provider: string,
  audience: string,
  claims: Claims,
): WebIdentity => ({
  kind: 'web-identity',
  account: account.id,
  provider,
  audience,
  subject: claims.sub,
  userAgent: 'aws-sdk-js/3 ua/2.1 os/linux lang/js',
  sourceIp: '198.51.100.7',
});

/** STS: who is calling, and sessions of roles, decided by the trust policy of the role. */
export const stsOperations: Operations<typeof sts> = {
  GetCallerIdentity: read(({ actor }) => {
    if (actor.kind === 'service' || actor.kind === 'web-identity' || actor.kind === 'anonymous') {
      throw denied('The request has no AWS credentials.');
    }
    return { UserId: callerId(actor), Account: actor.account, Arn: callerArn(actor) };
  }),
  AssumeRole: { kind: 'session', handle: assumeRole },
  AssumeRoleWithWebIdentity: { kind: 'session', handle: assumeWithWebIdentity },
};

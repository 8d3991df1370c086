import {
  AssumeRoleWithWebIdentityCommand,
  type AssumeRoleWithWebIdentityCommandOutput,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import type { AskSts, StsAnswer } from '../../probe/ports.ts';
import { failureReason } from '../failure-reason.ts';

/** Where STS's clients come from: `credentials` absent for calls that are not signed. */
export type StsClients = (
  region: string | null,
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken?: string },
) => STSClient;

/** STS over the network, configured as `clientConfigs` says. */
export function stsClients(configure: (account: string | null, region: string | null) => object): StsClients {
  return (region, credentials) =>
    new STSClient({ ...configure(null, region), ...(credentials === undefined ? {} : { credentials }) });
}

/** Seconds, the fewest that STS takes. */
const SHORTEST = 900;

/**
 * The session may do nothing. GetCallerIdentity answers all the same: no policy of IAM can deny it (STS API reference,
 * GetCallerIdentity).
 */
const NOTHING = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }],
});

/**
 * Asks STS for a role with a token, then whose credentials came of it. The call is not signed and needs no permission of
 * the caller; the credentials can do nothing, last fifteen minutes and are forgotten. Never rejects.
 */
export function askSts(clients: StsClients): AskSts {
  return async ({ token, roleArn, region }) => {
    const sts = clients(region);
    try {
      const answer = await sts.send(
        new AssumeRoleWithWebIdentityCommand({
          RoleArn: roleArn,
          RoleSessionName: 'podtrust-probe',
          WebIdentityToken: token,
          DurationSeconds: SHORTEST,
          Policy: NOTHING,
        }),
      );
      return await assumed(answer, clients, region);
    } catch (error) {
      return refusal(error, token);
    } finally {
      sts.destroy();
    }
  };
}

async function assumed(
  { Credentials: given, AssumedRoleUser }: AssumeRoleWithWebIdentityCommandOutput,
  clients: StsClients,
  region: string | null,
): Promise<StsAnswer> {
  const session = AssumedRoleUser?.Arn;
  const {
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
  } = given ?? {};
  if (session === undefined || !accessKeyId || !secretAccessKey || !sessionToken)
    return { kind: 'unanswered', why: 'malformed answer: no session or no credentials' };
  const sts = clients(region, { accessKeyId, secretAccessKey, sessionToken });
  try {
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    if (Arn === undefined) throw new Error('malformed answer: no ARN');
    return { kind: 'assumed', session, caller: Arn };
  } catch (error) {
    return { kind: 'assumed', session, caller: null, callerFailure: failureReason(error) };
  } finally {
    sts.destroy();
  }
}

/** Errors by which STS decides against token or role (STS API reference, AssumeRoleWithWebIdentity: Errors). */
const DECIDED: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'ExpiredToken',
  'ExpiredTokenException',
  'IDPRejectedClaim',
  'IDPRejectedClaimException',
  'InvalidIdentityToken',
  'InvalidIdentityTokenException',
]);

/** STS could not fetch the issuer's keys: another minute may see another answer (aws-sdk-rust, issue 827). */
const NO_KEYS = /retrieve verification key/i;

function refusal(error: unknown, token: string): StsAnswer {
  const why = withoutToken(failureReason(error), token);
  const code = error instanceof Error ? error.name : '';
  if (!DECIDED.has(code)) return { kind: 'unanswered', why: `${why}. ${ADVICE}` };
  if (NO_KEYS.test(why)) return { kind: 'unanswered', why: `${why}. ${UNPUBLISHED}` };
  const message = why.startsWith(`${code}: `) ? why.slice(code.length + 2) : '';
  return { kind: 'refused', code, message };
}

const ADVICE = 'Check the network, AWS_REGION and AWS_ENDPOINT_URL_STS, then repeat';
const UNPUBLISHED = 'The issuer must be reachable from the internet, with its keys; then repeat';

/** A service that repeats what it was sent must not make it appear here. */
function withoutToken(text: string, token: string): string {
  return token
    .split('.')
    .reduce((rest, part) => (part.length < 8 ? rest : rest.replaceAll(part, '[masked]')), text);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusalReason } from '../../../shared/triggers/refusal-message.ts';

const USER = 'User: arn:aws:sts::111122223333:assumed-role/r/s is not authorized to perform:';

describe('the message of a refusal', () => {
  it.each([
    [
      `${USER} iam:CreateRole on resource: arn:aws:iam::111122223333:role/x because no identity-based policy allows the iam:CreateRole action`,
      { action: 'iam:CreateRole', policy: 'identity-based', explicitDeny: false },
    ],
    [
      `${USER} codecommit:ListRepositories because no service control policy allows the codecommit:ListRepositories action`,
      { action: 'codecommit:ListRepositories', policy: 'service-control', explicitDeny: false },
    ],
    [
      `${USER} codecommit:ListDeployments because no VPC endpoint policy allows the codecommit:ListDeployments action`,
      { action: 'codecommit:ListDeployments', policy: 'vpc-endpoint', explicitDeny: false },
    ],
    [
      `${USER} codedeploy:ListDeployments because no permissions boundary allows the codedeploy:ListDeployments action`,
      { action: 'codedeploy:ListDeployments', policy: 'permissions-boundary', explicitDeny: false },
    ],
    [
      `${USER} secretsmanager:GetSecretValue on resource: x because no resource-based policy allows the secretsmanager:GetSecretValue action`,
      { action: 'secretsmanager:GetSecretValue', policy: 'resource-based', explicitDeny: false },
    ],
    [
      `${USER} sts:AssumeRole because no role trust policy allows the sts:AssumeRole action`,
      { action: 'sts:AssumeRole', policy: 'role-trust', explicitDeny: false },
    ],
    [
      `${USER} codecommit:ListRepositories with an explicit deny in an identity-based policy`,
      { action: 'codecommit:ListRepositories', policy: 'identity-based', explicitDeny: true },
    ],
    [
      `${USER} s3:GetBucketAcl with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o-1/p-1`,
      { action: 's3:GetBucketAcl', policy: 'service-control', explicitDeny: true },
    ],
    [
      `${USER} s3:ListBucket with an explicit deny in a session policy`,
      { action: 's3:ListBucket', policy: 'session', explicitDeny: true },
    ],
    [`${USER} kms:Decrypt on the resource`, { action: 'kms:Decrypt' }],
    [`${USER} s3:Get* because`, {}],
    ['Access Denied', {}],
    ['because no such policy allows', {}],
    [undefined, {}],
  ])('%s', (message, expected) => {
    expect(refusalReason(message)).toEqual(expected);
  });

  it('is not led astray by what is in the name of a resource', () => {
    const name = 'because no session policy allows with an explicit deny in a session policy';
    expect(
      refusalReason(`${USER} s3:ListBucket on resource: ${name} because no identity-based policy allows it`),
    ).toMatchObject({ policy: 'identity-based', explicitDeny: false });
  });

  it('gives nothing but an action and a kind, whatever it says', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        const { action = 'a:B', ...reason } = refusalReason(`${USER} ${text}`);
        expect(action).toMatch(/^[a-z0-9-]+:[A-Za-z0-9]+$/);
        expect(Object.keys(reason).every((key) => key === 'policy' || key === 'explicitDeny')).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});

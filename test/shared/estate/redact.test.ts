import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MASK, redact, redactAll } from '../../../shared/estate/redact.ts';

const SECRET_KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const SESSION_TOKEN = `IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJ${'aB3+xY/9Qz'.repeat(12)}==`;
const JWT =
  'eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJzeXN0ZW06c2VydmljZWFjY291bnQ6YTpiIn0.c2lnbmF0dXJl-_x';

describe('redact masks', () => {
  it.each([
    ['an access key id', 'AKIAIOSFODNN7EXAMPLE'],
    ['a temporary access key id', 'ASIAIOSFODNN7EXAMPLE'],
    ['a secret access key', SECRET_KEY],
    ['a session token', SESSION_TOKEN],
    ['a ServiceAccount token', JWT],
    ['a token for an EKS API server', 'k8s-aws-v1.aHR0cHM6Ly9zdHMuYW1hem9uYXdzLmNvbS8_QWN0aW9u'],
    ['a private key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----'],
    ['a GitHub token', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'],
  ])('%s, alone, in quotes, in a sentence and after a label', (_, secret) => {
    for (const text of [
      secret,
      `"${secret}"`,
      `it was ${secret}, he said`,
      `VALUE=${secret}`,
      `{"x":"${secret}"}`,
    ]) {
      const masked = redact(text);
      expect(masked).not.toContain(secret);
      expect(masked).toContain(MASK);
    }
  });

  it.each([
    ['aws_secret_access_key = hunter2hunter2', 'hunter2hunter2'],
    ['"SecretAccessKey": "abc/def+ghi"', 'abc/def+ghi'],
    ['X-Amz-Security-Token=FwoGZX&X-Amz-Signature=abcdef', 'FwoGZX'],
    ['Authorization: Bearer abcdefgh.ijkl', 'abcdefgh.ijkl'],
    ['password=correct-horse', 'correct-horse'],
    [`secret:${SECRET_KEY}`, SECRET_KEY],
    [`AKIAIOSFODNN7EXAMPLE:${SECRET_KEY}`, SECRET_KEY],
    [`AKIAIOSFODNN7EXAMPLE/${SECRET_KEY}`, SECRET_KEY],
  ])('the value in %s', (text, secret) => {
    expect(redact(text)).not.toContain(secret);
  });
});

describe('redact leaves', () => {
  it.each([
    'AROAIOSFODNN7EXAMPLE',
    'AIDAIOSFODNN7EXAMPLE',
    'arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE',
    'oidc.eks.eu-west-1.amazonaws.com/id/A539D4633E53DE1B71E53DE1B71A539D46:sub',
    'oidc-eks.eu-west-1.api.aws/id/0123456789ABCDEF0123456789ABCDEF:aud',
    '9e99a48a9960b14926bb7f3b02e22da2b0ab7280',
    'da39a3ee5e6b4b0d3255bfef95601890afd80709',
    'arn:aws:secretsmanager:eu-west-1:111122223333:secret:shop/database-Ab12Cd',
    'arn:aws:s3:::bucket/AWSLogs/111122223333/CloudTrail/eu-west-1/2026',
    '"secretsmanager:GetSecretValue","kms:Decrypt","sts:TagSession"',
    'system:serviceaccount:external-secrets:external-secrets',
    '{"aws:RequestTag/password":["x"]}',
    'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef',
    'arn:aws:iam::111122223333:role/Team1Prod2Service3Role4ABcdEF5ghIJ6klMN7',
    'The security token included in the request is invalid',
    'User is not authorized to perform: secretsmanager:GetSecretValue',
  ])('%s as it is', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('random 40-character strings of hexadecimal digits, as commit ids are', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 40, maxLength: 40 }),
        (id) => {
          expect(redact(id)).toBe(id);
        },
      ),
    );
  });
});

it('masks 40 random characters of base64 nearly always', () => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const keys = fc.sample(fc.string({ unit: fc.constantFrom(...alphabet), minLength: 40, maxLength: 40 }), {
    numRuns: 2000,
    seed: 7,
  });
  // fast-check likes repetition; a real key has next to none.
  const real = keys.filter((key) => new Set(key).size >= 20);
  const missed = real.filter((key) => redact(`key ${key}`).includes(key));
  expect(real.length).toBeGreaterThan(500);
  expect(missed.length / real.length).toBeLessThan(0.005);
});

it('changes nothing when it is done twice', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string(),
          fc.constantFrom(SECRET_KEY, JWT, 'AKIAIOSFODNN7EXAMPLE', 'password=', 'abcdefgh'),
        ),
      ),
      (parts) => {
        const once = redact(parts.join(' '));
        expect(redact(once)).toBe(once);
      },
    ),
  );
});

it('masks the value of a tag whose key says that it is a secret, and of no other', () => {
  expect(
    redactAll({
      tags: {
        'db-password': 'tiny',
        api_key: 'k',
        team: 'shop',
        'eks.amazonaws.com/token-expiration': '3600',
      },
      name: 'password',
    }),
  ).toEqual({
    tags: { 'db-password': MASK, api_key: MASK, team: 'shop', 'eks.amazonaws.com/token-expiration': '3600' },
    name: 'password',
  });
});

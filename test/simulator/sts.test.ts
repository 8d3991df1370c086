import { CreateOpenIDConnectProviderCommand, CreateRoleCommand, GetRoleCommand } from '@aws-sdk/client-iam';
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { beforeEach, describe, expect, it } from 'vitest';
import type { CloudTrailRecord } from '../../simulator/records/record.ts';
import { createSimulation, type Simulation } from '../../simulator/simulation.ts';
import { testToken } from '../../simulator/sts/token.ts';

const HUB = '111122223333';
const MEMBER = '444455556666';
const ISSUER = 'oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF';
const PROVIDER = `arn:aws:iam::${MEMBER}:oidc-provider/${ISSUER}`;
const APP = `arn:aws:iam::${MEMBER}:role/app`;
const document = (statement: object): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });

describe('simulated STS', () => {
  let simulation: Simulation;
  let records: CloudTrailRecord[];
  const hub = () => simulation.as(HUB, `arn:aws:iam::${HUB}:role/podtrust`);

  beforeEach(async () => {
    simulation = createSimulation({
      now: '2026-11-22T09:00:00Z',
      accounts: [
        { id: HUB, regions: ['eu-west-1'] },
        { id: MEMBER, regions: ['eu-west-1'] },
      ],
    });
    const iam = simulation.clients({ account: MEMBER })('iam', null, null);
    const readTrust = document({
      Principal: { AWS: `arn:aws:iam::${HUB}:root` },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': 'sesame' } },
    });
    await iam.send(new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: readTrust }));
    const appTrust = document({
      Principal: { Federated: PROVIDER },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringLike: { [`${ISSUER}:sub`]: 'system:serviceaccount:shop:*' } },
    });
    await iam.send(new CreateRoleCommand({ RoleName: 'app', AssumeRolePolicyDocument: appTrust }));
    records = [];
    simulation.onRecord((record) => records.push(record));
  });

  const assume = (ExternalId?: string) =>
    hub()('sts', null, 'eu-west-1').send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${MEMBER}:role/reader`,
        RoleSessionName: 'audit',
        ...(ExternalId === undefined ? {} : { ExternalId }),
      }),
    );

  it('lets a role be assumed as its trust policy says, and its credentials act as it until they end', async () => {
    await expect(assume()).rejects.toMatchObject({ name: 'AccessDenied' });
    const { Credentials } = await assume('sesame');
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
    };
    const sts = simulation.attach('sts', new STSClient({ region: 'eu-west-1', credentials }));
    const whoAmI = () => sts.send(new GetCallerIdentityCommand({}));
    expect(await whoAmI()).toMatchObject({ Arn: `arn:aws:sts::${MEMBER}:assumed-role/reader/audit` });
    simulation.clock.advance(3600);
    await expect(whoAmI()).rejects.toMatchObject({ name: 'ExpiredTokenException' });
  });

  it('records a cross-account session in both accounts, tied together, and never its credentials', async () => {
    const { Credentials } = await assume('sesame');
    expect(records.map(({ recipientAccountId, eventName }) => [recipientAccountId, eventName])).toEqual([
      [HUB, 'AssumeRole'],
      [MEMBER, 'AssumeRole'],
    ]);
    expect(new Set(records.map(({ sharedEventID }) => sharedEventID)).size).toBe(1);
    expect(records[0]?.sharedEventID).toBeDefined();
    expect(records.every(({ readOnly }) => readOnly)).toBe(true);
    expect(JSON.stringify(records)).not.toContain(`"${Credentials?.SecretAccessKey}"`);
  });

  it('shows the last use of a role hours later', async () => {
    const iam = simulation.clients({ account: MEMBER })('iam', null, null);
    const lastUsed = async () =>
      (await iam.send(new GetRoleCommand({ RoleName: 'reader' }))).Role?.RoleLastUsed;
    await assume('sesame');
    expect(await lastUsed()).toEqual({});
    simulation.clock.advance(4 * 3600);
    expect(await lastUsed()).toEqual({ LastUsedDate: new Date('2026-11-22T09:00:00Z'), Region: 'eu-west-1' });
  });

  describe('web identities', () => {
    const token = (more: { audience?: string; subject?: string; expires?: string } = {}) =>
      testToken({
        issuer: `https://${ISSUER}`,
        subject: more.subject ?? 'system:serviceaccount:shop:cart',
        ...(more.audience === undefined ? {} : { audience: more.audience }),
        expires: new Date(more.expires ?? '2026-11-22T10:00:00Z'),
      });
    const enter = (WebIdentityToken: string) => {
      const sts = simulation.attach('sts', new STSClient({ region: 'eu-west-1' }));
      return sts.send(
        new AssumeRoleWithWebIdentityCommand({ RoleArn: APP, RoleSessionName: 'pod', WebIdentityToken }),
      );
    };
    const addProvider = (ClientIDList: string[]) =>
      simulation
        .clients({ account: MEMBER })('iam', null, null)
        .send(new CreateOpenIDConnectProviderCommand({ Url: `https://${ISSUER}`, ClientIDList }));

    it('get in with provider, audience and subject, without AWS credentials', async () => {
      await addProvider(['sts.amazonaws.com']);
      records = [];
      expect(await enter(token())).toMatchObject({
        SubjectFromWebIdentityToken: 'system:serviceaccount:shop:cart',
        Provider: PROVIDER,
        Audience: 'sts.amazonaws.com',
      });
      expect(records).toMatchObject([
        {
          eventName: 'AssumeRoleWithWebIdentity',
          recipientAccountId: MEMBER,
          userIdentity: {
            type: 'WebIdentityUser',
            principalId: `${PROVIDER}:sts.amazonaws.com:system:serviceaccount:shop:cart`,
            userName: 'system:serviceaccount:shop:cart',
            identityProvider: PROVIDER,
          },
        },
      ]);
    });

    it.each([
      ['no provider in the account', null, {}, 'InvalidIdentityTokenException'],
      ['a provider that does not know the audience', ['vault'], {}, 'InvalidIdentityTokenException'],
      [
        'a token that is over',
        ['sts.amazonaws.com'],
        { expires: '2026-11-22T09:00:00Z' },
        'ExpiredTokenException',
      ],
    ] as const)('stay out with %s, and CloudTrail hears nothing', async (_, clientIds, more, name) => {
      if (clientIds !== null) await addProvider([...clientIds]);
      records = [];
      await expect(enter(token(more))).rejects.toMatchObject({ name });
      expect(records).toEqual([]);
    });

    it('stay out when the trust policy says no, with a record that says AccessDenied', async () => {
      await addProvider(['sts.amazonaws.com']);
      records = [];
      await expect(enter(token({ subject: 'system:serviceaccount:dev:cart' }))).rejects.toMatchObject({
        name: 'AccessDenied',
      });
      expect(records).toMatchObject([
        { errorCode: 'AccessDenied', userIdentity: { userName: 'system:serviceaccount:dev:cart' } },
      ]);
    });

    it.each(['', 'a.b.c', 'no token'])('stay out with %o for a token', async (text) => {
      await expect(enter(text)).rejects.toMatchObject({ name: 'InvalidIdentityTokenException' });
    });
  });
});

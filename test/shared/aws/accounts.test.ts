import { describe, expect, it } from 'vitest';
import { type Clients, cached } from '../../../shared/aws/clients.ts';
import { collect } from '../../../shared/aws/collect.ts';
import { AssumeRoleError } from '../../../shared/aws/errors.ts';
import { ID, stubAccount } from '../../support/stub-account.ts';
import { type StubCall, type StubService, stubClients, wireError } from '../../support/stub-aws.ts';

const now = () => new Date('2026-11-22T12:00:00Z');
const OTHER = '444455556666';

/** Each account answers with its own id, in a partition of choice. */
const organization =
  (partition = 'aws'): StubService =>
  (call) => {
    if (call.operation !== 'GetCallerIdentity') return stubAccount(call);
    const id = call.account ?? ID;
    return { Account: id, Arn: `arn:${partition}:sts::${id}:assumed-role/r/s`, UserId: 'AROA:s' };
  };

describe('further accounts', () => {
  it('are read through their read role, each with its own credentials', async () => {
    const calls: StubCall[] = [];
    const snapshot = await collect({
      clients: stubClients(organization(), calls),
      accounts: [OTHER, OTHER, ID],
      now,
    });
    expect(snapshot.accounts.map(({ id }) => id)).toEqual([ID, OTHER]);
    expect(snapshot.accounts[1]?.roles).toHaveLength(2);
    expect(calls.filter(({ account }) => account === OTHER).length).toBe(
      calls.filter(({ account }) => account === null).length,
    );
  });

  it('are read alone when the caller’s own account is not wanted', async () => {
    const snapshot = await collect({
      clients: stubClients(organization()),
      accounts: [OTHER],
      ownAccount: false,
      now,
    });
    expect(snapshot.accounts.map(({ id }) => id)).toEqual([OTHER]);
  });

  it('become one gap when their role cannot be assumed', async () => {
    const clients = stubClients(organization());
    const role = `arn:aws:iam::${OTHER}:role/podtrust-read`;
    const closed: Clients = (kind, account, region) => {
      if (account === OTHER) throw new AssumeRoleError(role, new Error('AccessDenied'));
      return clients(kind, account, region);
    };
    const snapshot = await collect({ clients: closed, accounts: [OTHER], now });
    expect(snapshot.accounts[0]?.roles).toHaveLength(2);
    expect(snapshot.accounts[1]).toEqual({ id: OTHER, partition: 'aws' });
    expect(snapshot.coverage).toEqual([
      {
        account: OTHER,
        read: 'sts:AssumeRole',
        reason: expect.stringContaining(`${role} could not be assumed`),
      },
    ]);
  });

  it('become one gap when the credentials are those of another account', async () => {
    const clients = stubClients(organization());
    const mixed = cached((kind, account, region) =>
      clients(kind, account === OTHER ? '777788889999' : account, region),
    );
    const { coverage } = await collect({ clients: mixed, accounts: [OTHER], now });
    expect(coverage).toEqual([
      {
        account: OTHER,
        read: 'sts:GetCallerIdentity',
        reason: 'the credentials are those of account 777788889999',
      },
    ]);
  });

  it('are refused when they are no account ids, before anything is asked', async () => {
    const calls: StubCall[] = [];
    await expect(
      collect({ clients: stubClients(organization(), calls), accounts: ['prod'], now }),
    ).rejects.toThrow(/"prod" is not an AWS account id: account ids are 12 digits/);
    expect(calls).toEqual([]);
  });
});

it.each([
  ['aws', 'us-east-1', 17],
  ['aws-cn', 'cn-north-1', 2],
  ['aws-us-gov', 'us-gov-west-1', 2],
  ['aws-eusc', 'eusc-de-east-1', 1],
  ['aws-iso', 'us-iso-east-1', 2],
  ['aws-iso-b', 'us-isob-east-1', 2],
  ['aws-iso-e', 'eu-isoe-west-1', 1],
  ['aws-iso-f', 'us-isof-south-1', 2],
])(
  'asks IAM of partition %s in %s, and falls back to its own regions',
  async (partition, iamRegion, regions) => {
    const calls: StubCall[] = [];
    const closed: StubService = (call) =>
      call.operation === 'ListRegions'
        ? wireError('account', 403, 'AccessDenied', 'no')
        : organization(partition)(call);
    const snapshot = await collect({ clients: stubClients(closed, calls), now });
    expect(snapshot.accounts[0]).toMatchObject({ partition });
    expect(snapshot.accounts[0]?.regions).toHaveLength(regions);
    expect(new Set(calls.filter(({ service }) => service === 'iam').map(({ region }) => region))).toEqual(
      new Set([iamRegion]),
    );
  },
);

describe('the caller', () => {
  const failing = (service: StubService, operation = 'GetCallerIdentity') =>
    collect({
      clients: stubClients((call) => (call.operation === operation ? service(call) : stubAccount(call))),
      now,
    });
  const thrown =
    (error: Error): StubService =>
    () => {
      throw error;
    };
  const named = (name: string, message: string) => Object.assign(new Error(message), { name });

  it.each<[string, StubService, string, RegExp]>([
    [
      'without credentials',
      thrown(named('CredentialsProviderError', 'Could not load credentials from any providers')),
      'NoCredentialsError',
      /aws sso login.*--profile/,
    ],
    [
      'whose single sign-on session is over',
      thrown(named('CredentialsProviderError', 'The SSO session associated with this profile has expired.')),
      'ExpiredCredentialsError',
      /Sign in again/,
    ],
    [
      'whose session token is over',
      (call) =>
        wireError(call.service, 403, 'ExpiredToken', 'The security token included in the request is expired'),
      'ExpiredCredentialsError',
      /Sign in again/,
    ],
    [
      'whose key is unknown',
      (call) =>
        wireError(
          call.service,
          403,
          'InvalidClientTokenId',
          'The security token included in the request is invalid',
        ),
      'RefusedCredentialsError',
      /AWS_REGION names a region of their partition/,
    ],
    [
      'who has no network',
      thrown(Object.assign(new Error('getaddrinfo ENOTFOUND sts'), { code: 'ENOTFOUND' })),
      'UnreachableError',
      /ENOTFOUND.*AWS_ENDPOINT_URL/,
    ],
    [
      'whose endpoint is something else',
      () => ({ wire: { status: 200, body: '<html></html>' } }),
      'UnreachableError',
      /could not be reached/,
    ],
  ])('%s is told so, and what to do', async (_, service, name, message) => {
    const error: unknown = await failing(service).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name, cause: expect.any(Error) });
    expect((error as Error).message).toMatch(message);
  });

  it('who may read nothing at all is told so, and what to grant', async () => {
    const denied = stubClients((call) =>
      call.operation === 'GetCallerIdentity' || call.operation === 'ListRegions'
        ? stubAccount(call)
        : wireError(call.service, 403, 'AccessDenied', `not authorized to perform: ${call.operation}`),
    );
    await expect(collect({ clients: denied, now })).rejects.toMatchObject({
      name: 'NothingReadableError',
      message: expect.stringMatching(
        /all reads failed.*AccessDenied: not authorized to perform.*podtrust permissions/,
      ),
    });
  });

  it('whose credentials do not count in one region loses that region alone', async () => {
    const snapshot = await collect({
      clients: stubClients((call) =>
        call.service === 'eks' && call.region === 'eu-north-1'
          ? wireError(
              'eks',
              403,
              'UnrecognizedClientException',
              'The security token included in the request is invalid.',
            )
          : stubAccount(call),
      ),
      now,
    });
    expect(snapshot.accounts[0]?.regions?.[0]).toEqual({ name: 'eu-north-1' });
    expect(snapshot.accounts[0]?.regions?.[1]?.clusters).toHaveLength(2);
    expect(snapshot.coverage).toMatchObject([{ region: 'eu-north-1', read: 'eks:ListClusters' }]);
  });
});

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ListRegionsCommand } from '@aws-sdk/client-account';
import { DescribeTrailsCommand } from '@aws-sdk/client-cloudtrail';
import { ListClustersCommand } from '@aws-sdk/client-eks';
import { GetAccountSummaryCommand } from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import manifest from '../../../package.json' with { type: 'json' };
import { type Clients, createClients } from '../../../shared/aws/clients.ts';

const seen: { url: string; headers: IncomingMessage['headers']; body: string }[] = [];
let answer: (body: string) => { status: number; body: string } = () => ({ status: 400, body: '{}' });
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    seen.push({ url: request.url ?? '', headers: request.headers, body });
    const given = answer(body);
    response.writeHead(given.status, { 'content-type': 'text/xml' }).end(given.body);
  });
});
let endpoint = '';
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.closeAllConnections());
beforeEach(() => {
  seen.length = 0;
  answer = () => ({ status: 400, body: '{}' });
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDOWN');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
});
afterEach(() => vi.unstubAllEnvs());

const CALLS: Record<string, (clients: Clients, account?: string) => Promise<unknown>> = {
  ACCOUNT: (clients) => clients('account', null, 'us-east-1').send(new ListRegionsCommand({})),
  CLOUDTRAIL: (clients) => clients('cloudtrail', null, 'eu-west-1').send(new DescribeTrailsCommand({})),
  EKS: (clients) => clients('eks', null, 'eu-west-1').send(new ListClustersCommand({})),
  IAM: (clients) => clients('iam', null, 'us-east-1').send(new GetAccountSummaryCommand({})),
  STS: (clients, account) => clients('sts', account ?? null, null).send(new GetCallerIdentityCommand({})),
};

it('needs no region in the environment where it is told one', async () => {
  vi.stubEnv('AWS_REGION', undefined);
  vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
  await CALLS['EKS']?.(createClients({ region: 'eu-west-1' })).catch(() => undefined);
  expect(seen).toHaveLength(1);
});

it('looks up once what the environment says of all clients, and each client heeds it', async () => {
  vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true');
  vi.stubEnv('AWS_USE_DUALSTACK_ENDPOINT', 'true');
  const clients = createClients();
  const configs = [clients('eks', null, 'eu-west-1').config, clients('iam', null, 'us-east-1').config];
  for (const { useFipsEndpoint, useDualstackEndpoint } of configs)
    expect([await useFipsEndpoint(), await useDualstackEndpoint()]).toEqual([true, true]);
  vi.stubEnv('AWS_USE_FIPS_ENDPOINT', undefined);
  expect(await clients('eks', null, 'eu-west-3').config.useFipsEndpoint()).toBe(true);
  expect(await createClients()('eks', null, 'eu-west-1').config.useFipsEndpoint()).toBe(false);
});

describe.each(Object.entries(CALLS))('the %s client', (service, send) => {
  it.each(['AWS_ENDPOINT_URL', `AWS_ENDPOINT_URL_${service}`])('goes where %s says', async (variable) => {
    vi.stubEnv(variable, endpoint);
    await send(createClients()).catch(() => undefined);
    expect(seen).toHaveLength(1);
  });

  it('names podtrust and its version in the user agent', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    await send(createClients()).catch(() => undefined);
    expect(seen[0]?.headers['user-agent']).toContain(`podtrust/${manifest.version}`);
  });

  it('tries again when it is throttled, as often as it may', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    answer = () => ({ status: 503, body: '' });
    await expect(send(createClients({ maxAttempts: 2 }))).rejects.toThrow();
    expect(seen).toHaveLength(2);
  });
});

it('makes one client for the same arguments', () => {
  const clients = createClients();
  expect(clients('eks', null, 'eu-west-1')).toBe(clients('eks', null, 'eu-west-1'));
  expect(clients('eks', null, 'eu-west-1')).not.toBe(clients('eks', null, 'eu-west-2'));
  expect(clients('eks', null, 'eu-west-1')).not.toBe(clients('eks', '111122223333', 'eu-west-1'));
});

describe('the region of the first call', () => {
  const regionOf = (options = {}) => createClients(options)('sts', null, null).config.region();
  it('is the one in the options before all', async () => {
    expect(await regionOf({ region: 'cn-north-1' })).toBe('cn-north-1');
  });
  it('is AWS_REGION, then AWS_DEFAULT_REGION', async () => {
    vi.stubEnv('AWS_DEFAULT_REGION', 'sa-east-1');
    expect(await regionOf()).toBe('eu-central-1');
    vi.stubEnv('AWS_REGION', undefined);
    expect(await regionOf()).toBe('sa-east-1');
  });
  it('is us-east-1 where nothing names one', async () => {
    vi.stubEnv('AWS_REGION', undefined);
    vi.stubEnv('AWS_DEFAULT_REGION', undefined);
    expect(await regionOf()).toBe('us-east-1');
  });
});

describe('the read role of another account', () => {
  const credentials = (expires: number) => `<AssumeRoleResponse><AssumeRoleResult><Credentials>
    <AccessKeyId>ASIDROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>role-token</SessionToken>
    <Expiration>${new Date(Date.now() + expires).toISOString()}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`;
  const identity =
    '<GetCallerIdentityResponse><GetCallerIdentityResult><Account>444455556666</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';
  const roleCalls = () => seen.filter(({ body }) => body.includes('Action=AssumeRole'));
  const serve = (expires: number) => {
    answer = (body) => ({
      status: 200,
      body: body.includes('Action=AssumeRole') ? credentials(expires) : identity,
    });
  };

  it('is assumed once for all clients of the account, with the external id, and its credentials are used', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    vi.stubEnv('AWS_REGION', 'cn-northwest-1');
    serve(3_600_000);
    const clients = createClients({ readRole: 'audit/reader', externalId: 'x-1' });
    await CALLS['STS']!(clients, '444455556666');
    await clients('iam', '444455556666', 'cn-north-1').send(new GetAccountSummaryCommand({}));
    expect(roleCalls()).toHaveLength(1);
    const asked = new URLSearchParams(roleCalls()[0]?.body);
    expect(asked.get('RoleArn')).toBe('arn:aws-cn:iam::444455556666:role/audit/reader');
    expect(asked.get('ExternalId')).toBe('x-1');
    expect(seen.at(-1)?.headers['x-amz-security-token']).toBe('role-token');
    expect(seen[0]?.headers['x-amz-security-token']).toBeUndefined();
  });

  it('is assumed again before its credentials end', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    serve(60_000);
    const clients = createClients();
    await CALLS['STS']!(clients, '444455556666');
    await CALLS['STS']!(clients, '444455556666');
    expect(roleCalls().length).toBeGreaterThan(1);
  });

  it('that cannot be assumed is named by its ARN, with the reason', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', endpoint);
    answer = () => ({
      status: 403,
      body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::1:user/me is not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>',
    });
    await expect(CALLS['STS']!(createClients(), '444455556666')).rejects.toMatchObject({
      name: 'AssumeRoleError',
      roleArn: 'arn:aws:iam::444455556666:role/podtrust-read',
      message: expect.stringMatching(
        /could not be assumed: AccessDenied.*not authorized to perform: sts:AssumeRole/,
      ),
    });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateClusterCommand } from '@aws-sdk/client-eks';
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMoto } from '../../scripts/emulators/moto.ts';
import type { EmulatorServer } from '../../scripts/emulators/server.ts';
import { createClients } from '../../shared/aws/clients.ts';
import { probeSchema } from '../../shared/probe/report.ts';
import { runCli } from '../support/run-cli.ts';
import { secretsOf, testIssuer } from '../support/tokens.ts';

const REGION = 'eu-west-1';
const folder = mkdtempSync(join(tmpdir(), 'podtrust-probe-'));
const now = new Date();
let moto: EmulatorServer;
let token: string;

beforeAll(async () => {
  moto = await startMoto();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  });
  const clients = createClients();
  const { cluster } = await clients('eks', null, REGION).send(
    new CreateClusterCommand({
      name: 'shop',
      roleArn: 'arn:aws:iam::123456789012:role/cluster',
      resourcesVpcConfig: { subnetIds: [] },
    }),
  );
  const url = cluster?.identity?.oidc?.issuer ?? '';
  const key = url.replace('https://', '');
  const iam = clients('iam', null, null);
  const ClientIDList = ['sts.amazonaws.com'];
  await iam.send(new CreateOpenIDConnectProviderCommand({ Url: url, ClientIDList, ThumbprintList: [] }));
  for (const name of ['checkout', 'cart']) {
    const statement = {
      Effect: 'Allow',
      Principal: { Federated: `arn:aws:iam::123456789012:oidc-provider/${key}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: {
          [`${key}:sub`]: `system:serviceaccount:shop:${name}`,
          [`${key}:aud`]: 'sts.amazonaws.com',
        },
      },
    };
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
    await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }));
  }
  const issuer = await testIssuer(now);
  writeFileSync(join(folder, 'jwks.json'), issuer.jwks);
  token = await issuer.sign({ claims: { iss: url } });
});

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await moto?.close();
});

/** Live: the account is read for what is foretold, and STS is asked. */
async function probe(role: string) {
  const argv = ['probe', '--token', '-', '--jwks', join(folder, 'jwks.json'), '--regions', REGION];
  const { code, out, err } = await runCli([...argv, '--cluster', 'shop', '--role', role, '-o', 'json'], {
    input: token,
    now: () => now,
  });
  for (const secret of secretsOf(token)) expect(out + err).not.toContain(secret);
  return { code, ...probeSchema.parse(JSON.parse(out)) };
}

it('foretells from the live account what STS then says', async () => {
  expect(await probe('checkout')).toMatchObject({
    code: 0,
    verdict: 'works',
    question: { expectedRole: 'arn:aws:iam::123456789012:role/checkout' },
    foretold: { outcome: 'accepted' },
    sts: { outcome: 'assumed', session: expect.stringContaining(':assumed-role/checkout/podtrust-probe') },
    differences: [],
  });
});

it('points out that this STS accepts what the trust policy refuses: moto looks at none', async () => {
  expect(await probe('cart')).toMatchObject({
    foretold: { outcome: 'refused' },
    sts: { outcome: 'assumed' },
    differences: [expect.stringMatching(/STS accepted what should be refused/)],
  });
});

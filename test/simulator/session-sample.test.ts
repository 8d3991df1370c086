import { CreateClusterCommand, DescribeClusterCommand } from '@aws-sdk/client-eks';
import { CreateOpenIDConnectProviderCommand, CreateRoleCommand } from '@aws-sdk/client-iam';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, it } from 'vitest';
import { audit } from '../../shared/audit/audit.ts';
import { collect } from '../../shared/aws/collect.ts';
import { defaultConfig } from '../../shared/config/config.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import { sha256 } from '../../shared/lambda/hash.ts';
import { createSimulation } from '../../simulator/simulation.ts';
import { testToken } from '../../simulator/sts/token.ts';

const HUB = '111122223333';
const REGION = 'eu-west-1';
const CHECKOUT = `arn:aws:iam::${HUB}:role/checkout`;

it('what the simulated CloudTrail has of pods explains itself, and the sample leaves open whether there is more', async () => {
  const simulation = createSimulation({
    now: '2026-11-22T09:00:00Z',
    accounts: [{ id: HUB, regions: [REGION] }],
  });
  const clients = simulation.clients({ account: HUB });
  const eks = clients('eks', null, REGION);
  const iam = clients('iam', null, null);
  const statement = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement });
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'control-plane',
      AssumeRolePolicyDocument: statement({
        Effect: 'Allow',
        Principal: { Service: 'eks.amazonaws.com' },
        Action: 'sts:AssumeRole',
      }),
    }),
  );
  await eks.send(
    new CreateClusterCommand({
      name: 'shop',
      roleArn: `arn:aws:iam::${HUB}:role/control-plane`,
      resourcesVpcConfig: {},
    }),
  );
  simulation.clock.advance(3600);
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'shop' }));
  const issuer = cluster?.identity?.oidc?.issuer ?? '';
  const host = issuer.replace('https://', '');
  await iam.send(
    new CreateOpenIDConnectProviderCommand({ Url: issuer, ClientIDList: ['sts.amazonaws.com'] }),
  );
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'checkout',
      AssumeRolePolicyDocument: statement({
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${HUB}:oidc-provider/${host}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            [`${host}:sub`]: 'system:serviceaccount:shop:checkout',
            [`${host}:aud`]: 'sts.amazonaws.com',
          },
        },
      }),
    }),
  );
  simulation.clock.advance(3600);
  const enter = (serviceAccount: string) =>
    simulation.attach('sts', new STSClient({ region: REGION })).send(
      new AssumeRoleWithWebIdentityCommand({
        RoleArn: CHECKOUT,
        RoleSessionName: 'pod',
        WebIdentityToken: testToken({
          issuer,
          subject: `system:serviceaccount:shop:${serviceAccount}`,
          expires: new Date('2026-11-23T09:00:00Z'),
        }),
      }),
    );
  await enter('checkout');
  await expect(enter('worker')).rejects.toMatchObject({ name: 'AccessDenied' });
  // CloudTrail shows an event after minutes.
  simulation.clock.advance(1800);

  const now = () => simulation.clock.now();
  const snapshot = await collect({
    clients,
    regions: [REGION],
    now,
    sessions: {
      from: 'sample',
      seconds: 600,
      sleep: async (milliseconds) => simulation.clock.advance(milliseconds / 1000),
    },
  });
  expect(snapshot.accounts[0]?.observed).toMatchObject({
    denials: {
      source: 'cloudtrail-sample',
      complete: false,
      webIdentity: [{ role: CHECKOUT, issuer: host, subject: 'system:serviceaccount:shop:worker' }],
    },
    sessions: { seen: [{ role: CHECKOUT, subject: 'system:serviceaccount:shop:checkout' }] },
  });
  const rule = 'no-denied-web-identity';
  const { findings, coverage } = audit(buildEstate(snapshot), {
    config: defaultConfig,
    hash: sha256,
    rules: [rule],
  });
  expect(findings).toMatchObject([{ rule, severity: 'low', role: CHECKOUT, serviceAccount: 'worker' }]);
  expect(JSON.stringify(coverage)).toContain("a sample of CloudTrail's event history");
});

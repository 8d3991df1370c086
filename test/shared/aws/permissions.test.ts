import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  causePermissions,
  furtherAccountPermissions,
  kubernetesPermissions,
  organizationPermissions,
  readPermissions,
} from '../../../shared/aws/permissions.ts';
import { WITHOUT_PERMISSION } from '../../../shared/aws/probe/permissions.ts';

const SERVICES: Record<string, string> = {
  iam: 'iam',
  eks: 'eks',
  sts: 'sts',
  cloudtrail: 'cloudtrail',
  account: 'account',
  ec2: 'ec2',
  organizations: 'organizations',
};
const FOLDER = new URL('../../../shared/aws/', import.meta.url);

/** Every command that the code imports from a client of the SDK, as the IAM action of the same name. */
const called = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !/^(?:pipeline|findings|evidence|changes|repairs)\b/.test(file))
  .flatMap((file) => [
    ...readFileSync(new URL(file, FOLDER), 'utf8').matchAll(
      /import \{([^}]*)\} from '@aws-sdk\/client-(\w+)'/g,
    ),
  ])
  .flatMap(([, names = '', client = '']) =>
    [...names.matchAll(/\b(\w+)Command\b/g)].map(([, operation]) => `${SERVICES[client]}:${operation}`),
  );

it('asks for exactly the actions of the calls that are made', () => {
  const asked = [
    ...readPermissions().actions,
    ...furtherAccountPermissions('aws', 'r').actions,
    ...causePermissions().actions,
    ...kubernetesPermissions().actions,
    ...organizationPermissions().actions,
    ...WITHOUT_PERMISSION.map(({ action }) => action),
  ];
  expect([...new Set(asked)].sort()).toEqual([...new Set(called)].sort());
});

it('asks for nothing that writes', () => {
  for (const action of readPermissions().actions)
    expect(action).toMatch(/^[a-z]+:(?:Get|List|Describe)[A-Z]/);
});

it('gives a policy for the partition and the role that are used', () => {
  expect(furtherAccountPermissions('aws-cn', 'audit/reader').policy.Statement[0]).toEqual({
    Sid: 'PodtrustReadOtherAccounts',
    Effect: 'Allow',
    Action: ['sts:AssumeRole'],
    Resource: 'arn:aws-cn:iam::*:role/audit/reader',
  });
});

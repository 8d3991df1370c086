import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import { FindingTable } from '../../infra/constructs/finding-table.ts';
import { FINDING_TABLE, INDEX_NAMES } from '../../shared/aws/findings/table.ts';
import { createTableInput } from '../support/finding-table.ts';

const stack = new Stack(new App(), 'Test');
const { table } = new FindingTable(stack, 'Findings', {
  key: new Key(stack, 'Key', { enableKeyRotation: true }),
});
const template = Template.fromStack(stack);

it('outlives mistakes, tells what changes, forgets what is over, and is encrypted with a key of its own', () => {
  template.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Retain',
    Properties: {
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: Match.anyValue() },
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      TimeToLiveSpecification: { AttributeName: FINDING_TABLE.timeToLive, Enabled: true },
    },
  });
});

it('has the keys and indexes that the store was tested with', () => {
  const { TableName: _, AttributeDefinitions = [], ...keys } = createTableInput('any');
  template.hasResourceProperties('AWS::DynamoDB::Table', keys);
  const [resource] = Object.values(template.findResources('AWS::DynamoDB::Table'));
  const named = (definitions: readonly { readonly AttributeName?: string | undefined }[]) =>
    definitions.map(({ AttributeName }) => AttributeName).sort();
  expect(named(resource?.['Properties'].AttributeDefinitions)).toEqual(named(AttributeDefinitions));
  const indexes = [...(keys.LocalSecondaryIndexes ?? []), ...(keys.GlobalSecondaryIndexes ?? [])];
  expect(indexes.map(({ IndexName }) => IndexName).sort()).toEqual([...INDEX_NAMES].sort());
  expect(table.tableStreamArn).toBeDefined();
});

it('has nothing that AWS Solutions checks find', () => {
  expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
});

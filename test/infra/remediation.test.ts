import { readFileSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { PoisonedPlanError, UnknownPlanError } from '../../shared/changes/repairs/kept-plan.ts';
import { UnreadableRepairError } from '../../shared/changes/repairs/parts.ts';
import * as pipelineErrors from '../../shared/pipeline/errors.ts';
import * as repairErrors from '../../shared/pipeline/repair/errors.ts';
import { hub } from './hub.ts';

interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Parameters?: { readonly FunctionName?: string };
  readonly TimeoutSeconds?: number;
  readonly TimeoutSecondsPath?: string;
  readonly Next?: string;
  readonly Retry?: readonly { ErrorEquals: string[]; MaxAttempts: number; JitterStrategy?: string }[];
  readonly Catch?: readonly { ErrorEquals: string[]; Next: string }[];
}

const file = readFileSync('infra/workflows/remediate.asl.json', 'utf8');
const states: Record<string, State> = JSON.parse(file).States;
const tasks = Object.entries(states).filter(([, { Type }]) => Type === 'Task');
const { stack, template } = hub({}, { fixes: { mode: 'approve' } });
const machine = Object.values(template.findResources('AWS::StepFunctions::StateMachine')).find(
  ({ Properties }) => Properties.StateMachineName === 'podtrust-remediate',
);

it('has nothing that AWS Solutions checks find, but what is acknowledged in writing', () => {
  expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
});

it('the deployed state machine is the file', () => {
  expect(JSON.parse(machine?.['Properties'].DefinitionString)).toEqual(JSON.parse(file));
});

it('every name in the file stands for the function of that name, and the partition for the stack’s', () => {
  const names = [...file.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
  const { Partition, ...functions } = machine?.['Properties'].DefinitionSubstitutions ?? {};
  expect(Partition).toEqual({ Ref: 'AWS::Partition' });
  expect(Object.keys({ Partition, ...functions }).sort()).toEqual([...new Set(names)].sort());
  for (const [name, { 'Fn::GetAtt': to }] of Object.entries<{ 'Fn::GetAtt': string[] }>(functions))
    expect(to[0]).toMatch(new RegExp(`^${name.replace('FunctionArn', '')}Function`));
});

describe('without fixes', () => {
  it.each([
    ['not configured', {}],
    ['switched off', { fixes: { mode: 'off' } }],
  ])('%s: nothing is deployed that could write', (_name, more) => {
    const { template: plain } = hub({}, more);
    expect(Object.keys(plain.findResources('AWS::StepFunctions::StateMachine'))).toHaveLength(2);
    expect(Object.keys(plain.findResources('AWS::DynamoDB::Table'))).toHaveLength(1);
    expect(JSON.stringify(plain.toJSON())).not.toMatch(/podtrust-write|podtrust-remediate|podtrust-decide/);
  });
});

describe('errors', () => {
  const known = new Set(
    Object.values({
      ...pipelineErrors,
      ...repairErrors,
      PoisonedPlanError,
      UnknownPlanError,
      UnreadableRepairError,
    })
      .filter((each) => typeof each === 'function')
      .map(({ name }) => name),
  );
  const named = tasks.flatMap(([state, { Retry = [], Catch = [] }]) =>
    [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals.map((error) => [state, error] as const)),
  );

  it.each(named.filter(([, error]) => !/^(?:States|Lambda)\./.test(error)))(
    '%s: %s is a class that the code exports',
    (_state, error) => {
      expect(known).toContain(error);
    },
  );

  it.each(tasks)('%s does not hang, and is tried again with jitter, whatever failed', (_name, state) => {
    const { TimeoutSeconds, TimeoutSecondsPath, Retry = [] } = state;
    expect(TimeoutSeconds ?? TimeoutSecondsPath).toBeTruthy();
    const again = Retry.filter(({ MaxAttempts }) => MaxAttempts > 0);
    expect(again.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
    for (const retrier of again) expect(retrier).toHaveProperty('JitterStrategy', 'FULL');
  });

  it('apply that fails for good is taken back, verify that cannot say stops, and so does a way back that fails', () => {
    expect(states['Apply']?.Catch?.at(-1)).toMatchObject({ ErrorEquals: ['States.ALL'], Next: 'Roll back' });
    expect(states['Verify']?.Catch?.at(-1)).toMatchObject({ ErrorEquals: ['States.ALL'], Next: 'Stop' });
    expect(states['Roll back']?.Catch?.at(-1)).toMatchObject({ ErrorEquals: ['States.ALL'], Next: 'Stop' });
  });

  it('what is not any more the plan that was approved is said by its history: stopped, or refused with nothing written', () => {
    const caught = states['Apply']?.Catch?.find(({ ErrorEquals }) =>
      ErrorEquals.includes('PoisonedPlanError'),
    );
    expect(caught?.Next).toBe('Stop');
  });

  it('a wait for an approval that ends in vain is noted', () => {
    expect(states['Wait for approval']?.Catch).toMatchObject([
      { ErrorEquals: ['States.Timeout'], Next: 'Expire' },
    ]);
    expect(states['Expire']?.Next).toBe('Done');
  });

  it('what stopped fails the execution, which raises an alarm', () => {
    expect(states['Stop']?.Next).toBe('Stopped?');
    expect(states['Stopped?']).toMatchObject({
      Default: 'Stopped',
      // What is verified by then is done: saying so is all that had failed.
      Choices: [{ Next: 'Refused' }, { StringEquals: 'verified', Next: 'Done' }],
    });
    expect(states['Refused']?.Type).toBe('Fail');
    expect(states['Stopped']?.Type).toBe('Fail');
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ExecutionsFailed',
      AlarmDescription: Match.stringLikeRegexp('A repair stopped'),
    });
  });
});

describe('the table of repairs', () => {
  it('is encrypted, can be restored, and is not deleted with the stack', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      Properties: {
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
        StreamSpecification: Match.absent(),
      },
    });
  });

  it('has nobody who may delete from it or write to it in bulk', () => {
    const policies = JSON.stringify(template.findResources('AWS::IAM::Policy'));
    expect(policies).not.toMatch(/dynamodb:(?:DeleteItem|PartiQL\w*|\*)/);
    const onRepairs = Object.values(template.findResources('AWS::IAM::Policy'))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement)
      .filter(({ Resource }) => JSON.stringify(Resource).includes('Repairs'))
      .flatMap(({ Action }) => Action);
    expect(new Set(onRepairs)).toEqual(new Set(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query']));
  });
});

it('only what plans, applies, verifies and takes back may enter the write role', () => {
  const entering = Object.entries(template.findResources('AWS::IAM::Policy'))
    .filter(([, { Properties }]) => JSON.stringify(Properties).includes('role/podtrust-write'))
    .map(([id]) => id.replace(/Declared.*$/, ''));
  expect(entering.sort()).toEqual(['Apply', 'Plan', 'RollBack', 'Verify']);
});

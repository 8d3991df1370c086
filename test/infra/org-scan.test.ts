import { readFileSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { permissions as assemblePermissions } from '../../functions/assemble/permissions.ts';
import { permissions as judgePermissions } from '../../functions/judge-account/permissions.ts';
import { permissions as listPermissions } from '../../functions/list-accounts/permissions.ts';
import { permissions as pacePermissions } from '../../functions/pace-scan/permissions.ts';
import * as awsErrors from '../../shared/aws/errors.ts';
import * as pipelineErrors from '../../shared/pipeline/errors.ts';
import { PACED_MAP } from '../../shared/pipeline/scan/pace-scan.ts';
import { scanPaceSchema } from '../../shared/pipeline/scan/scan-pace.ts';
import { hub } from './hub.ts';

interface State {
  readonly Type: string;
  readonly TimeoutSeconds?: number;
  readonly Next?: string;
  readonly Retry?: readonly { ErrorEquals: string[]; MaxAttempts: number; JitterStrategy?: string }[];
  readonly Catch?: readonly { ErrorEquals: string[]; Next: string }[];
  readonly ItemProcessor?: { readonly States: Record<string, State> };
  readonly Branches?: readonly { readonly States: Record<string, State> }[];
  readonly SecondsPath?: string;
  readonly Default?: string;
}

const file = readFileSync('infra/workflows/org-scan.asl.json', 'utf8');
const states: Record<string, State> = JSON.parse(file).States;
const within = (map: Record<string, State>): (readonly [string, State])[] =>
  Object.entries(map).flatMap(([name, state]) => [
    [name, state] as const,
    ...within(state.ItemProcessor?.States ?? {}),
    ...(state.Branches ?? []).flatMap((branch) => within(branch.States)),
  ]);
const all = within(states);
const tasks = all.filter(([, { Type }]) => Type === 'Task');
const { stack, template } = hub({ members: { organization: 'o-a1b2c3d4e5' } });
const machine = Object.values(template.findResources('AWS::StepFunctions::StateMachine')).find(
  ({ Properties }) => Properties.StateMachineName === 'podtrust-org-scan',
);

it('has nothing that AWS Solutions checks find, but what is acknowledged in writing', () => {
  expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
});

it('the deployed state machine is the file', () => {
  expect(JSON.parse(machine?.['Properties'].DefinitionString)).toEqual(JSON.parse(file));
});

it('every name in the file stands for the function of that name, the bucket and the partition', () => {
  const names = [...file.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
  const { Partition, Bucket, ...functions } = machine?.['Properties'].DefinitionSubstitutions ?? {};
  expect(Partition).toEqual({ Ref: 'AWS::Partition' });
  expect(Bucket).toEqual({ Ref: expect.stringMatching(/^Claims/) });
  expect([...Object.keys(functions), 'Partition', 'Bucket'].sort()).toEqual([...new Set(names)].sort());
  for (const [name, { 'Fn::GetAtt': to }] of Object.entries<{ 'Fn::GetAtt': string[] }>(functions))
    expect(to[0]).toMatch(new RegExp(`^${name.replace('FunctionArn', '')}Function`));
});

describe('errors', () => {
  const ours = Object.values({ ...awsErrors, ...pipelineErrors }).filter(
    (each) => typeof each === 'function',
  );
  const known = new Set(ours.map(({ name }) => name));
  const named = all.flatMap(([state, { Retry = [], Catch = [] }]) =>
    [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals.map((error) => [state, error] as const)),
  );

  it.each(named.filter(([, error]) => !error.startsWith('States.')))(
    '%s: %s is a class that the code exports',
    (_state, error) => {
      expect(known).toContain(error);
    },
  );

  it.each(tasks)(
    '%s does not hang, and is tried again with jitter, whatever failed',
    (_name, { TimeoutSeconds, Retry = [] }) => {
      expect(TimeoutSeconds).toBeGreaterThan(0);
      const again = Retry.filter(({ MaxAttempts }) => MaxAttempts > 0);
      expect(again.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
      for (const retrier of again) expect(retrier).toHaveProperty('JitterStrategy', 'FULL');
    },
  );

  it.each(['Collect account', 'Assemble account'])(
    '%s that fails for good leaves an account that was not read',
    (name) => {
      const [, state] = all.find(([each]) => each === name) ?? [];
      expect(state?.Catch?.at(-1)).toMatchObject({
        ErrorEquals: ['States.ALL'],
        Next: 'Record that it was not read',
      });
    },
  );

  it.each(['Collect accounts', 'Join accounts', 'Judge accounts'])(
    '%s that fails for good is reported, and the execution fails',
    (name) => {
      expect(states[name]?.Catch?.at(-1)).toMatchObject({
        ErrorEquals: ['States.ALL'],
        Next: 'Report what failed',
      });
      expect(states['Report what failed']?.Next).toBe('Gave up');
      expect(states['Gave up']?.Type).toBe('Fail');
    },
  );
});

describe('the loop that sets the pace', () => {
  const { Branches: [collecting, loop] = [] } = states['Collect accounts'] ?? {};

  it('stands beside the map that it names', () => {
    expect(Object.values(collecting?.States ?? {})).toEqual([expect.objectContaining({ Label: PACED_MAP })]);
  });

  it('ends well, whatever its step fails with', () => {
    const { 'Pace scan': step, 'Keep the pace': keep } = loop?.States ?? {};
    expect(step?.Catch).toEqual([
      expect.objectContaining({ ErrorEquals: ['States.ALL'], Next: 'Keep the pace' }),
    ]);
    expect(keep).toMatchObject({ Type: 'Pass', End: true });
    const types = Object.values(loop?.States ?? {}).map(({ Type }) => Type);
    expect(types).not.toContain('Fail');
  });

  it('finds what it goes by in everything that its step answers, since a path that leads nowhere cannot be caught', () => {
    const fields = new Set(Object.keys(scanPaceSchema.shape));
    const paths = [...JSON.stringify(loop).matchAll(/\$\.listed\.pace\.(\w+)/g)].map(([, field]) => field);
    expect(new Set(paths)).toEqual(new Set(['done', 'waitSeconds']));
    for (const field of paths) expect(fields).toContain(field);
    const choices = Object.values(loop?.States ?? {}).filter(({ Type }) => Type === 'Choice');
    for (const choice of choices) expect(choice.Default).toBeDefined();
  });
});

describe('the schedule', () => {
  it('starts it once a day, and tries again for an hour', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 day)',
      State: 'ENABLED',
      Target: Match.objectLike({
        Arn: { Ref: Match.stringLikeRegexp('^ScanOrgScan') },
        RetryPolicy: { MaximumRetryAttempts: 5, MaximumEventAgeInSeconds: 3600 },
      }),
    });
  });

  it('is as the configuration says, and without one nobody is alarmed', () => {
    const { template: off } = hub({ scan: { enabled: false, schedule: 'cron(0 3 ? * MON *)' } });
    off.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 3 ? * MON *)',
      State: 'DISABLED',
    });
    const overdue = (of: typeof template) =>
      Object.keys(of.findResources('AWS::CloudWatch::Alarm')).filter((id) => id.includes('ScanIsOverdue'));
    expect(overdue(off)).toEqual([]);
    expect(overdue(template)).toHaveLength(1);
  });
});

describe('permissions', () => {
  const actionsOf = (prefix: string) =>
    Object.entries(template.findResources('AWS::IAM::Policy'))
      .filter(([id]) => id.startsWith(prefix))
      .flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement)
      .flatMap(({ Action }) => Action);

  it.each([
    ['ListAccounts', listPermissions],
    ['Assemble', assemblePermissions],
    ['JudgeAccount', judgePermissions],
    ['PaceScan', pacePermissions],
  ])('of %s are those that its code declares', (name, declared) => {
    expect(new Set(actionsOf(`${name}Declared`))).toEqual(
      new Set(declared.flatMap(({ actions }) => actions)),
    );
  });

  it('of the loop reach the executions of the scan and the runs of the map that reads, and no others', () => {
    const [, policy] =
      Object.entries(template.findResources('AWS::IAM::Policy')).find(([id]) =>
        id.startsWith('PaceScanDeclared'),
      ) ?? [];
    const statements: { Action: string | string[]; Resource: unknown }[] =
      policy?.['Properties'].PolicyDocument.Statement ?? [];
    const of = (action: string) =>
      JSON.stringify(statements.find(({ Action }) => [Action].flat().includes(action))?.Resource);
    expect(of('states:ListMapRuns')).toContain(':execution:podtrust-org-scan:*');
    expect(of('states:UpdateMapRun')).toContain(`:mapRun:podtrust-org-scan/${PACED_MAP}:*`);
  });

  it('of the state machine are to run its maps over its own lists', () => {
    expect(new Set(actionsOf('ScanMapRuns'))).toEqual(
      new Set([
        'states:StartExecution',
        'states:DescribeExecution',
        'states:StopExecution',
        's3:GetObject',
        'kms:Decrypt',
      ]),
    );
  });
});

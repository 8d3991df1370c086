import { readdirSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { permissions as collectPermissions } from '../../functions/collect/permissions.ts';
import { permissions as evaluatePermissions } from '../../functions/evaluate/permissions.ts';
import { permissions as notifyPermissions } from '../../functions/notify/permissions.ts';
import { permissions as securityHubFunctionPermissions } from '../../functions/security-hub/permissions.ts';
import { permissions as sweepPermissions } from '../../functions/sweep/permissions.ts';
import { permissions as triagePermissions } from '../../functions/triage/permissions.ts';
import { HubConfigError } from '../../infra/hub-config.ts';
import { owedPermissions } from '../../shared/aws/pipeline/owed-table.ts';
import { securityHubPermissions } from '../../shared/aws/pipeline/security-hub.ts';
import { remediationPermissions } from '../../shared/aws/repairs/remediations.ts';
import { InvalidConfigError } from '../../shared/config/parse-config.ts';
import { changePatterns, sessionPatterns } from '../../shared/triggers/pattern.ts';
import { hub, settingsWith } from './hub.ts';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

interface PolicyStatement {
  readonly Action: string | readonly string[];
}

const everything = {
  extraSources: ['acme.cloudtrail', 'acme.audit'],
  members: { organization: 'o-a1b2c3d4e5' },
  readRole: { externalId: 'podtrust-1234' },
  sessions: { successful: ['111122223333'], accessDenied: ['111122223333'] },
  notifications: { email: ['team@example.com'], chat: true, securityHub: true },
  alarms: { email: ['oncall@example.com'] },
};
const { stack, template } = hub(everything, { fixes: { mode: 'approve' } });
const resources: Record<string, Resource> = template.toJSON()['Resources'];
const ofType = (type: string) => Object.values(resources).filter(({ Type }) => Type === type);
const statementsOf = ({ Properties }: Resource) =>
  (Properties['PolicyDocument'] as { readonly Statement: readonly PolicyStatement[] }).Statement;
const statements = ofType('AWS::IAM::Policy').flatMap(statementsOf);

it('has nothing that AWS Solutions checks find, but what is acknowledged in writing', () => {
  const { violations } = new AwsSolutionsChecks().validateScope(stack);
  expect(violations).toEqual([]);
});

describe('events', () => {
  it('reach the queue from the bus "podtrust" when they are successful changes from AWS or a configured source', () => {
    template.hasResourceProperties('AWS::Events::EventBus', { Name: 'podtrust' });
    for (const EventPattern of changePatterns(['acme.cloudtrail', 'acme.audit']))
      template.hasResourceProperties('AWS::Events::Rule', {
        EventBusName: { Ref: Match.stringLikeRegexp('^Bus') },
        EventPattern,
        State: 'ENABLED',
        Targets: [
          {
            Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^IntakeQueue'), 'Arn'] },
            DeadLetterConfig: {
              Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^IntakeDeadLetters'), 'Arn'] },
            },
          },
        ],
      });
  });

  it('of this account come from the default bus, from AWS alone', () => {
    for (const EventPattern of changePatterns())
      template.hasResourceProperties('AWS::Events::Rule', {
        EventBusName: 'default',
        EventPattern,
        Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Bus'), 'Arn'] } })],
      });
  });

  it('have no other rules than these', () => {
    const expected = [
      ...changePatterns(everything.extraSources),
      ...changePatterns(),
      ...sessionPatterns(everything.extraSources, { successes: true, accessDenied: true }),
      ...sessionPatterns([], { successes: true, accessDenied: true }),
      'the canary',
    ];
    expect(ofType('AWS::Events::Rule')).toHaveLength(expected.length);
  });

  it.each([
    ['nobody asks for them', {}, false, undefined],
    ['an account asks for them', { accessDenied: ['111122223333'] }, true, '111122223333'],
    ['every account asks for them', { accessDenied: true }, true, '*'],
  ])('of refused calls are taken as %s', (_when, sessions, taken, accounts) => {
    const { template: some } = hub({ sessions });
    const rules = Object.values(some.findResources('AWS::Events::Rule')).map(({ Properties }) => Properties);
    const ofCalls = rules.filter(({ EventPattern }) =>
      JSON.stringify(EventPattern ?? {}).includes('UnauthorizedOperation'),
    );
    expect(ofCalls).toHaveLength(taken ? 4 : 0);
    for (const { State } of ofCalls) expect(State).toBe('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS');
    const told = Object.values(some.findResources('AWS::Lambda::Function')).flatMap(({ Properties }) => {
      const value: unknown = Properties['Environment']?.['Variables']?.['PODTRUST_ACCESS_DENIED_ACCOUNTS'];
      return value === undefined ? [] : [value];
    });
    // observe-sessions, and the two that judge: evaluate and judge-account.
    expect(told).toEqual(accounts === undefined ? [] : [accounts, accounts, accounts]);
  });

  it('that fail five times wait two weeks in an encrypted dead-letter queue', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      RedrivePolicy: {
        maxReceiveCount: 5,
        deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^IntakeDeadLetters'), 'Arn'] },
      },
    });
    for (const { Properties } of ofType('AWS::SQS::Queue'))
      expect(Properties).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 });
  });

  it('are taken in batches of which single messages can fail', () => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 5,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it('stay hidden from a second try for six times what triage may take', () => {
    template.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 6 * 60 + 5 });
    template.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 6 * 60 + 60 });
  });
});

describe('functions', () => {
  it('are as many as there are folders, on Graviton with Node.js 24, with a log that ends', () => {
    const lambdas = ofType('AWS::Lambda::Function');
    expect(lambdas).toHaveLength(readdirSync('functions').length);
    for (const { Properties } of lambdas) {
      expect(Properties).toMatchObject({
        Architectures: ['arm64'],
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
      });
      expect(Properties['LoggingConfig']).toHaveProperty('LogGroup');
    }
    for (const { Properties } of ofType('AWS::Logs::LogGroup'))
      expect(Properties).toHaveProperty('RetentionInDays', 90);
  });

  it('never take the basic execution role, nor any managed policy', () => {
    for (const { Properties } of ofType('AWS::IAM::Role'))
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
  });
});

describe('permissions', () => {
  it('have no wildcard in an action', () => {
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions.length).toBeGreaterThan(20);
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  it.each([
    ['Triage', triagePermissions],
    ['Collect', collectPermissions],
    ['Evaluate', [...evaluatePermissions, ...remediationPermissions]],
    ['Notify', notifyPermissions],
    ['SecurityHub', securityHubFunctionPermissions],
    ['Sweep', [...sweepPermissions, ...securityHubPermissions, ...owedPermissions]],
  ])('of %s are those that its code declares', (name, declared) => {
    const own = Object.entries(resources).filter(
      ([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.startsWith(`${name}Declared`),
    );
    const granted = own.flatMap(([, resource]) => statementsOf(resource).flatMap(({ Action }) => Action));
    expect(own).toHaveLength(1);
    expect(new Set(granted)).toEqual(new Set(declared.flatMap(({ actions }) => actions)));
  });

  it('of the sweep say nothing of Security Hub where that is not wanted', () => {
    const text = JSON.stringify(hub({}).template.findResources('AWS::IAM::Policy'));
    expect(text).not.toContain('securityhub:');
    expect(text).toContain('sns:Publish');
  });

  it('of the readers never write to IAM or EKS', () => {
    const verbs = collectPermissions.filter(({ on }) => on === 'account').flatMap(({ actions }) => actions);
    expect(verbs.filter((action) => !/:(?:Get|List|Describe|Lookup)/.test(action))).toEqual([]);
  });
});

describe('what is kept', () => {
  it('is encrypted with a key of its own that turns', () => {
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
    template.hasResourceProperties('AWS::SNS::Topic', {
      KmsMasterKeyId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] },
    });
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          Match.objectLike({ ServerSideEncryptionByDefault: Match.objectLike({ SSEAlgorithm: 'aws:kms' }) }),
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: {
        Rules: Match.arrayWith([
          { Prefix: 'evaluations/', ExpirationInDays: 30, Status: 'Enabled' },
          { Prefix: 'snapshots/', ExpirationInDays: 90, Status: 'Enabled' },
          { Prefix: 'scans/', ExpirationInDays: 90, Status: 'Enabled' },
        ]),
      },
    });
  });

  it.each(['AWS::S3::BucketPolicy', 'AWS::SNS::TopicPolicy', 'AWS::SQS::QueuePolicy'])(
    'is refused without TLS: %s',
    (type) => {
      const policies = ofType(type);
      expect(policies.length).toBeGreaterThan(0);
      for (const { Properties } of policies)
        expect(JSON.stringify(Properties['PolicyDocument'])).toContain('"aws:SecureTransport":"false"');
    },
  );

  it('is not in the state machine’s log', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      LoggingConfiguration: Match.objectLike({ IncludeExecutionData: false, Level: 'ALL' }),
      TracingConfiguration: { Enabled: true },
    });
  });
});

it.each([
  ['a source of AWS', { extraSources: 'aws.iam' }, 'extraSources'],
  [
    'more sources than a pattern can hold',
    { extraSources: Array.from({ length: 11 }, (_, n) => `${n}${'s'.repeat(99)}`).join() },
    'extraSources',
  ],
  ['a window beyond five minutes', { batchSeconds: '301' }, 'batchSeconds'],
  ['a file that is not there', { config: 'nowhere.json' }, 'nowhere.json'],
])('refuses %s', (_name, context, key) => {
  expect(() => settingsWith(context)).toThrow(HubConfigError);
  expect(() => settingsWith(context)).toThrow(key);
});

it('refuses a configuration that is none', () => {
  expect(() => settingsWith({ config: 'package.json' })).toThrow(InvalidConfigError);
});

describe('members', () => {
  const policyOf = (deployment: object) => {
    const [found] = Object.values(hub(deployment).template.findResources('AWS::Events::EventBusPolicy'));
    return found?.['Properties'].Statement;
  };

  it('of an organization may put events, nobody else', () => {
    expect(policyOf({ members: { organization: 'o-a1b2c3d4e5' } })).toMatchObject({
      Effect: 'Allow',
      Action: 'events:PutEvents',
      Principal: '*',
      Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
    });
  });

  it('that are listed may put events, nobody else', () => {
    const { Principal } = policyOf({ members: { accounts: ['444455556666'] } });
    expect(JSON.stringify(Principal)).toContain(':iam::444455556666:root');
    expect(JSON.stringify(Principal)).not.toContain('"*"');
  });

  it('that are not named may put nothing', () => {
    expect(policyOf({})).toBeUndefined();
  });
});

describe('what may be left out', () => {
  const count = (deployment: object, type: string) =>
    Object.keys(hub(deployment).template.findResources(type)).length;

  it('sessions, and their rules with them', () => {
    const { template: without } = hub({ sessions: { failed: false } });
    const rules = Object.values(without.findResources('AWS::Events::Rule'));
    expect(rules.map((rule) => rule['Properties'].State)).not.toContain(
      'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS',
    );
  });

  it('chat and Security Hub, which are left out unless asked for', () => {
    expect(count({}, 'AWS::SNS::Topic')).toBe(2);
    expect(count({ notifications: { chat: true } }, 'AWS::SNS::Topic')).toBe(3);
    const mappings = count({}, 'AWS::Lambda::EventSourceMapping');
    expect(count({ notifications: { securityHub: true } }, 'AWS::Lambda::EventSourceMapping')).toBe(
      mappings + 1,
    );
  });

  it('a FIFO topic has its name', () => {
    hub({ notifications: { fifo: true } }).template.hasResourceProperties('AWS::SNS::Topic', {
      FifoTopic: true,
    });
  });
});

describe('sessions', () => {
  it('have rules that let through what CloudTrail counts as reads, and no other rule does', () => {
    for (const { Properties } of ofType('AWS::Events::Rule')) {
      const pattern = JSON.stringify(Properties['EventPattern']);
      const reads = /"AssumeRole|UnauthorizedOperation/.test(pattern);
      expect(Properties['State']).toBe(reads ? 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' : 'ENABLED');
    }
  });
});

describe('alarms', () => {
  it('watch every dead-letter queue, and tell the topic of alarms', () => {
    const alarms = ofType('AWS::CloudWatch::Alarm');
    const watched = JSON.stringify(alarms.map(({ Properties }) => Properties['Dimensions'] ?? []));
    const dead = Object.entries(resources)
      .filter(([id, { Type }]) => Type === 'AWS::SQS::Queue' && /(?:DeadLetters|Failures)/.test(id))
      .map(([id]) => id);
    expect(dead.length).toBeGreaterThanOrEqual(4);
    for (const id of dead) expect(watched).toContain(id);
    for (const { Properties } of alarms)
      expect(Properties['AlarmActions']).toEqual([{ Ref: expect.stringMatching(/^WatchAlarms/) }]);
  });

  it('go off when the canary stays away, even if nothing is counted at all', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'CanaryArrived',
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });
});

it('works in every partition: nothing in the template names one', () => {
  const named = JSON.stringify(hub(everything).template.toJSON()).match(/arn:aws[a-z-]*:[^"]*/g) ?? [];
  expect(named).toEqual([]);
});

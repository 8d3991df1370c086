import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { ENTERING_ROLES, WRITING_ROLES } from '../../infra/constructs/pipeline-functions.ts';
import { deployHub, memberTemplates } from '../../infra/stacks.ts';
import { declaredCalls } from '../../shared/aws/changes/write-role-policy.ts';
import { causePermissions, kubernetesPermissions, readPermissions } from '../../shared/aws/permissions.ts';
import { configSchema } from '../../shared/config/config.ts';
import { changePatterns, sessionPatterns } from '../../shared/triggers/pattern.ts';

const settings = (deployment: object = {}) => {
  const config = configSchema.parse({ deployment });
  return { config, deployment: config.deployment };
};

const app = new App();
const RESCUE = 'arn:*:iam::111122223333:role/rescue';
const fixing = configSchema.parse({
  deployment: { readRole: { name: 'audit-read' } },
  fixes: { writeRole: 'audit-write' },
  access: { breakGlass: [RESCUE] },
});
const stacks = memberTemplates(app, { config: fixing, deployment: fixing.deployment });
const templateOf = (name: string) => {
  const stack = stacks.find(({ stackName }) => stackName === name);
  if (stack === undefined) throw new Error(`no stack ${name}`);
  return Template.fromStack(stack);
};
const member = templateOf('PodtrustMember');
const readRole = templateOf('PodtrustReadRole');
const propertiesOf = (template: Template, type: string) =>
  Object.values(template.findResources(type)).map(({ Properties }) => Properties);

describe.each(stacks.map((stack): [string, Stack] => [stack.stackName, stack]))(
  'the template %s',
  (_name, stack) => {
    it('has nothing that AWS Solutions checks find, but what is acknowledged in writing', () => {
      expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
    });

    it('needs no bootstrap and no assets, and names no partition', () => {
      const { Parameters = {}, Rules = {} } = Template.fromStack(stack).toJSON();
      expect(Object.keys(Parameters)).not.toContain('BootstrapVersion');
      expect(Rules).toEqual({});
      const text = JSON.stringify(Template.fromStack(stack).toJSON());
      expect(text).not.toMatch(/cdk-hnb659fds|"arn:aws/);
    });
  },
);

describe('a member', () => {
  it('sends the changes and the refused sessions, and nothing else, to the bus of the hub', () => {
    const rules = propertiesOf(member, 'AWS::Events::Rule');
    const patterns = rules.map(({ EventPattern }) => EventPattern);
    expect(patterns).toEqual(
      expect.arrayContaining([...changePatterns(), ...sessionPatterns([], { successes: false })]),
    );
    expect(patterns).toHaveLength(changePatterns().length + sessionPatterns([], {}).length);
    for (const { EventPattern, State, Targets } of rules) {
      const session = JSON.stringify(EventPattern).includes('"AssumeRole');
      expect(State).toBe(session ? 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS' : 'ENABLED');
      expect(Targets).toEqual([
        expect.objectContaining({
          Arn: { Ref: 'HubBusArn' },
          RoleArn: { 'Fn::GetAtt': [expect.stringMatching(/^Forward/), 'Arn'] },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [expect.stringMatching(/^DeadLetters/), 'Arn'] } },
        }),
      ]);
    }
  });

  it('may put events on that bus and do nothing else', () => {
    const statements = propertiesOf(member, 'AWS::IAM::Policy').flatMap(
      ({ PolicyDocument }) => PolicyDocument.Statement,
    );
    expect(statements).toEqual([
      { Effect: 'Allow', Action: 'events:PutEvents', Resource: { Ref: 'HubBusArn' } },
    ]);
  });

  it('sends refused calls when somebody asks for them', () => {
    const [asking] = memberTemplates(new App(), settings({ sessions: { accessDenied: true } }));
    if (asking === undefined) throw new Error('no stack');
    expect(new AwsSolutionsChecks().validateScope(asking).violations).toEqual([]);
    const patterns = propertiesOf(Template.fromStack(asking), 'AWS::Events::Rule').map(
      ({ EventPattern }) => EventPattern,
    );
    const wanted = sessionPatterns([], { accessDenied: true });
    expect(wanted).toHaveLength(sessionPatterns().length + 2);
    expect(patterns).toEqual(expect.arrayContaining([...wanted]));
  });

  it('without sessions has no rule for them', () => {
    const [stack] = memberTemplates(new App(), settings({ sessions: { failed: false } }));
    const rules = stack === undefined ? [] : propertiesOf(Template.fromStack(stack), 'AWS::Events::Rule');
    expect(rules).toHaveLength(changePatterns().length);
  });
});

describe('the read role', () => {
  it('is entered by the functions of the hub that read accounts, with the external id, and by nobody else', () => {
    const [role] = propertiesOf(readRole, 'AWS::IAM::Role');
    expect(role?.RoleName).toBe('audit-read');
    const [statement, ...more] = role?.AssumeRolePolicyDocument.Statement ?? [];
    expect(more).toEqual([]);
    expect(statement.Condition.StringEquals).toEqual({ 'sts:ExternalId': { Ref: 'ExternalId' } });
    const trusted = JSON.stringify(statement.Condition.ArnEquals['aws:PrincipalArn']);
    expect(ENTERING_ROLES).toEqual([
      'podtrust-begin',
      'podtrust-collect',
      'podtrust-evaluate',
      'podtrust-verify',
      'podtrust-collect-account',
      'podtrust-collect-region',
      'podtrust-judge-account',
    ]);
    for (const name of ENTERING_ROLES) expect(trusted).toContain(`role/${name}`);
    expect(JSON.stringify(statement.Principal)).toContain('"Ref":"HubAccount"');
  });

  it('may do what the code reads, each by its name, and writes nothing', () => {
    const [policy] = propertiesOf(readRole, 'AWS::IAM::ManagedPolicy');
    const actions: string[] = policy?.PolicyDocument.Statement.flatMap(
      ({ Action }: { Action: string | string[] }) => Action,
    );
    expect(new Set(actions)).toEqual(new Set([...readPermissions().actions, ...causePermissions().actions]));
    expect(actions.filter((action) => !/:(?:Get|List|Describe|Lookup)\w+$/.test(action))).toEqual([]);
  });

  it('may ask EC2 about nodes where the hub reads clusters', () => {
    const kubernetes = { clusters: [{ cluster: 'prod' }] };
    const stack = memberTemplates(new App(), settings({ kubernetes })).find(
      ({ stackName }) => stackName === 'PodtrustReadRole',
    );
    if (stack === undefined) throw new Error('no stack');
    const [policy] = propertiesOf(Template.fromStack(stack), 'AWS::IAM::ManagedPolicy');
    expect(policy?.PolicyDocument.Statement[0].Action).toEqual(
      expect.arrayContaining([...kubernetesPermissions().actions]),
    );
  });
});

describe('the write role', () => {
  const writeRole = templateOf('PodtrustWriteRole');

  it('is made only where the configuration speaks of fixes', () => {
    const names = memberTemplates(new App(), settings()).map(({ stackName }) => stackName);
    expect(names).toEqual(['PodtrustMember', 'PodtrustReadRole']);
  });

  it('is entered by the functions of the hub that write, with the external id, and by nobody else', () => {
    const [role] = propertiesOf(writeRole, 'AWS::IAM::Role');
    expect(role?.RoleName).toBe('audit-write');
    const [statement, ...more] = role?.AssumeRolePolicyDocument.Statement ?? [];
    expect(more).toEqual([]);
    expect(statement.Condition.StringEquals).toEqual({ 'sts:ExternalId': { Ref: 'ExternalId' } });
    const trusted = JSON.stringify(statement.Condition.ArnEquals['aws:PrincipalArn']);
    expect(WRITING_ROLES).toEqual(expect.arrayContaining(['podtrust-apply', 'podtrust-roll-back']));
    for (const name of WRITING_ROLES) expect(trusted).toContain(`role/${name}`);
    expect(trusted).not.toContain('*');
  });

  it('makes the calls that changes declare in its own account, and denies the protected', () => {
    const policies = propertiesOf(writeRole, 'AWS::IAM::ManagedPolicy');
    const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
    const allowed: string[] = statements
      .filter(({ Effect }: { Effect: string }) => Effect === 'Allow')
      .flatMap(({ Action }: { Action: string | string[] }) => Action);
    expect(new Set(allowed)).toEqual(new Set(declaredCalls().flatMap(({ actions }) => actions)));
    const denied = JSON.stringify(statements.filter(({ Effect }: { Effect: string }) => Effect === 'Deny'));
    for (const one of [RESCUE, 'role/audit-write', 'role/audit-read', 'AWSReservedSSO_*', 'cdk-*'])
      expect(denied).toContain(one);
    for (const { Roles } of policies) expect(Roles).toEqual([{ Ref: expect.stringMatching(/^WriteRole/) }]);
  });

  it('is refused where more emergencies are named than a role has policies for', () => {
    const breakGlass = Array.from(
      { length: 100 },
      (_, at) => `arn:aws:iam::111122223333:role/${'r'.repeat(200)}${at}`,
    );
    const config = configSchema.parse({ fixes: {}, access: { breakGlass } });
    expect(() => memberTemplates(new App(), { config, deployment: config.deployment })).toThrow('breakGlass');
  });
});

describe('where IAM’s events arrive', () => {
  const deployed = (deployment: object, region: string) =>
    deployHub(
      new App({ context: { 'aws:cdk:bundling-stacks': [] } }),
      settings(deployment),
      '111122223333',
      region,
    );

  it.each([
    ['us-east-1', 'the region of the credentials'],
    ['cn-north-1', 'China'],
  ])('a hub in %s needs no second stack (%s)', (region) => {
    expect(deployed({}, region).iamRegion).toBeUndefined();
  });

  it.each([
    ['eu-west-1', 'us-east-1', 'arn:aws:events:eu-west-1:111122223333:event-bus/podtrust'],
    ['us-gov-east-1', 'us-gov-west-1', 'arn:aws-us-gov:events:us-gov-east-1:111122223333:event-bus/podtrust'],
    ['cn-northwest-1', 'cn-north-1', 'arn:aws-cn:events:cn-northwest-1:111122223333:event-bus/podtrust'],
  ])('a hub in %s has rules in %s that send to its bus', (home, iamRegion, bus) => {
    const { hub, iamRegion: forward } = deployed({ region: home }, 'us-west-2');
    expect([hub.region, forward?.region]).toEqual([home, iamRegion]);
    const rules = forward === undefined ? [] : propertiesOf(Template.fromStack(forward), 'AWS::Events::Rule');
    expect(rules.length).toBeGreaterThan(0);
    for (const { Targets } of rules) expect(Targets[0].Arn).toBe(bus);
  });
});

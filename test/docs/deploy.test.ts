import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { ENTERING_ROLES } from '../../infra/constructs/pipeline-functions.ts';
import { memberTemplates } from '../../infra/stacks.ts';
import { configSchema } from '../../shared/config/config.ts';
import { deploymentSchema } from '../../shared/config/deployment.ts';
import { hub } from '../infra/hub.ts';

const guide = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...guide.matchAll(new RegExp(`^ *\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  );

const config = configSchema.parse({ fixes: {} });
const templates = new Map(
  memberTemplates(new App(), { config, deployment: config.deployment }).map((stack) => [
    stack.stackName,
    Template.fromStack(stack).toJSON(),
  ]),
);

describe('the configurations in the guide', () => {
  it.each(blocks('json').map((text) => [text.replace(/\s+/g, ' ').slice(0, 80), text]))(
    '%s can be deployed',
    (_start, text) => {
      const { $schema: _, ...written } = JSON.parse(text);
      expect(configSchema.safeParse(written).error?.issues ?? []).toEqual([]);
    },
  );
});

describe('the commands that roll out templates', () => {
  const commands = blocks('sh')
    .flatMap((text) => text.replace(/\\\n\s*/g, ' ').split('\n'))
    .filter((line) => line.includes('dist/templates/'));

  it('are there for every template', () => {
    const named = commands.map((line) => /(\w+)\.template\.json/.exec(line)?.[1]);
    expect([...new Set(named)].sort()).toEqual([...templates.keys()].sort());
  });

  it.each(commands.map((line) => [/(\w+)\.template\.json/.exec(line)?.[1] ?? '', line]))(
    '%s: gives the parameters that it has, all of them, and what its IAM resources ask for',
    (name, line) => {
      const {
        Parameters,
        Resources,
      }: { Parameters: object; Resources: Record<string, { Type: string; Properties: object }> } =
        templates.get(name) as never;
      const given = [...line.matchAll(/ParameterKey=(\w+)|[ ](?!ParameterKey=)(\w+)=(?=\S)/g)]
        .map(([, key, override]) => key ?? override ?? '')
        .filter((key) => !['Enabled', 'RetainStacksOnAccountRemoval'].includes(key));
      expect(given.sort()).toEqual(
        Object.keys(Parameters)
          .filter((key) => key !== 'BootstrapVersion')
          .sort(),
      );
      const isNamed = Object.values(Resources).some(
        ({ Type, Properties }) => Type === 'AWS::IAM::Role' && 'RoleName' in Properties,
      );
      expect(line).toContain(isNamed ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM');
    },
  );
});

it('the guide names every role of the hub that the read role trusts', () => {
  const [, sentence = ''] = /The read role trusts the roles ([^.]*) of the hub/.exec(guide) ?? [];
  const named = [...sentence.matchAll(/`([\w-]+)`/g)].map(([, name]) => name);
  expect(named.sort()).toEqual([...ENTERING_ROLES].sort());
});

it('the table of settings has every setting of the schema, by its path or that of what it belongs to', () => {
  const [, table = ''] = guide.split('| setting');
  const told = [...(table.split('\n\n')[0]?.matchAll(/^\| `([\w.]+)`/gm) ?? [])].map(([, path = '']) => path);
  const settings = Object.keys(deploymentSchema.shape);
  expect([...new Set(told.map((path) => path.split('.')[0]))].sort()).toEqual(settings.sort());
});

it('the outputs that the guide names are there', () => {
  const outputs = Object.keys(hub({}, { fixes: {} }).template.toJSON()['Outputs']);
  for (const name of ['AlarmTopicArn', 'BusArn', 'TableName', 'RepairTableName']) {
    expect(outputs).toContain(name);
  }
  const arn = guide.match(/`HubBusArn` \(an output of `PodtrustHub`\)/);
  expect(arn).not.toBeNull();
});

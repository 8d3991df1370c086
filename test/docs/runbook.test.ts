import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scopesOf } from '../../shared/pipeline/scope.ts';
import { readTrigger } from '../../shared/triggers/read-trigger.ts';
import { hub } from '../infra/hub.ts';

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const { template } = hub(
  { notifications: { chat: true, securityHub: true, fifo: false }, sessions: { accessDenied: true } },
  { fixes: { mode: 'approve' } },
);
const {
  Resources,
  Outputs,
}: {
  Resources: Record<string, { Type: string; Properties?: { AlarmDescription?: string } }>;
  Outputs: Record<string, unknown>;
} = template.toJSON() as never;
const resources = Object.entries(Resources);

/** A logical id without the construct around it and the CDK's hash. */
const nameOf = (id: string): string => id.replace(/^Watch/, '').replace(/[0-9A-F]{8}$/, '');
const alarms = resources.filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');
const sections = new Map(
  runbook.split(/^#{2,3} /m).map((part): [string, string] => {
    const [title = '', ...lines] = part.split('\n');
    return [title, lines.join('\n')];
  }),
);

describe('every alarm of the stack', () => {
  it.each(alarms.map(([id, { Properties }]) => [nameOf(id), Properties?.AlarmDescription ?? '']))(
    '%s has a section that says what to look at, and names it in its description',
    (name, description) => {
      expect(sections.get(name) ?? '').toMatch(/`/);
      expect(description).toContain(`docs/runbook.md, ${name}`);
    },
  );

  it('and no other has one', () => {
    const told = [
      ...(runbook
        .split('## Alarms:')
        .slice(1)
        .join('')
        .split('## Stop all repairs')[0]
        ?.matchAll(/^### (\S+)$/gm) ?? []),
    ];
    expect(told.map(([, name]) => name).sort()).toEqual(alarms.map(([id]) => nameOf(id)).sort());
  });
});

describe('what the commands name is in the stack', () => {
  const named = (pattern: RegExp) => [
    ...new Set([...runbook.matchAll(pattern)].map(([, ...groups]) => groups.join(' '))),
  ];

  it.each(named(/physical (AWS::\w+::\w+) (\w+)/g))('%s is one resource', (words) => {
    const [type, prefix = ''] = words.split(' ');
    expect(resources.filter(([id, { Type }]) => Type === type && id.startsWith(prefix))).toHaveLength(1);
  });

  it.each(named(/\boutput (\w+)\)/g))('%s is an output', (name) => {
    expect(Outputs).toHaveProperty(name);
  });

  it.each(named(/\blogs ([A-Z]\w+)/g))('%s has a log', (name) => {
    const found = resources.filter(
      ([id, { Type }]) => Type === 'AWS::Logs::LogGroup' && id.startsWith(`${name}Log`),
    );
    expect(found).toHaveLength(1);
  });
});

it('every place in this document that it refers to is there', () => {
  const anchors = new Set(
    [...sections.keys()].map((title) =>
      title
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
  const wanted = [...runbook.matchAll(/\]\(#([\w-]+)\)/g)].map(([, anchor]) => anchor ?? '');
  expect(wanted.length).toBeGreaterThan(5);
  expect(wanted.filter((anchor) => !anchors.has(anchor))).toEqual([]);
});

it('the message that has an account judged asks for the whole account', () => {
  const body = /--message-body '(\{[\s\S]*?\})'/.exec(runbook)?.[1] ?? '';
  const reading = readTrigger(JSON.parse(body));
  const scopes = reading.outcome === 'trigger' ? scopesOf(reading.trigger) : [];
  expect(scopes).toEqual([{ kind: 'account', account: '111122223333' }]);
});

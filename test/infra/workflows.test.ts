import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as awsErrors from '../../shared/aws/errors.ts';
import * as pipelineErrors from '../../shared/pipeline/errors.ts';
import { hub } from './hub.ts';

interface State {
  readonly Type: string;
  readonly TimeoutSeconds?: number;
  readonly Next?: string;
  readonly Retry?: readonly { ErrorEquals: string[]; MaxAttempts: number; JitterStrategy?: string }[];
  readonly Catch?: readonly { ErrorEquals: string[]; Next: string }[];
}

const file = readFileSync('infra/workflows/reevaluate.asl.json', 'utf8');
const states: Record<string, State> = JSON.parse(file).States;
const tasks = Object.entries(states).filter(([, { Type }]) => Type === 'Task');
const { template } = hub();
const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));

it('the deployed state machine is the file', () => {
  expect(JSON.parse(machine?.['Properties'].DefinitionString)).toEqual(JSON.parse(file));
});

it('every name in the file stands for the function of that name', () => {
  const names = [...file.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name);
  const substitutions: Record<string, { 'Fn::GetAtt': [string, string] }> =
    machine?.['Properties'].DefinitionSubstitutions;
  expect(Object.keys(substitutions).sort()).toEqual([...new Set(names)].sort());
  for (const [name, { 'Fn::GetAtt': to }] of Object.entries(substitutions))
    expect(to[0]).toMatch(new RegExp(`^${name.replace('FunctionArn', '')}Function`));
});

describe('errors', () => {
  const ours = Object.values({ ...awsErrors, ...pipelineErrors }).filter(
    (each) => typeof each === 'function',
  );
  const known = new Set(ours.map(({ name }) => name));
  const named = tasks.flatMap(([state, { Retry = [], Catch = [] }]) =>
    [...Retry, ...Catch].flatMap(({ ErrorEquals }) => ErrorEquals.map((error) => [state, error] as const)),
  );

  it.each(named.filter(([, error]) => !/^(?:States|Lambda)\./.test(error)))(
    '%s: %s is a class that the code exports',
    (_state, error) => {
      expect(known).toContain(error);
    },
  );

  it.each(tasks)(
    '%s does not hang, and is tried again with jitter',
    (_name, { TimeoutSeconds, Retry = [] }) => {
      expect(TimeoutSeconds).toBeGreaterThan(0);
      const again = Retry.filter(({ MaxAttempts }) => MaxAttempts > 0);
      expect(again.flatMap(({ ErrorEquals }) => ErrorEquals)).toContain('Lambda.TooManyRequestsException');
      for (const retrier of again) expect(retrier).toHaveProperty('JitterStrategy', 'FULL');
    },
  );

  it.each(tasks.filter(([name]) => !name.startsWith('Tell')))(
    '%s that fails for good is told, whatever it was',
    (_name, { Catch = [] }) => {
      expect(Catch.at(-1)).toMatchObject({ ErrorEquals: ['States.ALL'], Next: 'Tell failure' });
      expect(new Set(Catch.map(({ Next }) => Next))).toEqual(new Set(['Tell failure']));
    },
  );

  it('an evaluation that failed ends as failed, after it was told', () => {
    expect(states['Tell failure']?.Next).toBe('Not judged');
    expect(states['Not judged']?.Type).toBe('Fail');
  });
});

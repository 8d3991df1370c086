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
  readonly ItemProcessor?: { readonly States: Record<string, State> };
}

const file = readFileSync('infra/workflows/reevaluate.asl.json', 'utf8');
const states: Record<string, State> = JSON.parse(file).States;
const all = Object.entries(states).flatMap(([name, state]) => [
  [name, state] as const,
  ...Object.entries(state.ItemProcessor?.States ?? {}),
]);
const tasks = all.filter(([, { Type }]) => Type === 'Task');
const { template } = hub();
const machine = Object.values(template.findResources('AWS::StepFunctions::StateMachine')).find(
  ({ Properties }) => Properties.StateMachineName === 'podtrust-reevaluate',
);

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
    '%s does not hang, and is tried again with jitter, whatever failed',
    (_name, { TimeoutSeconds, Retry = [] }) => {
      expect(TimeoutSeconds).toBeGreaterThan(0);
      const again = Retry.filter(({ MaxAttempts }) => MaxAttempts > 0);
      expect(again.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
      for (const retrier of again) expect(retrier).toHaveProperty('JitterStrategy', 'FULL');
    },
  );

  it.each(['Collect', 'Resolve scope', 'Evaluate'])(
    '%s that fails for good is recorded as not judged, whatever it was',
    (name) => {
      const { Catch = [] } = states[name] ?? {};
      expect(Catch.at(-1)?.ErrorEquals).toEqual(['States.ALL']);
      expect(new Set(Catch.map(({ Next }) => Next))).toEqual(new Set(['Record that it was not judged']));
    },
  );

  it.each(['Begin', 'Record that it was not judged', 'Settle'])(
    '%s that fails for good fails the execution: the lane stays busy, and the sweep goes on with it',
    (name) => {
      expect(states[name]?.Catch).toBeUndefined();
    },
  );

  it('another account that fails for good is a gap, and the others go on', () => {
    const inner = states['Collect the accounts it hangs on']?.ItemProcessor?.States ?? {};
    expect(inner['Collect another account']?.Catch?.[0]).toMatchObject({
      ErrorEquals: ['States.ALL'],
      Next: 'Leave a coverage gap',
    });
    expect(inner['Leave a coverage gap']?.Type).toBe('Pass');
  });
});

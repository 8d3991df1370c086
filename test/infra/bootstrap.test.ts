import { ParameterNotFound, SSMClient } from '@aws-sdk/client-ssm';
import { describe, expect, it } from 'vitest';
import {
  deployCommands,
  environmentsOf,
  missingBootstraps,
  VERSION_PARAMETER,
} from '../../infra/bootstrap.ts';
import { attach, CONFIG } from '../support/hub/attach.ts';
import { createCalls } from '../support/hub/calls.ts';

const ACCOUNT = '999988887777';
const at = (region: string) => ({ account: ACCOUNT, region });

/** An SSM of a region that has the parameter, or answers with an error. */
const ssmWith = (answers: Readonly<Record<string, 'there' | Error>>) => (region: string) =>
  attach(
    new SSMClient({ ...CONFIG, region }),
    'ssm',
    (_operation, input) => {
      expect(input).toEqual({ Name: VERSION_PARAMETER });
      const answer = answers[region];
      if (answer instanceof Error) throw answer;
      return { Parameter: { Name: VERSION_PARAMETER, Value: '28' } };
    },
    createCalls(),
  );

const notFound = new ParameterNotFound({ $metadata: {}, message: '' });

describe('the environments of a hub', () => {
  it.each([
    ['us-east-1', ['us-east-1']],
    ['eu-west-1', ['eu-west-1', 'us-east-1']],
    ['us-gov-east-1', ['us-gov-east-1', 'us-gov-west-1']],
    ['cn-northwest-1', ['cn-northwest-1', 'cn-north-1']],
  ])('in %s: %j', (region, regions) => {
    expect(environmentsOf(at(region))).toEqual(regions.map(at));
  });
});

describe('what was never bootstrapped', () => {
  const both = environmentsOf(at('eu-west-1'));

  it.each<[string, Parameters<typeof ssmWith>[0], readonly string[]]>([
    ['nothing, where the parameter is', { 'eu-west-1': 'there', 'us-east-1': 'there' }, []],
    ["IAM's region alone", { 'eu-west-1': 'there', 'us-east-1': notFound }, ['us-east-1']],
    ['both', { 'eu-west-1': notFound, 'us-east-1': notFound }, ['eu-west-1', 'us-east-1']],
  ])('%s', async (_what, answers, regions) => {
    expect(await missingBootstraps(both, ssmWith(answers))).toEqual(regions.map(at));
  });

  it('is not guessed by who may not look', async () => {
    const denied = Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
    const answers = { 'eu-west-1': 'there', 'us-east-1': denied } as const;
    await expect(missingBootstraps(both, ssmWith(answers))).rejects.toThrow('not authorized');
  });
});

describe('what npm run deploy runs', () => {
  const given = { shared: [], rest: [], unattended: false };

  it.each<[string, Parameters<typeof deployCommands>, readonly string[]]>([
    ['the deployment alone, where nothing is missing', [[], given], ['deploy --all']],
    [
      'the bootstrap before, of all that is missing at once',
      [[at('eu-west-1'), at('us-east-1')], given],
      [`bootstrap aws://${ACCOUNT}/eu-west-1 aws://${ACCOUNT}/us-east-1`, 'deploy --all'],
    ],
    [
      'without asking, where nobody sits',
      [[], { ...given, unattended: true }],
      ['deploy --all --require-approval never'],
    ],
    [
      'both as the same caller, and what is about the deployment for that alone',
      [
        [at('eu-west-1')],
        { shared: ['--profile', 'audit'], rest: ['--require-approval=broadening'], unattended: true },
      ],
      [
        `bootstrap aws://${ACCOUNT}/eu-west-1 --profile audit`,
        'deploy --all --profile audit --require-approval=broadening',
      ],
    ],
  ])('%s', (_what, args, commands) => {
    expect(deployCommands(...args).map((command) => command.join(' '))).toEqual(commands);
  });
});

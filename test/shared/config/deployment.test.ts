import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { configSchema } from '../../../shared/config/config.ts';
import { InvalidConfigError, parseConfig } from '../../../shared/config/parse-config.ts';

const parse = (deployment: unknown) => parseConfig(JSON.stringify({ deployment })).deployment;

it('docs/schemas/config.schema.json is what the configuration file may hold', async () => {
  const json = {
    title: 'podtrust.config.json',
    ...z.toJSONSchema(configSchema, { io: 'input' }),
  };
  await expect(`${JSON.stringify(json, null, 2)}\n`).toMatchFileSnapshot(
    '../../../docs/schemas/config.schema.json',
  );
});

describe('the deployment', () => {
  it('needs nothing said: a hub for one account, refused sessions followed, given ones not', () => {
    expect(parse({})).toEqual({
      extraSources: [],
      batchSeconds: 5,
      readRole: { name: 'podtrust-read' },
      sessions: { failed: true, successful: [], accessDenied: false },
      notifications: { email: [], fifo: false, chat: false, securityHub: false },
      alarms: { email: [], canaryMinutes: 5 },
      scan: {
        enabled: true,
        schedule: 'rate(1 day)',
        units: [],
        exceptUnits: [],
        exceptAccounts: [],
        concurrency: 40,
        overdueHours: 30,
        toleratedFailurePercentage: 10,
      },
    });
    expect(parseConfig('{}').deployment).toEqual(parse({}));
  });

  it.each([
    ['an organization', { organization: 'o-a1b2c3d4e5' }],
    ['listed accounts', { accounts: ['111122223333'] }],
  ])('lets %s send events', (_who, members) => {
    expect(parse({ members }).members).toEqual(members);
  });

  it.each([
    ['an unknown key', { organisation: 'o-a1b2c3d4e5' }],
    ['everybody as members', { members: { organization: '*' } }],
    ['both kinds of members', { members: { organization: 'o-a1b2c3d4e5', accounts: ['111122223333'] } }],
    ['no member at all', { members: { accounts: [] } }],
    ['an account id without its leading zeros', { members: { accounts: ['1234'] } }],
    ["a source of AWS's own", { extraSources: ['aws.iam'] }],
    ['a window beyond five minutes', { batchSeconds: 301 }],
    ['a role name that IAM cannot have', { readRole: { name: 'a b' } }],
    ['a region that is none', { region: 'Europe' }],
    ['a schedule that is none', { scan: { schedule: 'daily' } }],
    ['a name where an organizational unit has its id', { scan: { units: ['Production'] } }],
    ['no account at all to scan', { scan: { accounts: [] } }],
    ['refused calls of no account', { sessions: { accessDenied: [] } }],
    ['refused calls without refused sessions', { sessions: { failed: false, accessDenied: true } }],
  ])('refuses %s and says where', (_what, deployment) => {
    expect(() => parse(deployment)).toThrow(InvalidConfigError);
    expect(() => parse(deployment)).toThrow(/deployment/);
  });
});

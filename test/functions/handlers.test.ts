import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { VARIABLES } from '../../shared/lambda/environment.ts';
import { logger } from '../../shared/lambda/logger.ts';
import type { LambdaHandler } from '../../shared/lambda/step.ts';
import { LAMBDA_CONTEXT } from '../../simulator/pipeline/interpreter.ts';
import { turnFor } from '../support/pipeline.ts';

const folders = readdirSync('functions');
const SCAN = '2026-11-20T09-00-00Z-first';

async function handlerOf(folder: string): Promise<LambdaHandler<unknown>> {
  const module: { handler: LambdaHandler<unknown> } = await import(`../../functions/${folder}/handler.ts`);
  return module.handler;
}

beforeEach(() => {
  logger.setLogLevel('SILENT');
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  for (const name of Object.values(VARIABLES)) vi.stubEnv(name, '');
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe.each(folders)('%s', (folder) => {
  it('loads without AWS, and refuses an input that is not its own', async () => {
    const handler = await handlerOf(folder);
    await expect(handler({ surprise: true }, LAMBDA_CONTEXT)).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidInputError' }),
    );
  });

  it('declares what it may do', async () => {
    const { permissions } = await import(`../../functions/${folder}/permissions.ts`);
    expect(permissions.length).toBeGreaterThan(0);
  });
});

it.each<[string, object, string]>([
  ['begin', { turn: turnFor() }, 'PODTRUST_TABLE'],
  ['collect', { turn: turnFor(), account: '111122223333', requests: 'k' }, 'PODTRUST_BUCKET'],
  ['resolve-scope', { turn: turnFor(), requests: 'k', snapshot: 's' }, 'PODTRUST_BUCKET'],
  [
    'evaluate',
    { turn: turnFor(), requests: 'k', own: { account: '111122223333', key: 's' }, others: [] },
    'PODTRUST_BUCKET',
  ],
  ['settle', { turn: turnFor(), covering: 7 }, 'PODTRUST_TABLE'],
  ['sweep', {}, 'PODTRUST_TABLE'],
  ['collect-region', { scan: SCAN, account: '111122223333', region: 'eu-west-1' }, 'PODTRUST_BUCKET'],
  ['assemble', { scan: SCAN, account: '111122223333', regions: [] }, 'PODTRUST_BUCKET'],
  ['join', { scan: SCAN }, 'PODTRUST_BUCKET'],
  [
    'judge-account',
    { scan: SCAN, joined: { account: '111122223333', key: 'k', digest: 'd', named: [], beside: [] } },
    'PODTRUST_BUCKET',
  ],
  ['report', { scan: SCAN }, 'PODTRUST_BUCKET'],
])('%s says which variable is missing', async (folder, input, name) => {
  const handler = await handlerOf(folder);
  await expect(handler(input, LAMBDA_CONTEXT)).rejects.toMatchObject({
    name: 'MissingVariableError',
    message: expect.stringContaining(name),
  });
});

it('triage takes back the messages that it cannot read, and no other', async () => {
  const handler = await handlerOf('triage');
  const ignored = { detail: { eventSource: 'iam.amazonaws.com', eventName: 'CreateUser' } };
  const Records = [
    { messageId: 'poison', body: '{', attributes: {} },
    { messageId: 'ignored', body: JSON.stringify(ignored), attributes: {} },
  ];
  expect(await handler({ Records }, LAMBDA_CONTEXT)).toEqual({
    batchItemFailures: [{ itemIdentifier: 'poison' }],
  });
});

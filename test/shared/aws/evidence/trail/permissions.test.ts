import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { trailPermissions } from '../../../../../shared/aws/evidence/trail/permissions.ts';

const FOLDER = new URL('../../../../../shared/aws/evidence/trail/', import.meta.url);
const policy = trailPermissions(
  { database: 'audit', table: 'logs', workgroup: 'audits' },
  { partition: 'aws-cn', region: 'cn-north-1', account: '111122223333', logs: 'logs', results: 'results' },
);
const actions = policy.Statement.flatMap(({ Action }) => Action);

it('allows exactly the calls of Athena that are made', () => {
  const called = readdirSync(FOLDER)
    .map((file) => readFileSync(new URL(file, FOLDER), 'utf8'))
    .flatMap((text) => [...text.matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-athena'/g)])
    .flatMap(([, names = '']) =>
      [...names.matchAll(/\b(\w+)Command\b/g)].map(([, name]) => `athena:${name}`),
    );
  expect(actions.filter((action) => action.startsWith('athena:'))).toEqual([...new Set(called)].sort());
});

it('has no wildcard but for the objects of two buckets, and no partition but the given one', () => {
  expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  const resources = policy.Statement.flatMap(({ Resource }) => Resource);
  expect(resources.filter((arn) => arn.includes('*'))).toEqual([
    'arn:aws-cn:s3:::logs/*',
    'arn:aws-cn:s3:::results/*',
  ]);
  for (const arn of resources) expect(arn).toMatch(/^arn:aws-cn:/);
});

it('writes to the bucket of results alone', () => {
  const writing = policy.Statement.filter(({ Action }) => Action.some((one) => one.startsWith('s3:Put')));
  expect(writing.flatMap(({ Resource }) => Resource)).toEqual([
    'arn:aws-cn:s3:::results',
    'arn:aws-cn:s3:::results/*',
  ]);
});

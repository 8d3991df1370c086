import { describe, expect, it } from 'vitest';
import { withTrailSessions } from '../../../../../shared/aws/evidence/trail/trail-sessions.ts';
import { startReading } from '../../../../../shared/aws/reading.ts';
import { configSchema } from '../../../../../shared/config/config.ts';
import { type Account, snapshotSchema } from '../../../../../shared/estate/snapshot.ts';
import { type AthenaAnswer, type AthenaCall, stubAthena } from '../../../../support/stub-athena.ts';
import { stubClients } from '../../../../support/stub-aws.ts';
import {
  agentRow,
  associationRow,
  callRow,
  otherRow,
  page,
  refusedWebRow,
  type TrailRow,
  webRow,
} from '../../../../support/trail-rows.ts';

const ID = '111122223333';
const OTHER = '444455556666';
const NOW = '2026-11-22T12:00:00.000Z';
const cluster = { name: 'shop', arn: `arn:aws:eks:eu-west-1:${ID}:cluster/shop` };
const account = (id: string): Account => ({
  id,
  partition: 'aws',
  regions: [
    { name: 'eu-west-1', clusters: [cluster] },
    { name: 'us-east-1', clusters: [] },
  ],
});
const tableWith = (changes: object = {}) => {
  const { evidence } = configSchema.parse({
    evidence: { trail: { database: 'audit', table: 'cloudtrail', ...changes } },
  });
  if (evidence.trail === undefined) throw new Error('no trail');
  return evidence.trail;
};

type Answers = Partial<Record<string, (call: AthenaCall, nth: number) => AthenaAnswer>>;
const DONE: Answers = {
  StartQueryExecution: () => ({ QueryExecutionId: 'q-1' }),
  GetQueryExecution: () => ({ QueryExecution: { Status: { State: 'SUCCEEDED' } } }),
  StopQueryExecution: () => ({}),
};

async function read(
  answers: Answers,
  {
    accounts = [ID],
    table = {},
    regions,
    accessDenied = true,
  }: {
    accounts?: readonly string[];
    table?: object;
    regions?: readonly string[];
    accessDenied?: boolean;
  } = {},
) {
  const calls: AthenaCall[] = [];
  const clock = { now: Date.parse(NOW) };
  const waits: number[] = [];
  const counts = new Map<string, number>();
  const athena = stubAthena((call) => {
    const nth = (counts.get(call.operation) ?? 0) + 1;
    counts.set(call.operation, nth);
    const answer = { ...DONE, ...answers }[call.operation];
    if (answer === undefined) throw new Error(`${call.operation} is not expected`);
    return answer(call, nth);
  }, calls);
  const reading = startReading(
    stubClients(() => ({})),
    4,
    () => undefined,
  );
  const found = await withTrailSessions(accounts.map(account), reading, {
    athena,
    table: tableWith(table),
    accessDenied,
    now: () => new Date(clock.now),
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      clock.now += milliseconds;
    },
    ...(regions !== undefined && { regions }),
  });
  const snapshot = { schemaVersion: 1, takenAt: NOW, accounts: found, coverage: [...reading.gaps] };
  expect(snapshotSchema.safeParse(snapshot).error).toBeUndefined();
  const operations = calls.map(({ operation }) => operation);
  return { observed: found[0]?.observed, found, gaps: reading.gaps, calls, operations, waits };
}

const rows = (...all: readonly TrailRow[]): Answers => ({ GetQueryResults: () => page(all) });
const everything = [otherRow(), webRow(), refusedWebRow(), agentRow(), associationRow(), callRow()];

describe("a trail's log files", () => {
  it('show who was let in, who was refused, and what was refused then', async () => {
    const { observed, gaps } = await read(rows(...everything));
    const source = { source: 'trail', since: '2026-11-15T12:00:03Z', complete: true };
    expect(observed?.denials).toMatchObject({
      ...source,
      webIdentity: [
        {
          role: 'arn:aws:iam::111122223333:role/pods/payments-api',
          issuer: 'oidc.eks.eu-west-1.amazonaws.com/id/0A1B2C3D4E5F60718293A4B5C6D7E8F9',
          subject: 'system:serviceaccount:payments:api',
          audience: 'sts.amazonaws.com',
          count: 3,
          code: 'AccessDenied',
          first: '2026-11-20T10:00:00.000Z',
          last: '2026-11-22T11:00:00.000Z',
        },
      ],
      podIdentity: [{ cluster: 'shop', nodeRole: 'arn:aws:iam::111122223333:role/shop-node', count: 3 }],
    });
    expect(observed?.sessions).toMatchObject({
      ...source,
      seen: [
        { via: 'web-identity', subject: 'system:serviceaccount:payments:api' },
        { via: 'pod-identity', cluster: 'shop', subject: 'system:serviceaccount:payments:api' },
      ],
    });
    expect(observed?.accessDenied).toMatchObject({
      ...source,
      calls: [{ action: 'ec2:DescribeInstances', policy: 'identity-based', via: 'web-identity', count: 3 }],
    });
    expect(gaps).toEqual([]);
  });

  it('are asked once for all accounts, in the configured place', async () => {
    const { calls, operations } = await read(rows(otherRow()), {
      accounts: [ID, OTHER],
      table: { workgroup: 'audits', output: 's3://results/podtrust/', catalog: 'shared' },
    });
    expect(operations).toEqual(['StartQueryExecution', 'GetQueryExecution', 'GetQueryResults']);
    expect(calls[0]?.input).toMatchObject({
      WorkGroup: 'audits',
      QueryExecutionContext: { Catalog: 'shared', Database: 'audit' },
      ResultConfiguration: { OutputLocation: 's3://results/podtrust/' },
      QueryString: expect.stringContaining(`recipientaccountid IN ('${ID}', '${OTHER}')`),
    });
  });

  it('say nothing of an account that is not in them: absent, not empty', async () => {
    const { found, gaps } = await read(rows(otherRow()), { accounts: [ID, OTHER] });
    expect(found.map(({ observed }) => observed !== undefined)).toEqual([true, false]);
    expect(gaps).toMatchObject([
      { account: OTHER, subject: 'audit.cloudtrail', reason: expect.stringContaining('no records') },
    ]);
  });

  it('keep a role of another account there', async () => {
    const role = `arn:aws:iam::${OTHER}:role/x`;
    const { found } = await read(
      rows(otherRow(), otherRow({ account: OTHER }), refusedWebRow({ rolearn: role })),
      {
        accounts: [ID, OTHER],
      },
    );
    expect(found.map(({ observed }) => observed?.denials?.webIdentity.length)).toEqual([0, 1]);
  });

  it.each<[string, TrailRow, RegExp]>([
    [
      'have nothing of the last hours',
      otherRow({ latest: '2026-11-22T02:00:00Z' }),
      /newest record of eu-west-1 is of/,
    ],
    ['have no calls that read', otherRow({ reads: '0' }), /no call of eu-west-1 is a read/],
    ['are of another region than the clusters', otherRow({ region: 'us-east-1' }), /no records of eu-west-1/],
  ])('that %s are not complete', async (_what, row, says) => {
    const { observed } = await read(rows(row));
    expect(observed?.denials).toMatchObject({ complete: false, gap: expect.stringMatching(says) });
    expect(observed?.sessions).toMatchObject({ complete: false });
  });

  it('reach back as far as they do in every region with clusters', async () => {
    const { observed } = await read(
      rows(
        otherRow({ earliest: '2026-11-18T00:00:00Z' }),
        otherRow({
          region: 'us-east-1',
          earliest: '2026-11-15T12:00:01Z',
          latest: '2026-11-16T00:00:00Z',
          reads: '0',
        }),
      ),
    );
    expect(observed?.denials).toMatchObject({ complete: true, since: '2026-11-18T00:00:00Z' });
  });

  it('are not complete when only some regions were asked for', async () => {
    const asked = { table: { partitions: { region: 'region' } }, regions: ['eu-west-1'] };
    const { observed } = await read(rows(otherRow()), asked);
    expect(observed?.denials).toMatchObject({ complete: false, gap: 'only eu-west-1 was asked for' });
  });

  it('are cut where there are more callers than are kept', async () => {
    const many = Array.from({ length: 2001 }, (_, n) =>
      refusedWebRow({ username: `system:serviceaccount:hostile:sa-${n}`, principal: null, provider: null }),
    );
    const { observed } = await read(rows(otherRow(), ...many));
    expect(observed?.denials?.webIdentity).toHaveLength(2000);
    expect(observed?.denials).toMatchObject({
      complete: false,
      gap: expect.stringContaining('more callers'),
    });
  });

  it('are without refused calls unless they are asked for', async () => {
    const { observed, calls } = await read(rows(otherRow()), { accessDenied: false });
    expect(observed).not.toHaveProperty('accessDenied');
    expect(calls[0]?.input['QueryString']).not.toContain('webidfederationdata');
  });

  it('are read page by page', async () => {
    const { observed, calls } = await read({
      GetQueryResults: (_call, nth) =>
        nth === 1 ? page([otherRow(), webRow()], { next: 'n' }) : page([associationRow()], { header: false }),
    });
    expect(observed?.sessions?.seen).toHaveLength(2);
    expect(calls.at(-1)?.input).toMatchObject({ NextToken: 'n' });
  });

  it('are not complete when a later page failed: what came before it is kept', async () => {
    const { observed } = await read({
      GetQueryResults: (_call, nth) =>
        nth === 1 ? page([otherRow(), webRow()], { next: 'n' }) : { error: 'InternalServerException' },
    });
    expect(observed?.sessions).toMatchObject({
      complete: false,
      gap: expect.stringContaining('InternalServerException'),
      seen: [{ via: 'web-identity' }],
    });
  });

  it('are not complete when the pages never end', async () => {
    const { observed } = await read({ GetQueryResults: () => page([otherRow()], { next: 'n' }) });
    expect(observed?.denials).toMatchObject({ complete: false, gap: expect.stringContaining('repeats') });
  });

  it.each<[string, TrailRow]>([
    ['another kind', webRow({ kind: 'x' })],
    ['a time that is none', webRow({ earliest: 'yesterday' })],
    ['no account', webRow({ account: null })],
    ['a count that is none', webRow({ counted: '-1' })],
    ['a role that is none', webRow({ rolearn: 'x' })],
    ['a name without end', webRow({ username: `system:serviceaccount:a:${'b'.repeat(5000)}` })],
  ])('with a row that has %s are not complete', async (_what, row) => {
    const { observed } = await read(rows(otherRow(), row, webRow()));
    expect(observed?.sessions).toMatchObject({
      complete: false,
      gap: expect.stringContaining('1 rows were not readable'),
      seen: [{}],
    });
  });

  it('of other columns than were asked for show nothing', async () => {
    const { observed, gaps } = await read({
      GetQueryResults: () => ({ ResultSet: { Rows: [{ Data: [{ VarCharValue: 'x' }] }, { Data: [{}] }] } }),
    });
    expect([observed, gaps.length]).toEqual([undefined, 1]);
  });

  it('hold names of strangers, which stay names', async () => {
    const username = "system:serviceaccount:a'; DROP TABLE x; --:b\u202e\u0000";
    const { observed } = await read(rows(otherRow(), refusedWebRow({ username, principal: null })));
    expect(observed?.denials?.webIdentity).toMatchObject([
      { subject: "system:serviceaccount:a'; DROP TABLE x; --:b" },
    ]);
  });
});

describe('a query', () => {
  it('is waited for, ever longer', async () => {
    const { observed, waits } = await read({
      ...rows(otherRow()),
      GetQueryExecution: (_call, nth) => ({
        QueryExecution: { Status: { State: nth < 4 ? (nth === 1 ? 'QUEUED' : 'RUNNING') : 'SUCCEEDED' } },
      }),
    });
    expect(observed?.denials).toBeDefined();
    expect(waits).toEqual([500, 1000, 2000]);
  });

  it.each([
    ['FAILED', 'COLUMN_NOT_FOUND: line 3:5', /the query was FAILED: COLUMN_NOT_FOUND: line 3:5/],
    ['CANCELLED', undefined, /the query was CANCELLED: Athena gave no reason/],
    ['LIMBO', undefined, /malformed answer/],
  ])('that ends as %s is a gap, and nothing was observed', async (State, StateChangeReason, says) => {
    const { observed, gaps } = await read({
      GetQueryExecution: () => ({ QueryExecution: { Status: { State, StateChangeReason } } }),
    });
    expect(observed).toBeUndefined();
    expect(gaps).toMatchObject([
      {
        read: 'athena:StartQueryExecution',
        subject: 'audit.cloudtrail',
        reason: expect.stringMatching(says),
      },
    ]);
  });

  it('is stopped when its time is over', async () => {
    const { observed, gaps, operations, waits } = await read(
      { GetQueryExecution: () => ({ QueryExecution: { Status: { State: 'RUNNING' } } }) },
      { table: { seconds: 10 } },
    );
    expect(observed).toBeUndefined();
    expect(operations.at(-1)).toBe('StopQueryExecution');
    expect(gaps[0]?.reason).toMatch(/still running/);
    expect(waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThanOrEqual(10_000);
  });

  it.each(['StartQueryExecution', 'GetQueryExecution', 'GetQueryResults'])(
    'goes on when Athena has too much of %s for a while',
    async (operation) => {
      const usual = { ...DONE, ...rows(otherRow()) }[operation];
      const { observed, waits } = await read({
        ...rows(otherRow()),
        [operation]: (call: AthenaCall, nth: number) =>
          nth < 3 ? { error: 'TooManyRequestsException' } : (usual?.(call, nth) ?? {}),
      });
      expect(observed?.denials?.complete).toBe(true);
      expect(waits).toEqual([500, 1000]);
    },
  );

  it.each(['StartQueryExecution', 'GetQueryExecution', 'GetQueryResults'])(
    'that may not be asked by %s is a gap',
    async (operation) => {
      const { observed, gaps } = await read({
        ...rows(otherRow()),
        [operation]: () => ({ error: 'AccessDeniedException', message: 'not allowed' }),
      });
      expect(observed).toBeUndefined();
      expect(gaps[0]?.reason).toContain(`athena:${operation}: AccessDeniedException: not allowed`);
    },
  );

  it('that is throttled for longer than its time is a gap', async () => {
    const { gaps } = await read(
      { StartQueryExecution: () => ({ error: 'TooManyRequestsException' }) },
      { table: { seconds: 10 } },
    );
    expect(gaps[0]?.reason).toContain('TooManyRequestsException');
  });

  it.each<[string, Answers]>([
    ['no id', { StartQueryExecution: () => ({}) }],
    ['no rows', { GetQueryResults: () => ({}) }],
  ])('that is answered with %s is a gap', async (_what, answers) => {
    const { observed, gaps } = await read(answers);
    expect([observed, gaps[0]?.reason]).toEqual([undefined, expect.stringContaining('malformed answer')]);
  });
});

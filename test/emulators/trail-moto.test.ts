import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startMoto } from '../../scripts/emulators/moto.ts';
import type { EmulatorServer } from '../../scripts/emulators/server.ts';
import { COLUMNS } from '../../shared/aws/evidence/trail/query.ts';
import { parseSnapshot } from '../../shared/estate/parse-snapshot.ts';
import { runCli } from '../support/run-cli.ts';
import { otherRow, page, refusedWebRow, webRow } from '../support/trail-rows.ts';

/** moto's account and a role in it. */
const ACCOUNT = '123456789012';
const role = { account: ACCOUNT, rolearn: `arn:aws:iam::${ACCOUNT}:role/pods/payments-api` };

let moto: EmulatorServer;
let folder: string;

beforeAll(async () => {
  moto = await startMoto();
  folder = await mkdtemp(join(tmpdir(), 'podtrust-trail-'));
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'testing',
    AWS_SECRET_ACCESS_KEY: 'testing',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  });
  const trail = { database: 'audit', table: 'cloudtrail', region: 'us-east-1', output: 's3://results/' };
  await writeFile(join(folder, 'podtrust.config.json'), JSON.stringify({ evidence: { trail } }));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await moto.close();
});

/** moto runs no SQL: it gives the next answer that it was handed. */
async function hand(...rows: Parameters<typeof page>[0]): Promise<void> {
  const column_info = COLUMNS.map((Name) => ({ Name, Type: 'varchar', CatalogName: 'hive' }));
  const results = [{ rows: page(rows).ResultSet.Rows, column_info }];
  const body = JSON.stringify({ account_id: ACCOUNT, region: 'us-east-1', results });
  const url = `${moto.endpoint}/moto-api/static/athena/query-results`;
  const { ok, status } = await fetch(url, { method: 'POST', body });
  if (!ok) throw new Error(`moto took no answer: ${status}`);
}

it('collect --sessions trail asks Athena over HTTP and keeps its answer', async () => {
  await hand(otherRow({ account: ACCOUNT }), webRow(role), refusedWebRow(role));
  const { code, out, err } = await runCli(
    ['collect', '--sessions', 'trail', '--regions', 'us-east-1', '--quiet'],
    { cwd: folder },
  );
  expect([code, err]).toEqual([0, '']);
  const parsed = parseSnapshot(out);
  if (!('snapshot' in parsed)) throw new Error(parsed.error);
  const [account] = parsed.snapshot.accounts;
  expect(account?.observed).toMatchObject({
    denials: { source: 'trail', complete: true, webIdentity: [{ role: role.rolearn, count: 3 }] },
    sessions: { source: 'trail', complete: true, seen: [{ role: role.rolearn }] },
  });
  expect(parsed.snapshot.coverage.filter(({ read }) => read.startsWith('athena:'))).toEqual([]);
});

it('audit --sessions trail says where it knows a refusal from', async () => {
  await hand(otherRow({ account: ACCOUNT }), refusedWebRow(role));
  const { out } = await runCli(
    ['audit', '--sessions', 'trail', '--regions', 'us-east-1', '--output', 'json', '--fail-on', 'none'],
    { cwd: folder },
  );
  const { findings } = JSON.parse(out) as { findings: readonly { rule: string; evidence: object }[] };
  expect(findings.find(({ rule }) => rule === 'no-denied-web-identity')).toMatchObject({
    evidence: { source: 'trail', since: '2026-11-15T12:00:03Z', complete: true },
  });
});

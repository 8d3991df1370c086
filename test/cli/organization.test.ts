import { spawn } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import refusal from '../../events/AssumeRoleWithWebIdentity/failure.json' with { type: 'json' };
import { buildEstate } from '../../shared/estate/build-estate.ts';
import { parseSnapshot } from '../../shared/estate/parse-snapshot.ts';
import { type Audit, auditSchema } from '../../shared/findings/finding.ts';
import {
  type AnsweredCall,
  HUB,
  MEMBERS,
  type OrganizationServer,
  SUSPENDED,
  startOrganization,
  UNIT,
} from '../support/organization-server.ts';
import { type CliResult, runCli } from '../support/run-cli.ts';
import { wireError } from '../support/stub-aws.ts';

const NOW = '2026-11-22T12:00:00.000Z';
const folder = mkdtempSync(join(tmpdir(), 'podtrust-organization-'));
const kept = join(folder, 'kept');
/** What a run kept that was killed when three accounts were done. */
const saved = join(folder, 'saved');
const FINISHED = [HUB, MEMBERS[0] ?? '', MEMBERS[1] ?? ''];
const COLLECT = ['collect', '--organization', '--no-kubernetes', '--accounts-at-once', '2', '--resume', kept];
const AUDIT = ['audit', '--organization', '--no-kubernetes', '--resume', kept];

let aws: OrganizationServer;
let killed: Ended;

beforeAll(async () => {
  aws = await startOrganization();
  killed = await interrupted('SIGKILL');
  cpSync(kept, saved, { recursive: true });
}, 90_000);
afterAll(async () => {
  await aws.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  aws.calls.clear();
  aws.answers.clear();
  rmSync(kept, { recursive: true, force: true });
  for (const [name, value] of Object.entries(environment())) vi.stubEnv(name, value);
});
afterEach(() => vi.unstubAllEnvs());

const environment = () => ({
  HOME: folder,
  AWS_ENDPOINT_URL: aws.endpoint,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'AKIDHUB',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_CONFIG_FILE: join(folder, 'none'),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
  AWS_EC2_METADATA_DISABLED: 'true',
});

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command as a process of its own until three accounts are kept, then ends it by a signal. */
async function interrupted(signal: NodeJS.Signals): Promise<Ended> {
  for (const id of MEMBERS.slice(2)) aws.held.add(id);
  const script = join(import.meta.dirname, '../support/podtrust-at.ts');
  const child = spawn(process.execPath, [script, ...COLLECT], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], PODTRUST_TEST_NOW: NOW, ...environment() },
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) =>
    child.on('close', (_code, by) => resolve(by)),
  );
  const printed = Promise.all([text(child.stdout), text(child.stderr)]);
  while (files().length < FINISHED.length && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill(signal);
  const [by, [out, err]] = [await ended, await printed];
  aws.release();
  return { signal: by, out, err };
}

/** The command in this process. */
const run = (argv: readonly string[] = COLLECT, now = NOW): Promise<CliResult> =>
  runCli(argv, { env: environment(), now: () => new Date(now) });

const resume = () => cpSync(saved, kept, { recursive: true });
const files = () =>
  existsSync(kept) ? readdirSync(kept).filter((name) => /^\d{12}\.json\.gz$/.test(name)) : [];

describe('an organization that is read by one command', () => {
  it('gives the same bytes when it is killed in the middle and run again, and asks no finished account twice', async () => {
    const whole = await run();
    expect(whole).toMatchObject({ code: 0, err: expect.stringContaining('1 reads failed') });
    const calls = aws.calls.get(MEMBERS[3] ?? '')?.length;
    expect(calls).toBeGreaterThan(5);
    expect(existsSync(kept)).toBe(false);

    expect(killed).toEqual({ signal: 'SIGKILL', out: '', err: '' });
    expect(readdirSync(saved).filter((name) => name.endsWith('.gz'))).toEqual(
      FINISHED.map((id) => `${id}.json.gz`).sort(),
    );
    resume();
    aws.calls.clear();
    const resumed = await run();
    expect(resumed.out).toBe(whole.out);
    expect(resumed.err).toContain(`3 of 6 accounts were taken over as they were read at ${NOW}`);
    for (const id of MEMBERS.slice(0, 2)) expect(aws.calls.has(id)).toBe(false);
    for (const id of MEMBERS.slice(2)) expect(aws.calls.get(id)).toHaveLength(calls ?? 0);
    // Of the hub: who it is, the organization, and entering the three that were left.
    expect(aws.calls.get(HUB)?.filter((call) => call === 'AssumeRole')).toHaveLength(3);
    expect(aws.calls.get(HUB)).not.toContain('GetAccountAuthorizationDetails');
    expect(existsSync(kept)).toBe(false);
  });

  it('says what is kept to whoever presses Ctrl-C, and ends by that signal', async () => {
    expect(await interrupted('SIGINT')).toEqual({
      signal: 'SIGINT',
      out: '',
      err: `podtrust: interrupted: 3 of 6 accounts are kept in "${kept}"; the same command within 12 hours goes on from there.\n`,
    });
    // What it left is the user's alone, and has no secrets in it.
    expect(statSync(kept).mode & 0o777).toBe(0o700);
    for (const file of files().map((name) => join(kept, name))) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(gunzipSync(readFileSync(file)).toString()).not.toMatch(/ASIA|AKID|token/);
    }
  });

  it('reads anew what is damaged', async () => {
    resume();
    const [first, second] = files().map((name) => join(kept, name));
    writeFileSync(first ?? '', 'not gzip');
    writeFileSync(second ?? '', readFileSync(join(saved, `${HUB}.json.gz`)).subarray(0, 30));
    const { code, err } = await run();
    expect(code).toBe(0);
    expect(err).toContain('1 of 6 accounts were taken over');
    expect(err).toMatch(
      /2 kept readings were not used, and their accounts were read anew \(\d{12}\.json\.gz: it is damaged; /,
    );
  });

  it('reads everything anew with --fresh', async () => {
    resume();
    const { code, err } = await run([...COLLECT, '--fresh']);
    expect([code, err]).toEqual([0, expect.not.stringContaining('taken over')]);
    expect(aws.calls.get(MEMBERS[0] ?? '')?.length).toBeGreaterThan(5);
  });

  it.each([
    ['2026-11-22T23:59:00.000Z', '3 of 6 accounts were taken over', NOW],
    ['2026-11-23T00:01:00.000Z', 'it is older than 12 hours', '2026-11-23T00:01:00.000Z'],
    ['2026-11-22T11:00:00.000Z', 'it is dated in the future', '2026-11-22T11:00:00.000Z'],
  ])('at %s says of what was kept at noon: %s', async (now, says, takenAt) => {
    resume();
    const later = await run(COLLECT, now);
    expect(later.err).toContain(says);
    expect(snapshotOf(later).takenAt).toBe(takenAt);
  });

  it('refuses a folder that was kept for other arguments, holds something else or is open to others', async () => {
    resume();
    const other = await run([...COLLECT, '--regions', 'eu-west-1']);
    expect(other).toMatchObject({ code: 2, out: '' });
    expect(other.err).toContain(
      'other arguments or another version: name another folder, or start anew with --fresh',
    );
    const foreign = await run(['collect', '--organization', '--no-kubernetes', '--resume', folder]);
    expect(foreign).toMatchObject({ code: 2, err: expect.stringContaining('it holds something else') });
    chmodSync(kept, 0o770);
    expect(await run()).toMatchObject({ code: 2, err: expect.stringContaining('others may write in it') });
  });

  it('tells what is kept when the credentials end on the way, and goes on with new ones', async () => {
    aws.expireAfter(2);
    const ended = await run();
    expect(ended).toMatchObject({ code: 4, out: '' });
    expect(ended.err).toMatch(/of 6 accounts are kept in .*\n.*credentials have expired.*Sign in again/);
    expect(await run()).toMatchObject({ code: 0, err: expect.stringContaining('were taken over') });
  });

  it('keeps in the state folder when none is named, and draws no progress in a pipe', async () => {
    const argv = ['collect', '--organization', '--no-kubernetes'];
    const { code, err } = await run(argv);
    expect([code, err]).toEqual([0, expect.not.stringContaining('reading AWS')]);
    expect(readdirSync(join(folder, '.local', 'state', 'podtrust', 'organization'))).toEqual([]);
  });

  it('leaves out suspended accounts and those that are not chosen, and then claims no completeness', async () => {
    const argv = [...COLLECT, '--ou', UNIT, '--exclude-account', MEMBERS[1] ?? ''];
    const { accounts, coverage, organization } = snapshotOf(await run(argv));
    expect(accounts.map(({ id }) => id)).toEqual([MEMBERS[0]]);
    expect(coverage).toEqual([
      { account: SUSPENDED, read: 'sts:AssumeRole', reason: 'the account is suspended' },
    ]);
    expect(organization).toMatchObject({ id: 'o-a1b2c3d4e5', complete: false });
    // Nobody of them is a stranger, though none was read.
    expect(organization?.accounts).toEqual([...MEMBERS.slice(1), HUB, SUSPENDED].sort());
    const without = snapshotOf(await run([...COLLECT, '--exclude-ou', UNIT]));
    expect(without.accounts.map(({ id }) => id)).toEqual([...MEMBERS.slice(2), HUB]);
  });

  it('takes the word of the configuration for accounts without clusters, and says so whenever it does', async () => {
    const config = join(folder, 'clusterless.json');
    writeFileSync(config, JSON.stringify({ organization: { clusterless: [SUSPENDED] } }));
    const says = `without clusters as the configuration says (organization.clusterless): ${SUSPENDED}.`;
    const collected = await run([...COLLECT, '--config', config]);
    expect(collected.err).toContain(says);
    const snapshot = snapshotOf(collected);
    expect(buildEstate(snapshotOf(await run())).seesEveryCluster()).toBe(false);
    expect(buildEstate(snapshot).seesEveryCluster()).toBe(true);
    expect(snapshot.coverage).toEqual([]);
    expect(snapshot.organization).toMatchObject({
      complete: true,
      accounts: [SUSPENDED],
      clusterless: [SUSPENDED],
    });
    const audited = await run([...AUDIT, '--config', config, '--output', 'json']);
    expect(audited.err).toContain(says);
    expect(auditSchema.parse(JSON.parse(audited.out)).coverage.map(({ subject }) => subject)).not.toContain(
      SUSPENDED,
    );
    const file = join(folder, 'clusterless-snapshot.json');
    writeFileSync(file, collected.out);
    expect((await run(['audit', '--snapshot', file])).err).toContain(says);
    expect((await run(['audit', '--quiet', '--snapshot', file])).err).not.toContain(says);
  });

  it.each(['audit', 'report --format json'])('%s asks each account for the causes in it', async (verb) => {
    const [, ...source] = COLLECT;
    const { out } = await run([
      ...verb.split(' '),
      ...source,
      '--causes',
      '--causes-within',
      '9',
      ...JSON_OF(verb),
    ]);
    const { findings } = auditSchema.parse(JSON.parse(out));
    const own = new Set(findings.map(({ account }) => account));
    expect([...own].sort()).toEqual([...MEMBERS, HUB].sort());
    for (const account of own) expect(aws.calls.get(account)).toContain('LookupEvents');
    expect(findings.map(({ cause }) => cause?.outcome)).toEqual(findings.map(() => 'none'));
  });
});

describe('an organization that is audited by one command', () => {
  it('gives the document that an audit of its snapshot gives, in every form, and leaves nothing behind', async () => {
    const file = join(folder, 'estate.json');
    writeFileSync(file, (await run()).out);
    for (const output of ['json', 'ndjson', 'table']) {
      const live = await run([...AUDIT, '--output', output]);
      const read = await run(['audit', '--snapshot', file, '--output', output]);
      expect(live.out).toBe(read.out);
      expect([live.code, existsSync(kept)]).toEqual([read.code, false]);
    }
    const { findings, coverage, summary } = JSON.parse((await run([...AUDIT, '--output', 'json'])).out);
    expect([findings.length, coverage.length, summary.accounts]).toEqual([
      expect.any(Number),
      expect.any(Number),
      MEMBERS.length + 1,
    ]);
    expect(findings.length).toBeGreaterThan(0);
  });

  describe.each([
    ['which accounts there are', 'ListAccounts'],
    ['who manages it', 'DescribeOrganization'],
    ['its roots', 'ListRoots'],
    ['the units below a root', 'ListOrganizationalUnitsForParent'],
    ['the accounts below a unit', 'ListAccountsForParent'],
    ['its policies', 'ListPolicies'],
    ['what a policy is attached to', 'ListTargetsForPolicy'],
    ['what a policy says', 'DescribePolicy'],
  ])('when it may not read %s', (_what, operation) => {
    beforeEach(() => {
      for (const [name, answer] of Object.entries(POLICIES)) aws.answers.set(name, answer);
      aws.answers.set(operation, () =>
        wireError('eks', 400, 'AccessDeniedException', 'not authorized to read the organization'),
      );
    });

    it.each([[[]], [['--whole-organization']]])('it says so, and is not complete (%j)', async (more) => {
      const argv = [...AUDIT, '--fail-on', 'none', '--require-coverage', '--output', 'json', ...more];
      const { code, out, err } = await run(argv);
      const { coverage } = auditSchema.parse(JSON.parse(out));
      expect(code).toBe(3);
      expect(coverage.map(({ read }) => read)).toContain(`organizations:${operation}`);
      expect(err).toContain(
        `not everything of the organization was read (organizations:${operation}: AccessDeniedException`,
      );
    });
  });

  it('does not take a type of policies that is being switched off for one that is not in use', async () => {
    for (const [name, answer] of Object.entries(POLICIES)) aws.answers.set(name, answer);
    aws.answers.set('ListRoots', () => ({
      Roots: [
        { Id: 'r-ab12', PolicyTypes: [{ Type: 'RESOURCE_CONTROL_POLICY', Status: 'PENDING_DISABLE' }] },
      ],
    }));
    const { code, out } = await run([
      ...AUDIT,
      '--require-coverage',
      '--fail-on',
      'none',
      '--output',
      'json',
    ]);
    const { coverage } = auditSchema.parse(JSON.parse(out));
    expect(code).toBe(3);
    expect(coverage).toContainEqual(
      expect.objectContaining({
        read: 'organizations:ListRoots',
        reason: expect.stringMatching('PENDING_DISABLE'),
      }),
    );
  });

  it('claims to have read the whole organization without letting go of what it read of it', async () => {
    for (const [name, answer] of Object.entries(POLICIES)) aws.answers.set(name, answer);
    const { organization } = snapshotOf(await run([...COLLECT, '--whole-organization']));
    expect(organization).toMatchObject({
      complete: true,
      id: 'o-a1b2c3d4e5',
      controlPolicies: { resource: { enabled: true, policies: [{ id: 'p-rcp' }] } },
    });
  });

  describe('with everything that is asked beside', () => {
    const SESSIONS = ['--sessions', '--access-denied', '--sessions-within', '9'];
    const waivers = join(folder, 'podtrust.waivers.yaml');
    const judged = (out: string) => auditSchema.parse(JSON.parse(out));
    let once: CliResult;

    /** All at once: everything is collected first, and judged as one snapshot. */
    const atOnce = async (...more: string[]): Promise<CliResult> => {
      const file = join(folder, 'observed.json');
      writeFileSync(file, (await run([...COLLECT, ...SESSIONS])).out);
      return run(['audit', '--snapshot', file, '--output', 'json', ...more]);
    };

    beforeEach(furnish);

    it('finds by sessions what is found at once, and says the same of what could not be read', async () => {
      once = await atOnce('--require-coverage', '--fail-on', 'none');
      const parts = await run([
        ...AUDIT,
        ...SESSIONS,
        '--output',
        'json',
        '--require-coverage',
        '--fail-on',
        'none',
      ]);
      expect(parts.out).toBe(once.out);
      expect([parts.code, once.code]).toEqual([3, 3]);
      const without = judged((await run([...AUDIT, '--output', 'json'])).out);
      const rules = (findings: Audit['findings']) => new Set(findings.map(({ rule }) => rule));
      expect(rules(judged(parts.out).findings).difference(rules(without.findings))).not.toEqual(new Set());
    });

    it('waives what is waived at once, and no more', async () => {
      const [finding] = judged((await atOnce()).out).findings.filter(({ severity }) => severity !== 'info');
      if (finding === undefined) throw new Error('Nothing was found.');
      const accepted = { rule: finding.rule, account: finding.account };
      const terms = { owner: 'team-a', reason: 'known', ticket: 'OPS-1', expires: '2026-12-20' };
      writeFileSync(waivers, JSON.stringify({ waivers: [{ ...accepted, ...terms }] }));
      const argv = ['--waivers', waivers, '--fail-on', finding.severity];
      once = await atOnce(...argv);
      const parts = await run([...AUDIT, ...SESSIONS, '--output', 'json', ...argv]);
      expect([parts.out, parts.code]).toEqual([once.out, once.code]);
      const { findings, summary } = judged(parts.out);
      expect(summary.waived).toBeGreaterThan(0);
      for (const { status, rule, account } of findings)
        if (status === 'waived') expect({ rule, account }).toEqual(accepted);
    });

    it('finds the causes that are found at once', async () => {
      const causes = ['--causes', '--causes-within', '20'];
      const parts = judged((await run([...AUDIT, ...causes, '--output', 'json'])).out);
      const [, ...source] = COLLECT;
      const whole = judged((await run(['report', '--format', 'json', ...source, ...causes])).out);
      expect(parts).toEqual(whole);
      expect(parts.findings.map(({ cause }) => cause?.outcome)).toEqual(
        expect.arrayContaining(['found', 'none']),
      );
    }, 60_000);
  });

  it('takes over what a collection left, and keeps it when a name turns out to be wrong', async () => {
    resume();
    const wrong = await run([...AUDIT, '--role', 'nobody-has-this-name']);
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toContain('no role "nobody-has-this-name" was read');
    expect(wrong.err).toContain(`6 of 6 accounts are kept in "${kept}"`);
    const { err } = await run([...AUDIT, '--fail-on', 'none']);
    expect(err).toContain('6 of 6 accounts were taken over');
    expect(existsSync(kept)).toBe(false);
  });
});

/** An organization with a resource control policy. */
const POLICIES = {
  ListRoots: () => ({
    Roots: [{ Id: 'r-ab12', PolicyTypes: [{ Type: 'RESOURCE_CONTROL_POLICY', Status: 'ENABLED' }] }],
  }),
  ListPolicies: () => ({ Policies: [{ Id: 'p-rcp', Name: 'perimeter' }] }),
  ListTargetsForPolicy: () => ({ Targets: [{ TargetId: 'r-ab12' }] }),
  DescribePolicy: () => ({ Policy: { Content: '{"Version":"2012-10-17","Statement":[]}' } }),
};

/** A member with a cluster of which not everything may be read, whose pods are refused a role; somebody edited that. */
function furnish(): void {
  const [member = ''] = MEMBERS;
  const issuer = 'oidc.eks.eu-west-1.amazonaws.com/id/0A1B2C3D4E5F0A1B2C3D4E5F0A1B2C3D';
  const only =
    (answer: object) =>
    ({ account, region }: AnsweredCall) =>
      account === member && region === 'eu-west-1' ? answer : undefined;
  aws.answers.set('ListClusters', only({ clusters: ['prod'] }));
  aws.answers.set('GET /clusters/prod', () => ({
    cluster: {
      name: 'prod',
      arn: `arn:aws:eks:eu-west-1:${member}:cluster/prod`,
      status: 'ACTIVE',
      identity: { oidc: { issuer: `https://${issuer}` } },
    },
  }));
  for (const list of LISTS)
    aws.answers.set(`GET /clusters/prod/${list}`, () =>
      wireError('eks', 403, 'AccessDeniedException', `not authorized to list ${list}`),
    );
  aws.answers.set('LookupEvents', ({ account, region, input }) => {
    const [attribute] = (input['LookupAttributes'] ?? []) as { AttributeValue: string }[];
    const name = attribute?.AttributeValue;
    if (account === member && name === 'AssumeRoleWithWebIdentity' && region === 'eu-west-1')
      return eventsOf(refusedIn(member, issuer));
    return name === 'UpdateAssumeRolePolicy' ? eventsOf(editIn(account)) : { Events: [] };
  });
}

const LISTS = [
  'addons',
  'pod-identity-associations',
  'access-entries',
  'node-groups',
  'fargate-profiles',
  'identity-provider-configs',
  'capabilities',
];

const eventsOf = (detail: object) => ({ Events: [{ CloudTrailEvent: JSON.stringify(detail) }] });

const refusedIn = (account: string, issuer: string) => ({
  ...JSON.parse(
    JSON.stringify(refusal.detail)
      .replaceAll(/arn:aws:iam::\d{12}:role\/[\w/-]+/g, `arn:aws:iam::${account}:role/team/app`)
      .replaceAll(/oidc\.eks\.[\w-]+\.amazonaws\.com\/id\/\w+/g, issuer),
  ),
  eventTime: '2026-11-22T11:00:00Z',
  recipientAccountId: account,
});

const editIn = (account: string) => ({
  eventSource: 'iam.amazonaws.com',
  eventName: 'UpdateAssumeRolePolicy',
  eventTime: '2026-11-21T09:00:00Z',
  eventID: 'e1',
  awsRegion: 'us-east-1',
  recipientAccountId: account,
  userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${account}:user/alice` },
  requestParameters: { roleName: 'app', policyDocument: '{"Version":"2012-10-17","Statement":[]}' },
});

const JSON_OF = (verb: string): string[] => (verb === 'audit' ? ['--output', 'json'] : []);

function snapshotOf({ out }: CliResult) {
  const parsed = parseSnapshot(out);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed.snapshot;
}

it.each([
  [['--ou', UNIT], 'say how --organization is read'],
  [['--fresh'], 'say how --organization is read'],
  [['--resume', 'x'], 'say how --organization is read'],
  [['--organization', '--whole-organization', '--exclude-ou', UNIT], 'drop one of them'],
  [['--organization', '--ou', 'production'], 'is not the id of a root or an organizational unit'],
  [['--organization', '--exclude-account', '12'], 'is not a 12-digit account id'],
])('%j is refused', async (argv, says) => {
  const { code, err } = await runCli(['collect', ...argv]);
  expect([code, err]).toEqual([2, expect.stringContaining(says)]);
});

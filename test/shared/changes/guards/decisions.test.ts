import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../../shared/changes/applying.ts';
import type { Change } from '../../../../shared/changes/change.ts';
import { decideApproval } from '../../../../shared/changes/guards/approval.ts';
import { decideBudget } from '../../../../shared/changes/guards/budget.ts';
import { type Canary, canaryTurn, decideCanary } from '../../../../shared/changes/guards/canary-first.ts';
import { decideChangeWindow } from '../../../../shared/changes/guards/change-window.ts';
import { decideKillSwitch } from '../../../../shared/changes/guards/kill-switch.ts';
import { decideMode, type FixPlace, modeOf } from '../../../../shared/changes/guards/mode.ts';
import { decideOwnership, ownersByTags } from '../../../../shared/changes/guards/ownership.ts';
import { decideProof } from '../../../../shared/changes/guards/proof.ts';
import { decideProtected } from '../../../../shared/changes/guards/protected.ts';
import { decideWaiver } from '../../../../shared/changes/guards/waiver.ts';
import { fixesSchema, type Mode } from '../../../../shared/config/fixes.ts';
import { buildEstate } from '../../../../shared/estate/build-estate.ts';
import { ownershipOf } from '../../../../shared/plans/ownership.ts';
import { estateOf, ROLE_ARN, role } from '../../../../shared/rules/examples/estate.ts';
import { ACCOUNT, planOf, ROLE, trustChange } from '../../../support/plans.ts';

const unreadable = { known: false, reason: 'ThrottlingException: slow down' } as const;
const known = <T>(value: T) => ({ known: true, value }) as const;
const says = (verdict: Verdict): string =>
  verdict.allowed ? 'yes' : `${verdict.later ? 'later' : 'no'}: ${verdict.reason}`;

describe('mode', () => {
  const place = (differs: Partial<FixPlace> = {}): FixPlace => ({
    rule: 'no-malformed-subject',
    account: ACCOUNT,
    clusters: [{ account: ACCOUNT, region: 'eu-west-1', cluster: 'prod' }],
    roleTags: known({ tier: 'gold' }),
    ...differs,
  });
  const rule = 'no-malformed-subject';
  const gold = { key: 'tier', value: 'gold' };

  it.each<[string, object, FixPlace, Mode]>([
    ['the general one where nothing else is said', { mode: 'approve' }, place(), 'approve'],
    ['plan where no mode is named', {}, place(), 'plan'],
    ['that of a setting that fits', { settings: [{ rule, mode: 'auto' }] }, place(), 'auto'],
    ['not that of another rule', { settings: [{ rule: 'no-public-trust', mode: 'auto' }] }, place(), 'plan'],
    [
      'that of the setting that names most',
      {
        settings: [
          { rule, account: ACCOUNT, mode: 'auto' },
          { rule, mode: 'off' },
        ],
      },
      place(),
      'auto',
    ],
    [
      'of equals the more cautious',
      {
        settings: [
          { account: ACCOUNT, mode: 'auto' },
          { rule, mode: 'approve' },
        ],
      },
      place(),
      'approve',
    ],
    ['that of a cluster by name', { settings: [{ cluster: 'prod', mode: 'auto' }] }, place(), 'auto'],
    [
      'that of a cluster by ARN, in any partition',
      { settings: [{ cluster: `arn:aws-cn:eks:eu-west-1:${ACCOUNT}:cluster/prod`, mode: 'auto' }] },
      place(),
      'auto',
    ],
    [
      'not that of a cluster of the same name elsewhere',
      { settings: [{ cluster: 'arn:aws:eks:eu-west-1:999988887777:cluster/prod', mode: 'auto' }] },
      place(),
      'plan',
    ],
    ['that of a tag of the role', { settings: [{ roleTag: gold, mode: 'auto' }] }, place(), 'auto'],
    [
      'the more cautious of both where the tags cannot be read',
      { mode: 'auto', settings: [{ roleTag: gold, mode: 'off' }] },
      place({ roleTags: unreadable }),
      'off',
    ],
    [
      'not the bolder one of a tag that cannot be read',
      { settings: [{ roleTag: gold, mode: 'auto' }] },
      place({ roleTags: unreadable }),
      'plan',
    ],
    [
      'the more cautious of both where the clusters are not known',
      { mode: 'auto', settings: [{ cluster: 'prod', mode: 'off' }] },
      place({ clusters: null }),
      'off',
    ],
    [
      'off under an exception',
      { mode: 'auto', exceptions: [{ account: ACCOUNT, reason: 'audit' }] },
      place(),
      'off',
    ],
    [
      'off under an exception that may be meant',
      { mode: 'auto', exceptions: [{ roleTag: gold, reason: 'audit' }] },
      place({ roleTags: unreadable }),
      'off',
    ],
  ])('is %s', (_name, fixes, at, mode) => {
    expect(modeOf(fixesSchema.parse(fixes), at)).toBe(mode);
  });

  it('is off without fixes in the configuration', () => {
    expect(modeOf(undefined, place())).toBe('off');
  });

  it.each<[Mode, string]>([
    ['off', 'no'],
    ['plan', 'no'],
    ['approve', 'yes'],
    ['auto', 'yes'],
  ])('%s: %s', (mode, answer) => {
    expect(says(decideMode(mode))).toMatch(answer);
  });
});

describe('waiver', () => {
  it.each([
    ['open', /^yes/],
    ['waived', /^no: .*waived/],
    ['resolved', /^no: .*resolved/],
    [null, /^no: .*not known/],
  ] as const)('a finding that is %s', (status, answer) => {
    expect(says(decideWaiver(known(status)))).toMatch(answer);
  });

  it('a finding that cannot be read is refused', () => {
    expect(says(decideWaiver(unreadable))).toMatch(/^no: .*ThrottlingException/);
  });
});

describe('kill switch', () => {
  it.each([
    ['off', known({ engaged: false, note: '' }), /^yes/],
    ['engaged', known({ engaged: true, note: ' (alice: incident)' }), /^later: .*alice/],
    ['unreadable: it is engaged', unreadable, /^later: .*could not be read/],
  ])('%s', (_name, state, answer) => {
    expect(says(decideKillSwitch(state))).toMatch(answer);
  });
});

describe('change window', () => {
  const weekdays = {
    days: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
    from: '09:00',
    to: '17:00',
    timeZone: 'Europe/Berlin',
  };
  const night = { days: ['saturday'], from: '22:00', to: '04:00', timeZone: 'UTC' };
  const whole = { days: ['sunday'], from: '00:00', to: '24:00', timeZone: 'UTC' };

  it.each<[string, object[], string, string]>([
    ['none is configured', [], '2026-11-22T03:00:00Z', 'yes'],
    ['it begins: 9 in Berlin is 8 in UTC', [weekdays], '2026-11-23T08:00:00Z', 'yes'],
    ['before it begins', [weekdays], '2026-11-23T07:59:59Z', 'later'],
    ['it ends: the end is not in it', [weekdays], '2026-11-23T16:00:00Z', 'later'],
    ['in summer 9 in Berlin is 7 in UTC', [weekdays], '2026-07-20T07:00:00Z', 'yes'],
    ['on another day', [weekdays], '2026-11-22T10:00:00Z', 'later'],
    ['after midnight of one that began the day before', [night], '2026-11-22T03:59:00Z', 'yes'],
    ['before midnight of the day on which it began', [night], '2026-11-21T22:00:00Z', 'yes'],
    ['after midnight of the day on which it begins', [night], '2026-11-21T03:00:00Z', 'later'],
    ['a whole day', [whole], '2026-11-22T23:59:59Z', 'yes'],
    ['in one of several', [weekdays, whole], '2026-11-22T00:00:00Z', 'yes'],
  ])('%s', (_name, windows, now, answer) => {
    expect(says(decideChangeWindow(fixesSchema.parse({ windows }).windows, new Date(now)))).toMatch(answer);
  });
});

describe('budget', () => {
  it.each([
    ['left', known(true), /^yes/],
    ['spent', known(false), /^later: .*10 writes/],
    ['unreadable', unreadable, /^later: .*could not be read/],
  ])('%s', (_name, granted, answer) => {
    expect(says(decideBudget(granted, 10))).toMatch(answer);
  });
});

describe('canary first', () => {
  const canary = (state: Canary['state'], plan = 'other'): Canary => ({
    plan,
    state,
    at: '2026-11-22T09:00:00.000Z',
  });
  const after = (hours: number) => new Date(Date.parse('2026-11-22T09:00:00Z') + hours * 3_600_000);

  it.each<[string, Canary | null, number, RegExp]>([
    ['nobody went yet', null, 0, /^yes/],
    ['another is under way', canary('running'), 1, /^later/],
    ['another was verified', canary('verified'), 1, /^yes/],
    ['another was taken back', canary('failed'), 1, /^no/],
    ['another was taken back long ago', canary('failed'), 25, /^yes/],
    ['another never came to its end', canary('running'), 3, /^yes/],
    ['it is the canary itself', canary('running', 'this'), 1, /^yes/],
    ['it is the canary and was taken back', canary('failed', 'this'), 1, /^no/],
  ])('%s', (_name, kept, hours, answer) => {
    expect(says(decideCanary(known(canaryTurn(kept, 'this', after(hours)))))).toMatch(answer);
  });

  it('a canary that cannot be read is waited for', () => {
    expect(says(decideCanary(unreadable))).toMatch(/^later/);
  });
});

describe('ownership', () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ['nobody’s', { team: 'shop' }, /^yes/],
    ['CloudFormation’s', { 'aws:cloudformation:stack-name': 'shop' }, /^no: cloudformation/],
    ['eksctl’s', { 'alpha.eksctl.io/cluster-name': 'prod' }, /^no: eksctl/],
    ['Terraform’s, by a tag that teams use', { ManagedBy: 'Terraform' }, /^no: terraform/],
    ['OpenTofu’s', { 'managed-by': 'opentofu' }, /^no: terraform/],
    ['Terraform’s, by a key', { terraform: 'true' }, /^no: terraform/],
    ['Terraform’s, by whoever provisioned it', { provisioner: 'terraform' }, /^no: terraform/],
    ['Terraform’s, by its source', { source: 'terraform' }, /^no: terraform/],
    ['Terraform’s, by a workspace', { 'tf:workspace': 'prod' }, /^no: terraform/],
    ['Terraform’s, by a module', { 'terraform.io/module': 'x' }, /^no: terraform/],
    ['Terragrunt’s', { terragrunt: 'true' }, /^no: terraform/],
    ['OpenTofu’s, by its short name', { 'managed-by': 'tofu' }, /^no: terraform/],
    ['nobody’s where the key says no', { Terraform: 'false' }, /^yes/],
    ['nobody’s where a name merely holds the letters', { tflow: 'x', team: 'tofurky' }, /^yes/],
  ])('%s, for the guard and for the plan', (_name, tags, answer) => {
    const owners = ownersByTags(tags);
    expect(says(decideOwnership(known(owners), []))).toMatch(answer);
    const estate = buildEstate(estateOf({ roles: [role({ tags })] }));
    const change = {
      kind: 'trust-policy' as const,
      target: { account: '111122223333', arn: ROLE_ARN },
      before: 'a',
      after: 'b',
    };
    expect(ownershipOf([change], estate)).toEqual(
      owners.slice(0, 1).map((owner) => ({ ...owner, target: ROLE_ARN })),
    );
  });

  it.each<[Parameters<typeof decideOwnership>[0], RegExp]>([
    [known([{ owner: 'cloudformation', evidence: 'tag' }]), /^yes/],
    [known([{ owner: 'terraform', evidence: 'tag' }]), /^no/],
    [known([{ owner: 'service', evidence: 'path' }]), /^no: it belongs to an AWS service/],
    [known([{ owner: 'podtrust', evidence: 'name' }]), /^no/],
    [known([{ owner: 'addon', evidence: 'ownerArn' }]), /^yes/],
    [unreadable, /^no: .*could not be read/],
  ])('%j where CloudFormation’s may be written', (owners, answer) => {
    expect(says(decideOwnership(owners, ['cloudformation']))).toMatch(answer);
  });
});

describe('protected principals', () => {
  const role = (path: string): Change => ({
    ...(trustChange() as Extract<Change, { kind: 'trust-policy' }>),
    target: { account: ACCOUNT, arn: `arn:aws-us-gov:iam::${ACCOUNT}:${path}` },
  });
  const rules = { breakGlass: [`arn:*:iam::${ACCOUNT}:role/emergency-*`], ownRoles: ['audit-reader'] };

  it.each([
    'role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS',
    'role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123456789abcdef',
    'role/OrganizationAccountAccessRole',
    'role/AWSCloudFormationStackSetExecutionRole',
    'role/stacksets-exec-0123456789abcdef',
    'role/cdk-hnb659fds-deploy-role-111122223333-eu-west-1',
    'role/AWSControlTowerExecution',
    'role/podtrust-write',
    'role/team/PODTRUST-apply',
    'role/Audit-Reader',
    'role/emergency-7',
    'root',
  ])('%s is never written', (path) => {
    expect(says(decideProtected(role(path), rules))).toMatch(/^no: /);
  });

  it('another role is', () => {
    expect(decideProtected(role('role/shop'), rules)).toEqual({ allowed: true });
  });

  it.each<Change>([
    {
      kind: 'pod-identity-association',
      target: { account: ACCOUNT, region: 'r', cluster: 'c', namespace: 'n', serviceAccount: 's' },
      before: null,
      after: { roleArn: ROLE, targetRoleArn: `arn:aws:iam::${ACCOUNT}:role/podtrust-write` },
    },
    {
      kind: 'addon',
      target: { account: ACCOUNT, region: 'r', cluster: 'c', addon: 'a' },
      before: null,
      after: { serviceAccountRoleArn: `arn:aws:iam::${ACCOUNT}:role/emergency-1` },
    },
    {
      kind: 'access-entry',
      target: { account: ACCOUNT, region: 'r', cluster: 'c', principal: `arn:aws:iam::${ACCOUNT}:root` },
      before: null,
      after: { type: 'STANDARD', groups: [] },
    },
  ])('nor is one handed out: $kind', (change) => {
    expect(says(decideProtected(change, rules))).toMatch(/^no: /);
  });

  const map = (...rows: string[]) => ({
    data: { mapRoles: rows.map((row) => `- rolearn: ${row}\n  groups: [system:masters]\n`).join('') },
  });
  const awsAuth = (before: object | null, after: object | null) =>
    ({
      kind: 'aws-auth',
      target: { account: ACCOUNT, region: 'r', cluster: 'c' },
      before,
      after,
    }) as Change;
  const arn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const kept = map(arn('emergency-1'));

  it.each<[string, Change]>([
    ['a row of a break-glass role goes', awsAuth(map(arn('emergency-1'), arn('team')), map(arn('team')))],
    ['one comes', awsAuth(map(arn('team')), map(arn('team'), arn('Emergency-1')))],
    [
      'one is written anew',
      awsAuth(kept, { data: { mapRoles: `- rolearn: ${arn('emergency-1')}\n  groups: [viewers]\n` } }),
    ],
    ['the whole map goes', awsAuth(kept, null)],
    ['a row of podtrust’s own role comes', awsAuth(map(), map(arn('podtrust-write')))],
    ['rows cannot be read any more', awsAuth(kept, { data: { mapRoles: '- [' } })],
    [
      'one goes that could not be read',
      awsAuth({ data: { mapRoles: `- [${arn('emergency-1')}` } }, map(arn('team'))),
    ],
  ])('in aws-auth neither: %s', (_name, change) => {
    expect(says(decideProtected(change, rules))).toMatch(/^no: /);
  });

  it('a break-glass pattern with a path is about the row without it, as aws-auth writes roles', () => {
    const withPath = { ...rules, breakGlass: [`arn:*:iam::*:role/safe/glass-*`] };
    const change = awsAuth(map(arn('glass-1')), map());
    expect(says(decideProtected(change, withPath))).toMatch(/^no: /);
  });

  it('another row may go beside one of a break-glass role, which stays', () => {
    const change = awsAuth(map(arn('emergency-1'), arn('team')), kept);
    expect(decideProtected(change, rules)).toEqual({ allowed: true });
  });
});

describe('proof', () => {
  const shown = (claim: 'intended-in-after' | 'observed-keep-access', holds: 'yes' | 'no' | 'undecided') =>
    planOf({ proof: { ...planOf().proof, shown: [{ claim, target: ROLE, holds, witness: 'shop/cart' }] } });

  it.each([
    ['what holds', shown('intended-in-after', 'yes'), /^yes/],
    ['what fails', shown('intended-in-after', 'no'), /^no: .*shop\/cart/],
    ['what is for the approver to weigh', shown('observed-keep-access', 'no'), /^yes/],
    ['what is undecided, for the approver', shown('intended-in-after', 'undecided'), /^yes/],
    ['a plan with a blocker', planOf({ blockers: ['too long'] }), /^no: .*too long/],
  ])('%s', (_name, plan, answer) => {
    expect(says(decideProof(plan))).toMatch(answer);
  });
});

describe('approval', () => {
  const by = { arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Admin/alice`, account: ACCOUNT, userId: 'AROA:a' };
  const made = (differs: object = {}) =>
    known({ plan: 'p', verdict: 'approved' as const, by, at: '2026-11-22T09:00:00.000Z', ...differs });
  const ask = (differs: object): string =>
    says(
      decideApproval({
        plan: 'p',
        mode: 'approve',
        auto: { eligible: false, reasons: ['it adds shop/cart'] },
        decision: known(null),
        approvalHours: 72,
        now: new Date('2026-11-22T10:00:00Z'),
        ownRoles: ['writer'],
        ...differs,
      }),
    );
  const own = (name: string) =>
    made({ by: { ...by, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/x` } });

  it.each<[string, object, RegExp]>([
    ['nobody decided', {}, /^no: nobody has approved it yet$/],
    ['somebody approved', { decision: made() }, /^yes/],
    ['somebody rejected', { decision: made({ verdict: 'rejected' }) }, /^no: .*alice rejected/],
    ['it is about another plan', { decision: made({ plan: 'q' }) }, /^no: .*another plan/],
    ['it expired', { decision: made(), now: new Date('2026-11-25T09:00:00Z') }, /^no: .*expired/],
    ['podtrust approved', { decision: own('podtrust-apply') }, /^no: podtrust itself/],
    ['podtrust’s own role of another name approved', { decision: own('writer') }, /^no: podtrust itself/],
    ['it cannot be read', { decision: unreadable }, /^no: .*could not be read/],
    ['it cannot be read in auto', { decision: unreadable, mode: 'auto', auto: { eligible: true } }, /^no/],
    ['auto, and eligible', { mode: 'auto', auto: { eligible: true } }, /^yes/],
    ['auto, and not eligible', { mode: 'auto' }, /^no: .*it adds shop\/cart/],
    ['auto, not eligible, approved', { mode: 'auto', decision: made() }, /^yes/],
    [
      'auto, eligible, rejected',
      { mode: 'auto', auto: { eligible: true }, decision: made({ verdict: 'rejected' }) },
      /^no: .*rejected/,
    ],
    ['eligible, but not auto', { auto: { eligible: true } }, /^no: nobody/],
  ])('%s', (_name, differs, answer) => {
    expect(ask(differs)).toMatch(answer);
  });
});

import { describe, expect, it } from 'vitest';
import type { Account, Snapshot, WebIdentityDenial } from '../../../shared/estate/snapshot.ts';
import { datedDenials } from '../../../shared/pipeline/dated-denials.ts';
import { memoryHistory } from '../../../shared/pipeline/history.ts';
import type { ScopeRequest } from '../../../shared/pipeline/scope-request.ts';
import {
  accessDeniedOf,
  denialsOf,
  observing,
  podDenial,
  refusedCall,
  webDenial,
} from '../../../shared/rules/examples/denied.ts';
import {
  ACCOUNT,
  association,
  cluster,
  irsaStatement,
  podIdentityStatement,
  provider,
  ROLE_ARN,
} from '../../../shared/rules/examples/estate.ts';
import { memoryClaims, requestOf } from '../../support/pipeline.ts';
import { inline, trusting, without } from '../../support/rule-estates.ts';

/** `trusting` is read at midnight. */
const sound = trusting([irsaStatement()]);
const broken = trusting([irsaStatement({ Action: 'sts:AssumeRole' })]);
const [PREVIOUS, HOUR_AGO, TWO_DAYS_AGO] = [
  '2026-11-21T23:50:00Z',
  '2026-11-21T23:00:00Z',
  '2026-11-19T23:00:00Z',
];

interface Past {
  readonly at: string;
  /** Null: the object is gone. */
  readonly was: Snapshot | null;
}

async function dates(
  now: Snapshot,
  past: readonly Past[],
  {
    requests = [],
    denials = denialsOf({ web: [webDenial()] }),
  }: { requests?: readonly ScopeRequest[]; denials?: object } = {},
) {
  const history = memoryHistory();
  const kept = new Map<string, string>();
  for (const { at, was } of past) {
    await history.keep(ACCOUNT, at, at);
    if (was !== null) kept.set(at, JSON.stringify(was));
  }
  const asked: string[] = [];
  const claims = memoryClaims(kept);
  const get = (key: string) => {
    asked.push(key);
    return claims.get(key);
  };
  const dated = await datedDenials(observing(now, denials), {
    history,
    claims: { ...claims, get },
    requests,
  });
  const found = dated.accounts[0]?.observed?.denials;
  const call = dated.accounts[0]?.observed?.accessDenied?.calls[0]?.changed;
  return { web: found?.webIdentity[0]?.changed, pod: found?.podIdentity[0]?.changed, call, asked };
}

const asking = (changes: Partial<ScopeRequest>): ScopeRequest => ({
  ...requestOf({ scope: { kind: 'role', account: ACCOUNT, role: ROLE_ARN.split('/').at(-1) ?? '' } }),
  ...changes,
});
const changedAccount = (snapshot: Snapshot, change: Partial<Account>): Snapshot => ({
  ...snapshot,
  accounts: snapshot.accounts.map((account) => ({ ...account, ...change })),
});

describe('what a refusal by web identity hangs on was changed', () => {
  it.each<[string, readonly Past[], WebIdentityDenial['changed']]>([
    ['at an unknown time when nothing is kept', [], undefined],
    [
      'before the oldest reading that shows the same',
      [
        { at: PREVIOUS, was: sound },
        { at: HOUR_AGO, was: sound },
      ],
      { before: HOUR_AGO },
    ],
    ['after a reading that shows something else', [{ at: PREVIOUS, was: broken }], { after: PREVIOUS }],
    [
      'between two readings',
      [
        { at: PREVIOUS, was: sound },
        { at: HOUR_AGO, was: broken },
        { at: TWO_DAYS_AGO, was: sound },
      ],
      { after: HOUR_AGO, before: PREVIOUS },
    ],
    [
      'after a reading, when it was so and then otherwise',
      [
        { at: PREVIOUS, was: broken },
        { at: HOUR_AGO, was: sound },
      ],
      { after: PREVIOUS },
    ],
    [
      'at an unknown time when the last reading is gone',
      [
        { at: PREVIOUS, was: null },
        { at: HOUR_AGO, was: sound },
      ],
      undefined,
    ],
    [
      'at an unknown time when the roles were not read then',
      [
        { at: PREVIOUS, was: without('roles', sound) },
        { at: HOUR_AGO, was: sound },
      ],
      undefined,
    ],
    [
      'after a reading when the provider took no audience yet',
      [{ at: PREVIOUS, was: changedAccount(sound, { oidcProviders: [provider({ clientIds: [] })] }) }],
      { after: PREVIOUS },
    ],
    [
      'after a reading without the role',
      [{ at: PREVIOUS, was: changedAccount(sound, { roles: [] }) }],
      { after: PREVIOUS },
    ],
  ])('%s', async (_when, past, changed) => {
    expect((await dates(sound, past)).web).toEqual(changed);
  });

  it.each<[string, Partial<ScopeRequest>, string]>([
    ['when the asking event wrote it', { writtenAt: '2026-11-21T23:58:00.000Z' }, '2026-11-21T23:58:00.000Z'],
    ['not when the event wrote something else of the role', {}, PREVIOUS],
    [
      'not when the event is older than a reading that shows something else',
      { writtenAt: '2026-11-21T22:00:00.000Z' },
      PREVIOUS,
    ],
    [
      'not when the event wrote another role',
      { scope: { kind: 'role', account: ACCOUNT, role: 'other' }, writtenAt: '2026-11-21T23:58:00.000Z' },
      PREVIOUS,
    ],
  ])('%s', async (_when, request, after) => {
    const { web } = await dates(sound, [{ at: PREVIOUS, was: broken }], { requests: [asking(request)] });
    expect(web).toEqual({ after });
  });

  it('never by an event that left it as it was', async () => {
    const requests = [asking({ writtenAt: '2026-11-21T23:58:00.000Z' })];
    expect((await dates(sound, [{ at: PREVIOUS, was: sound }], { requests })).web).toEqual({
      before: PREVIOUS,
    });
  });

  it('which at most three older readings tell, however many refusals there are', async () => {
    const web = Array.from({ length: 500 }, (_, n) =>
      webDenial({ subject: `system:serviceaccount:shop:sa-${n}` }),
    );
    const past = Array.from({ length: 23 }, (_, hour) => ({
      at: `2026-11-21T${String(hour).padStart(2, '0')}:30:00Z`,
      was: sound,
    }));
    const { asked } = await dates(sound, [...past, { at: TWO_DAYS_AGO, was: sound }], {
      denials: denialsOf({ web }),
    });
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  it.each([
    ['nobody was refused', denialsOf({})],
    [
      'the last refusal is more than a day old',
      denialsOf({ web: [webDenial({ last: '2026-11-20T23:59:00Z' })] }),
    ],
  ])('is not asked where %s', async (_when, denials) => {
    expect((await dates(sound, [{ at: PREVIOUS, was: sound }], { denials })).asked).toEqual([]);
  });
});

describe('what a refusal of an agent hangs on was changed', () => {
  const estate = (changes: Parameters<typeof association>[0] = {}, statement = podIdentityStatement()) =>
    trusting([statement], { clusters: [cluster({ podIdentityAssociations: [association(changes)] })] });
  const denials = denialsOf({ pod: [podDenial()] });

  it.each<[string, Snapshot, Snapshot, object | undefined]>([
    ['never, as far as is kept', estate(), estate(), { before: PREVIOUS }],
    ['with the association', estate(), estate({ serviceAccount: 'other' }), { after: PREVIOUS }],
    [
      'with the trust policy of its role',
      estate(),
      estate({}, podIdentityStatement({ Action: 'sts:AssumeRole' })),
      { after: PREVIOUS },
    ],
    [
      'at an unknown time when a role is in another account',
      ...twice(estate({ targetRoleArn: 'arn:aws:iam::999988887777:role/x' })),
      undefined,
    ],
    [
      'at an unknown time when the associations were not read',
      ...twice(trusting([podIdentityStatement()], { clusters: [unread()] })),
      undefined,
    ],
  ])('%s', async (_when, now, was, changed) => {
    expect((await dates(now, [{ at: PREVIOUS, was }], { denials })).pod).toEqual(changed);
  });
});

describe('what a refused call hangs on was changed', () => {
  const denials = accessDeniedOf(refusedCall());
  const POLICY = `arn:aws:iam::${ACCOUNT}:policy/orders`;
  const { document } = inline('s3:GetObject', '*');
  const granting = (action: string) =>
    trusting([irsaStatement()], { role: { inlinePolicies: [inline(action, '*')] } });
  const attached = (text: string | null) =>
    changedAccount(trusting([irsaStatement()], { role: { attachedPolicies: [POLICY] } }), {
      policies: text === null ? [] : [{ arn: POLICY, document: text }],
    });
  const calls = (now: Snapshot, past: readonly Past[], requests: readonly ScopeRequest[] = []) =>
    dates(now, past, { denials, requests }).then(({ call }) => call);
  const now = granting('ec2:*');

  it.each<[string, Snapshot, Snapshot, object | undefined]>([
    ['never, as far as is kept', now, now, { before: PREVIOUS }],
    ['with an inline policy', now, granting('s3:*'), { after: PREVIOUS }],
    ['with a managed policy', attached(document), attached('{}'), { after: PREVIOUS }],
    [
      'not with the trust policy',
      trusting([irsaStatement()]),
      trusting([podIdentityStatement()]),
      { before: PREVIOUS },
    ],
    ['with the role, when there was none', now, changedAccount(now, { roles: [] }), { after: PREVIOUS }],
    ['at an unknown time when a policy was not read', ...twice(attached(null)), undefined],
    ['at an unknown time when the roles were not read', now, without('roles', now), undefined],
  ])('%s', async (_when, state, was, changed) => {
    const policies = (snapshot: Snapshot) =>
      changedAccount(snapshot, { policies: snapshot.accounts[0]?.policies ?? [] });
    expect(await calls(policies(state), [{ at: PREVIOUS, was: policies(was) }])).toEqual(changed);
  });

  const [cause] = asking({}).causes;
  if (cause === undefined) throw new Error('a request has a cause');
  const time = '2026-11-21T23:58:00.000Z';
  const written = { ...cause, service: 'iam.amazonaws.com', eventName: 'PutRolePolicy', time };
  it.each<[string, ScopeRequest, string]>([
    ['when the asking event wrote a policy', asking({ causes: [written] }), time],
    [
      'not when it wrote the trust policy',
      asking({ causes: [{ ...written, eventName: 'UpdateAssumeRolePolicy' }] }),
      PREVIOUS,
    ],
    [
      'not when it is the refusal itself',
      asking({ causes: [{ ...written, eventName: 'DescribeInstances' }] }),
      PREVIOUS,
    ],
    [
      'not when the role itself asked, which may be the refused call',
      asking({ causes: [{ ...written, actor: { type: 'AssumedRole', arn: ROLE_ARN } }] }),
      PREVIOUS,
    ],
    [
      'not when it wrote a policy that the role does not have',
      asking({
        scope: { kind: 'policy', account: ACCOUNT, policy: POLICY },
        causes: [{ ...written, eventName: 'CreatePolicyVersion' }],
      }),
      PREVIOUS,
    ],
  ])('%s', async (_when, request, after) => {
    const state = changedAccount(now, { policies: [] });
    const was = changedAccount(granting('s3:*'), { policies: [] });
    expect(await calls(state, [{ at: PREVIOUS, was }], [request])).toEqual({ after });
  });

  it('when the asking event wrote a managed policy that the role has', async () => {
    const request = asking({
      scope: { kind: 'policy', account: ACCOUNT, policy: POLICY },
      causes: [{ ...written, eventName: 'CreatePolicyVersion' }],
    });
    expect(await calls(attached(document), [{ at: PREVIOUS, was: attached('{}') }], [request])).toEqual({
      after: time,
    });
  });
});

function twice(snapshot: Snapshot): [Snapshot, Snapshot] {
  return [snapshot, snapshot];
}

function unread() {
  const { podIdentityAssociations: _, ...rest } = cluster();
  return rest;
}

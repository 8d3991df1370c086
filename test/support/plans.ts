import type { Change } from '../../shared/changes/change.ts';
import type { Plan } from '../../shared/changes/plan.ts';
import type { Origin } from '../../shared/changes/repairs/kept-plan.ts';

export const ACCOUNT = '111122223333';
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/shop`;

/** An edit of a role's trust policy. */
export const trustChange = (name = 'shop', after = '{"new":1}', before = '{"old":1}'): Change => ({
  kind: 'trust-policy',
  target: { account: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:role/${name}` },
  before,
  after,
});

/** A plan with everything that a guard could ask for, and what a test says otherwise. */
export const planOf = (differs: Partial<Plan> = {}): Plan => ({
  schemaVersion: 1,
  madeAt: '2026-11-22T09:00:00.000Z',
  title: 'Puts the trust policy of shop right',
  answers: [{ fingerprint: 'f1', rule: 'no-malformed-subject' }],
  changes: [trustChange()],
  intent: { source: 'none' },
  proof: {
    before: [],
    intended: [],
    after: [],
    shown: [{ claim: 'after-in-before-or-intended', target: ROLE, holds: 'yes' }],
    rehearsal: { source: 'none', complete: true, sessions: 0, broken: [] },
    unknowns: [],
    adds: false,
    removes: false,
  },
  ownership: [],
  wakes: [],
  blockers: [],
  notes: [],
  approval: [],
  risk: { level: 'low', reasons: [] },
  snippets: [],
  ...differs,
});

export const originOf = (differs: Partial<Origin> = {}): Origin => ({
  snapshots: [],
  auto: { eligible: false, reasons: ['it adds an identity'] },
  account: ACCOUNT,
  clusters: [],
  ...differs,
});

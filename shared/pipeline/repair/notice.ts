import * as z from 'zod';
import { describeChange } from '../../changes/describe-change.ts';
import type { Eligibility } from '../../changes/guards/approval.ts';
import type { Plan, Snippet } from '../../changes/plan.ts';
import { fitsTopic, type Message } from '../message.ts';
import { cut, plain } from '../messages/plain.ts';
import { type ApprovalDetails, approvalDetails, DETAIL_BOUNDS } from './approval-details.ts';

const WHATS = [
  'approval-requested',
  'verified',
  'rolled-back',
  'stopped',
  'left-to-owner',
  'by-hand',
  'refused',
] as const;

/** What is told of a repair. */
export interface Notice {
  readonly what: (typeof WHATS)[number];
  /** Digest of the plan. */
  readonly digest: string;
  readonly plan: Plan | UnreadPlan;
  readonly account: string;
  /** Why, and until when. */
  readonly reason?: string;
  /** Of a plan that waits for a decision: why it does not run by itself. */
  readonly auto?: Eligibility;
  /** The same change for whoever manages the target. */
  readonly patch?: readonly Pick<Snippet, 'form' | 'title' | 'text'>[];
}

/** A plan of which nothing but its history is known: what is kept under its digest is not what was made. */
interface UnreadPlan {
  /** Targets that its history says were written. */
  readonly written: readonly string[];
}

const line = z.string().max(1000);

/** A message about a repair: the body on the topic. Nothing in it decides anything. */
export const repairMessageSchema = z.strictObject({
  schemaVersion: z.literal(1),
  type: z.literal('repair'),
  id: z.string().describe('The same whenever the same is told again'),
  what: z.enum(WHATS),
  plan: z.string().describe('Digest of the plan: what an approval names'),
  account: z.string(),
  title: line,
  findings: z.array(z.strictObject({ fingerprint: z.string(), rule: z.string() })).max(50),
  changes: z.array(line).max(50),
  intent: line,
  proof: z.array(line).max(50),
  reason: line.optional(),
  risk: z
    .strictObject({ level: z.enum(['low', 'medium', 'high']), reasons: z.array(line).max(25) })
    .optional(),
  admits: z.array(line).max(25).optional().describe('Who gets in anew'),
  approval: z.array(line).max(25).optional().describe('Why a person has to decide'),
  notes: z.array(line).max(25).optional().describe('What to know and to do besides'),
  diff: z
    .string()
    .max(31_000)
    .optional()
    .describe('What changes, line by line; cut at whole lines where the topic takes no more'),
  patch: z
    .array(z.strictObject({ form: z.string(), title: line, text: z.string().max(3100) }))
    .max(3)
    .optional()
    .describe('The change for Terraform, CloudFormation, eksctl, kubectl or Helm'),
  next: z.array(line).max(10).describe('What to do'),
  text: z.string().describe('The same for people, plain text'),
});

const MOST = 20;

/** The message that tells of a repair; of one that waits for a decision with everything to decide by. */
export function repairMessage(notice: Notice): Message {
  const { plan, auto } = notice;
  if (auto === undefined || 'written' in plan) return messageWith(notice, null);
  for (const bounds of DETAIL_BOUNDS) {
    const message = messageWith(notice, approvalDetails(plan, auto, bounds));
    if (fitsTopic(message)) return message;
  }
  return messageWith(notice, null);
}

function messageWith(notice: Notice, details: ApprovalDetails | null): Message {
  const { what, digest, account, reason } = notice;
  const plan = 'written' in notice.plan ? unread(notice.plan) : told(notice.plan);
  const short = (text: string) => cut(plain(text), 300);
  const head = {
    schemaVersion: 1 as const,
    type: 'repair' as const,
    id: `${digest}/${what}`,
    what,
    plan: digest,
    account,
    title: short(plan.title),
    findings: plan.findings,
    changes: limited(plan.changes.map(short)),
    intent: cut(plain(plan.intent), 900),
    proof: limited(plan.proof.map(short)),
    ...(reason !== undefined && { reason: short(reason) }),
    ...details,
    ...(notice.patch !== undefined && { patch: patchOf(notice.patch, short) }),
    next: nextOf(notice),
  };
  const text = textOf(head);
  return {
    subject: subjectOf(`podtrust repair ${HAPPENED[what]}: ${head.title} (${account})`),
    json: JSON.stringify(repairMessageSchema.parse({ ...head, text })),
    text,
    attributes: { id: head.id, type: 'repair', what, account, plan: digest },
    group: digest,
    deduplication: `${digest.slice(0, 64)}-${what}`,
  };
}

/** What a message says of a plan. */
interface Told {
  readonly title: string;
  readonly findings: { readonly fingerprint: string; readonly rule: string }[];
  readonly changes: readonly string[];
  readonly intent: string;
  readonly proof: readonly string[];
}

function told(plan: Plan): Told {
  return {
    title: plan.title,
    findings: plan.answers.slice(0, MOST).map(({ fingerprint, rule }) => ({ fingerprint, rule })),
    changes: plan.changes.map(describeChange),
    intent: intentOf(plan),
    proof: proofOf(plan),
  };
}

function unread({ written }: UnreadPlan): Told {
  return {
    title: 'A plan that is not any more what was made',
    findings: [],
    changes: written.map((target) => `written: ${target}`),
    intent: 'not known: what is kept cannot be trusted',
    proof: [],
  };
}

const HAPPENED: Readonly<Record<Notice['what'], string>> = {
  'approval-requested': 'waits for approval',
  verified: 'done',
  'rolled-back': 'taken back',
  stopped: 'STOPPED',
  'left-to-owner': 'left to its owner',
  'by-hand': 'to be made by hand',
  refused: 'refused',
};

/** As much of a patch as a message takes; the plan has the whole. */
function patchOf(patch: NonNullable<Notice['patch']>, short: (text: string) => string) {
  return patch.slice(0, 3).map(({ form, title, text }) => ({
    form,
    title: short(title),
    text: cut(text, 3000),
  }));
}

function limited(lines: readonly string[]): string[] {
  const more = lines.length - MOST;
  return more > 0 ? [...lines.slice(0, MOST), `and ${more} more`] : [...lines];
}

function intentOf({ intent }: Plan): string {
  switch (intent.source) {
    case 'configuration':
      return `the configuration declares: ${intent.identities.join(', ')}`;
    case 'approver':
      return `nothing declares it, it is the wish of ${intent.wish}; effective before: ${intent.effectiveBefore ?? 'not known'}`;
    case 'none':
      return 'nobody gets in who does not now';
  }
}

function proofOf({ proof, wakes }: Plan): string[] {
  const { rehearsal } = proof;
  return [
    ...proof.shown.map(
      ({ claim, holds, target, witness }) =>
        `${claim} of ${target}: ${holds}${witness === undefined ? '' : ` (${witness})`}`,
    ),
    `breaks ${rehearsal.broken.length} of ${rehearsal.sessions} observed sessions (${rehearsal.source}${rehearsal.complete ? '' : ', not complete'})`,
    ...proof.unknowns.map((unknown) => `not known: ${unknown}`),
    ...wakes.map((wakes) => `wakes: ${wakes}`),
  ];
}

function nextOf({ what, digest, plan }: Notice): string[] {
  switch (what) {
    case 'approval-requested':
      return [
        `podtrust history ${digest} shows the whole plan`,
        `podtrust approve ${digest} --function podtrust-decide, or podtrust reject: with AWS credentials that may invoke that function`,
      ];
    case 'verified':
      return [
        `podtrust rollback ${digest} makes the plan that takes it back`,
        ...('notes' in plan ? plan.notes.slice(0, 5) : []),
      ].map((text) => cut(plain(text), 400));
    case 'rolled-back':
      return [`podtrust history ${digest} shows what was written and taken back`];
    case 'stopped':
      return [
        `podtrust history ${digest} shows what stands; its targets are locked`,
        `put it right by hand, then podtrust fixes unlock ${digest} (docs/repair.md, "A plan that stopped")`,
      ];
    case 'left-to-owner':
      return ['change it where it is managed; the plan has the patch', `podtrust history ${digest} shows it`];
    case 'refused':
      return [`podtrust history ${digest} shows why; nothing of it was written`];
    case 'by-hand':
      return [
        `podtrust history ${digest} shows the whole plan and its commands`,
        'or podtrust apply from the command line, with credentials that the cluster lets in (docs/repair.md, "Clusters")',
      ];
  }
}

function textOf(head: Omit<z.infer<typeof repairMessageSchema>, 'text'>): string {
  const list = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : [title, ...lines.map((each) => `  - ${each}`), ''];
  return [
    `${head.title} (${head.account})`,
    `Repair ${HAPPENED[head.what]}${head.reason === undefined ? '' : `: ${head.reason}`}`,
    `Plan ${head.plan}`,
    '',
    ...list('Changes', head.changes),
    ...list('Risk', head.risk === undefined ? [] : [head.risk.level, ...head.risk.reasons]),
    ...list('Why a person has to decide', head.approval ?? []),
    ...list('Whose will', [head.intent]),
    ...list('Who gets in anew', head.admits ?? []),
    ...list('Proof', head.proof),
    ...list('Notes', head.notes ?? []),
    ...(head.diff === undefined ? [] : ['Diff', ...head.diff.split('\n').map(quoted), '']),
    ...(head.patch ?? []).flatMap(({ title, text }) => [title, ...text.split('\n').map(quoted), '']),
    ...list('Next', head.next),
  ].join('\n');
}

/** A line of a document from strangers, which cannot look like one of ours. */
const quoted = (text: string): string => `  | ${plain(text)}`;

/** SNS API reference, Publish, Subject: ASCII, at most 100 characters, begins with a letter, number or punctuation. */
function subjectOf(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]+/g, ' ').trim();
  return ascii.length <= 100 ? ascii : `${ascii.slice(0, 97)}...`;
}

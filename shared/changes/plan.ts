import * as z from 'zod';
import { canonicalJson, changeSchema } from './change.ts';
import { proofSchema } from './proof.ts';

export const PLAN_VERSION = 1;

const text = z.string().max(4000);

/** Whose will it is that an identity gets a role. Wishes (annotations, tags, near misses, failed calls) are no intent. */
const intentSchema = z.discriminatedUnion('source', [
  z.strictObject({
    source: z.literal('configuration').describe('bindings of podtrust.config.json say so'),
    identities: z.array(text).describe('What is meant to get in, in words'),
  }),
  z.strictObject({
    source: z.literal('approver').describe('Nothing declares it: a named person has to'),
    wish: text.describe('Whose wish it is: the annotation of shop/cart, the association a-1'),
    effectiveBefore: text.optional().describe('What podtrust recorded as effective before, if anything'),
    identities: z.array(text),
  }),
  z.strictObject({ source: z.literal('none').describe('The plan adds nobody') }),
]);

const ownershipSchema = z.strictObject({
  owner: z.enum(['cloudformation', 'terraform', 'eksctl', 'addon', 'service', 'podtrust']),
  evidence: text.describe('The tag or field that says so'),
  target: text,
});

/** A change in the language of whoever manages the target, or a command: for people to take over. */
const snippetSchema = z.strictObject({
  form: z.enum(['terraform', 'cloudformation', 'eksctl', 'policy', 'kubectl', 'helm']),
  title: text,
  target: text,
  text: z.string().max(200_000),
});

const riskSchema = z.strictObject({
  level: z.enum(['low', 'medium', 'high']),
  reasons: z.array(text).max(20),
});

/** A plan: changes in the order in which they are made, and everything that one needs to judge them. */
export const planSchema = z.strictObject({
  schemaVersion: z.literal(PLAN_VERSION),
  madeAt: z.iso.datetime({ offset: true }),
  title: text.describe('What it does, one sentence'),
  answers: z
    .array(z.strictObject({ fingerprint: text, rule: text }))
    .describe('Findings that it is to resolve'),
  changes: z.array(changeSchema).min(1).max(200),
  intent: intentSchema,
  proof: proofSchema,
  ownership: z.array(ownershipSchema).describe('Others that manage what it changes'),
  wakes: z
    .array(text)
    .describe('Dormant trusts and associations that begin to work with it, beyond what it is for'),
  blockers: z.array(text).describe('Why it must not be applied as it is; empty for a plan that may'),
  notes: z.array(text).describe('What to know and to do besides: restarts, sessions that live on'),
  approval: z
    .array(text)
    .describe('Why a person has to decide, whatever the proof shows; empty where none has to'),
  risk: riskSchema,
  snippets: z
    .array(snippetSchema)
    .max(50)
    .describe('The same for Terraform, CloudFormation or eksctl, and what to do besides'),
});

export type Plan = z.infer<typeof planSchema>;
export type Intent = z.infer<typeof intentSchema>;
export type Snippet = z.infer<typeof snippetSchema>;
export type Ownership = z.infer<typeof ownershipSchema>;

/** The name of exactly this plan: SHA-256 over its canonical JSON, in hex. Approvals name it, and a changed plan has another. */
export function digestOf(plan: Plan, sha256: (text: string) => string): string {
  return sha256(canonicalJson(plan));
}

import * as z from 'zod';
import { PROBE_CHECKS } from './check.ts';

/** The version of the document that `podtrust probe --output json` prints. */
export const PROBE_VERSION = 1;

const text = z.string().nullable();

const tokenSchema = z
  .strictObject({
    algorithm: text,
    keyId: text,
    issuer: text,
    subject: text,
    audiences: z.array(z.string()),
    issued: text.describe('ISO time'),
    notBefore: text.describe('ISO time'),
    expires: text.describe('ISO time'),
    kubernetes: z
      .strictObject({ namespace: text, serviceAccount: text, pod: text, node: text })
      .nullable()
      .describe('The claim kubernetes.io'),
    otherClaims: z.array(z.string()).describe('Names alone'),
  })
  .describe('The token without its signature');

const stsSchema = z
  .strictObject({
    asked: z.boolean(),
    outcome: z.enum(['assumed', 'refused', 'unanswered']).nullable(),
    session: text.describe('ARN of the session that STS opened'),
    caller: text.describe('ARN by GetCallerIdentity with its credentials'),
    error: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
  })
  .describe('What STS really said; credentials are never part of it');

const podSchema = z
  .strictObject({
    outcome: z.enum(['identity', 'refused', 'undecided']),
    identity: text.describe('ARN by GetCallerIdentity in the pod'),
    message: text,
    injected: z
      .enum(['irsa', 'pod-identity', 'none'])
      .nullable()
      .describe('What the webhook put into the pod'),
    name: text.describe('namespace/name'),
    deleted: z.boolean().nullable().describe('Null: there was none to delete. False: deleteByHand says how'),
    deleteByHand: text,
  })
  .nullable()
  .describe('The test pod; null: none was asked for');

/** What `podtrust probe --output json` prints: what was tried, what came of it, and what was foretold. */
export const probeSchema = z.strictObject({
  schemaVersion: z.literal(PROBE_VERSION),
  verdict: z
    .enum(['works', 'broken', 'undecided'])
    .describe(
      'works and broken are proven by STS, by the pod, or by the token itself; never by what was foretold',
    ),
  question: z.strictObject({
    kind: z.enum(['service-account', 'token']),
    cluster: text.describe('ARN'),
    namespace: text,
    serviceAccount: text,
    mechanism: z.enum(['irsa', 'pod-identity', 'none']),
    expectedRole: text.describe('ARN'),
    expectedBy: z.enum(['option', 'association', 'annotation']).nullable(),
  }),
  token: tokenSchema.nullable().describe('Null: there was none, or it is no token'),
  checks: z.array(
    z.strictObject({
      check: z.enum(PROBE_CHECKS),
      status: z.enum(['pass', 'fail', 'unknown', 'not-evaluated']),
      detail: z.string(),
    }),
  ),
  foretold: z
    .strictObject({ outcome: z.enum(['accepted', 'refused', 'depends', 'unknown']), detail: z.string() })
    .nullable()
    .describe('What reading role, provider and trust policy leads to expect; null: none of it was read'),
  sts: stsSchema,
  pod: podSchema,
  differences: z.array(z.string()).describe('Where what was foretold and what really happened disagree'),
  advice: z.array(z.string()).describe('What would decide what is open'),
});

export type ProbeReport = z.infer<typeof probeSchema>;

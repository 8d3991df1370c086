import * as z from 'zod';
import { explanationSchema } from '../../audit/explanation.ts';
import type { Estate } from '../../estate/estate.ts';
import type { Finding } from '../../findings/finding.ts';
import type { PlanList } from '../../plans/plan-list.ts';
import { findingChains } from './finding-chains.ts';
import { findingPlans } from './finding-plans.ts';
import { accountGraph } from './identity-graph.ts';
import { strandSchema, strandsOf } from './strands.ts';

const text = z.string();
const lines = z.array(text).readonly();

const chainSchema = z.strictObject({
  ...explanationSchema.pick({ verdict: true, mechanism: true, steps: true, reason: true }).shape,
  about: text,
});

const planSchema = z.strictObject({
  digest: text,
  title: text,
  risk: z.enum(['low', 'medium', 'high']),
  changes: z
    .array(
      z.strictObject({
        sign: z.enum(['+', '-', '~']),
        words: text,
        lines: z.array(z.strictObject({ sign: z.enum([' ', '-', '+']), text })).readonly(),
      }),
    )
    .readonly(),
  sections: z.array(z.strictObject({ title: text, lines })).readonly(),
  snippets: z.array(z.strictObject({ title: text, text })).readonly(),
});

export const accountDetailsSchema = z.strictObject({
  strands: z.array(strandSchema).readonly(),
  /** Reads that are missing, and may hide strands. */
  unknowns: lines,
  /** Each with the fingerprints of its findings. */
  chains: z.array(z.strictObject({ chain: chainSchema, of: lines })).readonly(),
  plans: z.array(z.strictObject({ plan: planSchema, of: lines })).readonly(),
  declined: z.array(z.strictObject({ reasons: lines, of: text })).readonly(),
});

/** What a report shows of an account besides its findings, in a size that is bounded: the worst first, as far as they fit. */
export type AccountDetails = Readonly<z.infer<typeof accountDetailsSchema>>;

/** Characters of JSON: some six hundred paths of usual names. */
const LONGEST = { strands: 600_000, chains: 150_000, plans: 250_000, declined: 30_000, unknowns: 5_000 };

interface DetailsInput {
  readonly estate: Estate;
  readonly account: string;
  /** Open findings of all accounts of the estate: a path is as bad as what is found along it, in whichever account. */
  readonly findings: readonly Finding[];
  readonly plans: PlanList;
}

interface Detailed {
  readonly details: AccountDetails;
  /** All strands, whether they fit or not. */
  readonly strands: AccountDetails['strands'];
}

/** The details of one account of an estate. */
export function accountDetails({ estate, account, findings, plans }: DetailsInput): Detailed {
  const graph = accountGraph(estate, account);
  const strands = strandsOf(graph, findings);
  const own = findings.filter((finding) => finding.account === account);
  const { chains, chainOf } = findingChains(own, { estate });
  const made = findingPlans(plans);
  const [ofChain, ofPlan] = [byIndex(chainOf), byIndex(made.planOf)];
  return {
    strands,
    details: {
      strands: fitting(strands, LONGEST.strands),
      unknowns: fitting(graph.unknowns, LONGEST.unknowns),
      chains: fitting(
        chains.map((chain, index) => ({ chain, of: ofChain.get(index) ?? [] })),
        LONGEST.chains,
      ),
      plans: fitting(
        made.plans.map((plan, index) => ({ plan, of: ofPlan.get(index) ?? [] })),
        LONGEST.plans,
      ),
      declined: fitting(
        [...made.declinedOf].map(([of, reasons]) => ({ of, reasons })),
        LONGEST.declined,
      ),
    },
  };
}

/** The fingerprints of each index. */
function byIndex(indexes: ReadonlyMap<string, number>): ReadonlyMap<number, readonly string[]> {
  const groups = Map.groupBy(indexes, ([, index]) => index);
  return new Map([...groups].map(([index, pairs]) => [index, pairs.map(([fingerprint]) => fingerprint)]));
}

/** Those that fit, in their order: names come from strangers, and one that is too large leaves room for the next. */
function fitting<Item>(items: readonly Item[], longest: number): Item[] {
  let left = longest;
  return items.filter((item) => {
    const { length } = JSON.stringify(item);
    if (length > left) return false;
    left -= length;
    return true;
  });
}

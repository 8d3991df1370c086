import { createHash } from 'node:crypto';
import type { Plan } from '../../shared/changes/plan.ts';
import { type Config, configSchema } from '../../shared/config/config.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import type { Snapshot } from '../../shared/estate/snapshot.ts';
import { plannableIn, planOf } from '../../shared/plans/plan-finding.ts';
import type { Rule } from '../../shared/rules/define-rule.ts';
import {
  ACCOUNT,
  association,
  CLUSTER_ARN,
  cluster,
  ROLE_ARN,
  role,
} from '../../shared/rules/examples/estate.ts';
import { clusterWith } from '../../shared/rules/examples/kubernetes.ts';

/** What the planner of a rule makes of the rule's own failing example. */
export interface FixExample {
  /** Why the example as it is has no plan; empty where it has. */
  readonly declined: readonly string[];
  /** What somebody said, or what there was besides, with which it has one; null where the example is enough. */
  readonly besides: string | null;
  /** Null where nothing that is tried here gives it a plan. */
  readonly plan: Plan | null;
  /** What the plan was made from. */
  readonly snapshot: Snapshot;
  readonly config: Partial<Config>;
}

type Attempt = readonly [
  besides: string,
  config: Partial<Config>,
  snapshot: (snapshot: Snapshot) => Snapshot,
];

const declaring = (namespace: string): Config =>
  configSchema.parse({
    bindings: [{ cluster: CLUSTER_ARN, namespace, serviceAccount: 'checkout', role: ROLE_ARN }],
  });
const asItIs = (snapshot: Snapshot): Snapshot => snapshot;

/** What is said besides the example, one after the other, until there is a plan. */
const ATTEMPTS: readonly Attempt[] = [
  ['a binding that declares `shop/checkout`', declaring('shop'), asItIs],
  ['a binding that declares `dev-a/checkout`', declaring('dev-a'), asItIs],
  ['the ServiceAccount `shop/checkout`, which asks for the role by its annotation', {}, withServiceAccount],
  ['an association of `shop/checkout` with the role', {}, withAssociation],
  [
    'the role `checkout-2` and a binding that declares it for `shop/checkout`',
    meaning('checkout-2'),
    withRole,
  ],
  ['a binding that declares for `shop/checkout` the role of its association', meaning('other'), asItIs],
];

function meaning(name: string): Config {
  const role = `arn:aws:iam::${ACCOUNT}:role/${name}`;
  return configSchema.parse({
    bindings: [{ cluster: CLUSTER_ARN, namespace: 'shop', serviceAccount: 'checkout', role }],
  });
}

function withRole(snapshot: Snapshot): Snapshot {
  const added = role({ arn: `${ROLE_ARN}-2` });
  const accounts = snapshot.accounts.map((account) =>
    account.id === ACCOUNT ? { ...account, roles: [...(account.roles ?? []), added] } : account,
  );
  return { ...snapshot, accounts };
}

function withServiceAccount(snapshot: Snapshot): Snapshot {
  return withCluster(snapshot, clusterWith());
}

function withAssociation(snapshot: Snapshot): Snapshot {
  return withCluster(snapshot, cluster({ podIdentityAssociations: [association()] }));
}

function withCluster(snapshot: Snapshot, one: ReturnType<typeof cluster>): Snapshot {
  const accounts = snapshot.accounts.map((account) =>
    account.id === ACCOUNT ? { ...account, regions: [{ name: 'eu-west-1', clusters: [one] }] } : account,
  );
  return { ...snapshot, accounts };
}

/** Runs the planner of a rule on the rule's failing example, and where it declines on what it lacks. */
export function fixExample(rule: Rule): FixExample {
  const { snapshot, config = {} } = rule.examples().fails;
  const first = planned(rule.name, snapshot, config);
  if ('changes' in first) return { declined: [], besides: null, plan: first, snapshot, config };
  for (const [besides, more, changed] of ATTEMPTS) {
    const from = { snapshot: changed(snapshot), config: { ...config, ...more } };
    const next = planned(rule.name, from.snapshot, from.config);
    if ('changes' in next) return { declined: first.reasons, besides, plan: next, ...from };
  }
  return { declined: first.reasons, besides: null, plan: null, snapshot, config };
}

function planned(
  name: string,
  snapshot: Snapshot,
  config: Partial<Config>,
): Plan | { readonly reasons: readonly string[] } {
  const context = {
    estate: buildEstate(snapshot),
    config: { ...configSchema.parse({}), ...config },
    hash: (text: string) => createHash('sha256').update(text).digest('hex'),
    now: snapshot.takenAt,
  };
  const own = [...plannableIn(context).plannable.values()].find(({ finding }) => finding.rule === name);
  const result = own === undefined ? null : planOf(own, context);
  if (result === null) return { reasons: ['The rule finds nothing there.'] };
  return result.kind === 'plan' ? result.plan : result;
}

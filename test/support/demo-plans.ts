import { type Config, configSchema } from '../../shared/config/config.ts';
import { buildEstate } from '../../shared/estate/build-estate.ts';
import { demoSnapshot } from '../../simulator/demo/organization.ts';

const estate = buildEstate(demoSnapshot());

const arnOf = (name: string): string => {
  const found = estate.clusters.find(({ cluster }) => cluster.name === name);
  if (found === undefined) throw new Error(`no cluster ${name}`);
  return found.cluster.arn;
};
const roleOf = (name: string): string => {
  const found = estate.roles.find((role) => role.name === name);
  if (found === undefined) throw new Error(`no role ${name}`);
  return found.role.arn;
};
const binding = (cluster: string, namespace: string, serviceAccount: string, role: string) => ({
  cluster: arnOf(cluster),
  namespace,
  serviceAccount,
  role: roleOf(role),
});

/** Who is meant to have the roles that nobody is seen to use: without it these plans would be guesses. */
export const DECLARED: Config = configSchema.parse({
  bindings: [
    binding('prod-shop', 'media', 'resizer', 'prod-shop-image-resizer'),
    binding('staging-shop', 'logging', 'log-archive', 'staging-shop-log-archive'),
    binding('prod-data', 'reports', 'report-export', 'prod-data-report-export'),
    binding('prod-edge', 'infra', 'terraform-runner', 'prod-edge-terraform-runner'),
    binding('prod-shop', 'batch', 'batch', 'prod-shop-batch'),
    binding('prod-shop', 'shop', 'pricing', 'prod-shop-pricing'),
    binding('prod-edge', 'edge', 'waf-sync', 'prod-edge-waf-sync'),
    binding('prod-data', 'reports', 'reporting', 'prod-data-reporting'),
  ],
});

/** Faults whose repair would be a guess or do harm, and what the planner says instead. */
export const DECLINED: readonly { readonly rule: string; readonly at: string; readonly says: RegExp }[] = [
  { rule: 'no-orphan-provider', at: '4D0F82C6A9B14E37B5E26C71D8A3F09E', says: /vendor-scanner trusts it/ },
  { rule: 'no-missing-annotated-role', at: 'shop/reviews', says: /No single role is declared/ },
  { rule: 'no-public-trust', at: 'staging-upload', says: /Nobody is known to use the role/ },
];

/**
 * What a fault hid: the trust policy names a ServiceAccount that does not exist, or somebody is let in again whom the
 * bindings do not declare; the plans say both, and wait for an approver. Pods that run get the role of a new association or
 * annotation when they are created anew: the plan says to restart them.
 */
export const HIDDEN = ['no-unused-trust', 'no-undeclared-binding', 'no-uninjected-pod'];

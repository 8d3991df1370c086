import { defineRule } from './define-rule.ts';
import { cluster, estateExample } from './examples/estate.ts';
import { clusterWhere } from './places.ts';
import { CONTROL_PLANE_LOGS } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

const WANTED = ['audit', 'authenticator'];

/** Clusters that leave no record of who did what in them. */
export default defineRule({
  number: 'PT-508',
  name: 'use-control-plane-logs',
  kind: 'blind',
  fix: 'manual',
  title: 'The cluster does not log who enters it',
  why: 'The authenticator log says which IAM principal became which Kubernetes user, the audit log what it did. Without them, whoever came in through a mapping leaves no trace.',
  remedy: 'Enable both: `aws eks update-cluster-config --logging`.',
  references: [CONTROL_PLANE_LOGS],
  examples: () => ({
    fails: estateExample('Neither is on', { clusters: [cluster({ logging: [] })] }, { logging: [] }),
    passes: estateExample('Both are on', {}, { logging: WANTED }),
  }),
  needs: ['clusters'],
  subjects: ({ clusters }) =>
    clusters.filter(({ cluster: { status } }) => status !== 'DELETING' && status !== 'FAILED'),
  where: clusterWhere,
  check: (view) => {
    const missing = view.missing('logging');
    if (missing) return unknown(missing);
    const off = WANTED.filter((type) => !(view.cluster.logging ?? []).includes(type));
    return off.length === 0 ? pass : fail({ off });
  },
  severity: () => 'low',
  message: ({ off }, { cluster: { name } }) =>
    `Cluster ${name} does not write its ${off.join(' and ')} ${off.length === 1 ? 'log' : 'logs'}.`,
  identity: () => [],
});

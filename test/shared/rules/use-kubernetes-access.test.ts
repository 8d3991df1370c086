import { describe, expect, it } from 'vitest';
import { defaultConfig } from '../../../shared/config/config.ts';
import { buildEstate } from '../../../shared/estate/build-estate.ts';
import type { Kubernetes } from '../../../shared/estate/kubernetes-schema.ts';
import { KUBERNETES_READS, type KubernetesList } from '../../../shared/estate/kubernetes-view.ts';
import type { Snapshot } from '../../../shared/estate/snapshot.ts';
import type { Example } from '../../../shared/rules/define-rule.ts';
import { cluster, estateOf } from '../../../shared/rules/examples/estate.ts';
import { rules } from '../../../shared/rules/index.ts';
import { RULES_BY_LIST } from '../../../shared/rules/kubernetes-rules.ts';
import { rulesNeeding } from '../../../shared/rules/rules-needing.ts';
import { wholeScope } from '../../../shared/rules/scope.ts';
import rule from '../../../shared/rules/use-kubernetes-access.ts';
import { ruleCases } from '../../support/rule-cases.ts';
import { without } from '../../support/rule-estates.ts';

const complete: Kubernetes = {
  namespaces: [],
  serviceAccounts: [],
  pods: [],
  nodes: [],
  awsAuth: null,
  webhooks: [],
  agents: [],
  roles: [],
  bindings: [],
};
const { nodes: _, ...withoutNodes } = complete;
const { awsAuth: __, ...withoutAwsAuth } = complete;

ruleCases(rule, [
  { when: 'nothing of a running cluster was read', estate: estateOf(), is: 'fail', severity: 'info' },
  {
    when: 'everything was read',
    estate: estateOf({ clusters: [cluster({ kubernetes: complete })] }),
    is: 'pass',
  },
  {
    when: 'the nodes were not read',
    estate: estateOf({ clusters: [cluster({ kubernetes: withoutNodes })] }),
    is: 'fail',
  },
  {
    when: 'aws-auth was not read',
    estate: estateOf({ clusters: [cluster({ kubernetes: withoutAwsAuth })] }),
    is: 'fail',
  },
  { when: 'the regions were not read', estate: without('regions'), is: 'unknown' },
  {
    when: 'the cluster is being deleted',
    estate: estateOf({ clusters: [cluster({ status: 'DELETING' })] }),
    is: 'not applicable',
  },
]);

/** The snapshot as if one list had not been read in any cluster. */
function withoutList(snapshot: Snapshot, list: KubernetesList | undefined): Snapshot {
  const copy = structuredClone(snapshot);
  const clusters = copy.accounts.flatMap(({ regions = [] }) => regions.flatMap((one) => one.clusters ?? []));
  for (const { kubernetes } of clusters)
    if (kubernetes !== undefined && list !== undefined) delete kubernetes[list];
  return copy;
}

describe('its message', () => {
  const told = (kubernetes: Kubernetes) => {
    const scope = wholeScope(buildEstate(estateOf({ clusters: [cluster({ kubernetes })] })), defaultConfig);
    const [failure] = rule.judge(scope).failures;
    return [failure?.evidence['lists'], failure?.evidence['unknownRules']];
  };
  it('names the lists that are missing, and what they cost', () => {
    expect(told(withoutNodes)).toEqual([['nodes'], ['no-node-role-fallback']]);
    expect(told(withoutAwsAuth)[0]).toEqual(['awsAuth']);
  });
});

describe('the rules that a list decides', () => {
  it.each(Object.keys(KUBERNETES_READS) as KubernetesList[])('%s', (list) => {
    expect(RULES_BY_LIST[list].toSorted()).toEqual(rulesNeeding([list]));
  });

  it.each(rules.map((one) => [one.name, one] as const))(
    '%s declares every list without which its own examples are undecided',
    (name, { examples, judge }) => {
      const undecided = ({ snapshot, config }: Example, without?: KubernetesList) =>
        judge(wholeScope(buildEstate(withoutList(snapshot, without)), { ...defaultConfig, ...config }))
          .undecided.length;
      const lists = (Object.keys(KUBERNETES_READS) as KubernetesList[]).filter((list) =>
        Object.values(examples()).some((example) => undecided(example, list) > undecided(example)),
      );
      expect(lists.filter((list) => !RULES_BY_LIST[list].includes(name))).toEqual([]);
    },
  );
});

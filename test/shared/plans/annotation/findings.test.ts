import { describe, expect, it } from 'vitest';
import { audit } from '../../../../shared/audit/audit.ts';
import { isGuided } from '../../../../shared/changes/change.ts';
import type { Config } from '../../../../shared/config/config.ts';
import type { Snapshot } from '../../../../shared/estate/snapshot.ts';
import { applyToSnapshot } from '../../../../shared/plans/apply-to-snapshot.ts';
import { autoEligibility } from '../../../../shared/plans/auto-eligibility.ts';
import { isForeseen } from '../../../../shared/plans/foreseen.ts';
import { plannableIn, planOf } from '../../../../shared/plans/plan-finding.ts';
import { worseSince } from '../../../../shared/plans/worse.ts';
import {
  ACCOUNT,
  CLUSTER_ARN,
  estateOf,
  podIdentityStatement,
  ROLE_ARN,
  role,
  trustPolicy,
} from '../../../../shared/rules/examples/estate.ts';
import { clusterWith, container, podGroup } from '../../../../shared/rules/examples/kubernetes.ts';
import { rules } from '../../../../shared/rules/index.ts';
import { contextOf, sha256 } from '../../../support/planning.ts';

const OTHER = `arn:aws:iam::${ACCOUNT}:role/other`;
const NEW = `${ROLE_ARN}-2`;
const example = (name: string): Snapshot => {
  const found = rules.find((rule) => rule.name === name);
  if (found === undefined) throw new Error(`no rule ${name}`);
  return found.examples().fails.snapshot;
};
const edited = (snapshot: Snapshot, edit: (account: Snapshot['accounts'][number]) => object): Snapshot => ({
  ...snapshot,
  accounts: snapshot.accounts.map((one) => ({ ...one, ...edit(one) })),
});

/** A finding about an annotation, which role is meant, and what becomes of the annotation then. */
const FINDINGS: readonly {
  readonly rule: string;
  readonly estate: Snapshot;
  readonly means: string;
  readonly after: string | null;
}[] = [
  { rule: 'use-role-annotation', estate: example('use-role-annotation'), means: ROLE_ARN, after: ROLE_ARN },
  {
    rule: 'no-invalid-role-annotation',
    estate: example('no-invalid-role-annotation'),
    means: ROLE_ARN,
    after: ROLE_ARN,
  },
  {
    rule: 'no-missing-annotated-role',
    estate: edited(example('no-missing-annotated-role'), () => ({ roles: [role({ arn: NEW })] })),
    means: NEW,
    after: NEW,
  },
  { rule: 'no-double-binding', estate: example('no-double-binding'), means: OTHER, after: null },
];

const declaring = (means: string, cluster = CLUSTER_ARN): Config['bindings'] => [
  { cluster, namespace: 'shop', serviceAccount: 'checkout', role: means },
];

function planned(rule: string, estate: Snapshot, bindings?: Config['bindings']) {
  const context = contextOf(estate, bindings);
  const own = [...plannableIn(context).plannable.values()].filter(({ finding }) => finding.rule === rule);
  const [only] = own;
  if (only === undefined || own.length > 1) throw new Error(`${own.length} findings of ${rule}`);
  return { context, finding: only.finding, result: planOf(only, context) };
}

describe.each(FINDINGS)('a finding of $rule', ({ rule, estate, means, after }) => {
  it('gets a plan where a binding means one role by the ARN of the cluster, which resolves it and waits for a person', () => {
    const { context, finding, result } = planned(rule, estate, declaring(means));
    if (result.kind !== 'plan') throw new Error(JSON.stringify(result));
    const { plan } = result;
    expect(plan.changes.filter(isGuided)).toMatchObject([{ after }]);
    expect(plan.blockers).toEqual([]);
    expect(plan.intent.source).toBe(after === null ? 'none' : 'configuration');
    expect(plan.approval.join(' ')).toContain('a person has to want it');
    expect(autoEligibility(plan, context)).toMatchObject({
      eligible: false,
      reasons: expect.arrayContaining([expect.stringContaining('annotation')]),
    });
    const judged = (of: Snapshot) => {
      const { config, estate: view } = contextOf(of, declaring(means));
      const { findings } = audit(view, { config, hash: sha256 });
      return new Map(findings.map((one) => [one.fingerprint, one]));
    };
    const [was, is] = [judged(estate), judged(applyToSnapshot(estate, plan.changes))];
    expect([...was.keys()]).toContain(finding.fingerprint);
    expect([...is.keys()]).not.toContain(finding.fingerprint);
    expect(worseSince(was, is, plan.changes).filter((one) => !isForeseen(one, plan))).toEqual([]);
  });

  it.each<[string, string, Config['bindings']]>([
    ['nothing says which role is meant', 'podtrust annotate', undefined],
    ['the cluster is meant by its name alone', 'by the ARN of the cluster', declaring(means, 'shop')],
    [
      'two roles are declared',
      'No single role',
      [...(declaring(means) ?? []), ...(declaring(`${means}-too`) ?? [])],
    ],
    ['the binding is about another', 'No single role', [{ ...declaring(means)![0]!, namespace: 'dev' }]],
  ])('has none where %s', (_why, says, bindings) => {
    const { result, finding } = planned(rule, estate, bindings);
    expect(result).toMatchObject({ kind: 'declined', reasons: [expect.stringContaining(says)] });
    expect(finding.remedy).toContain(
      'podtrust annotate --cluster shop --namespace shop --service-account checkout',
    );
  });

  it('has none where the declared role does not exist or gives nothing', () => {
    expect(planned(rule, estate, declaring(`${means}-gone`)).result.kind).toBe('declined');
  });
});

describe('the line to add', () => {
  it.each(['use-role-annotation', 'no-invalid-role-annotation'])(
    'is printed where it is certain: %s',
    (rule) => {
      expect(planned(rule, example(rule)).finding.remedy).toContain(
        `kubectl -n shop annotate serviceaccount checkout --overwrite eks.amazonaws.com/role-arn=${ROLE_ARN}`,
      );
    },
  );

  it('is a word of the shell for each name, whatever a file says that somebody is called', () => {
    const rule = 'no-invalid-role-annotation';
    const odd = edited(example(rule), ({ regions = [] }) => ({
      regions: JSON.parse(
        JSON.stringify(regions).replaceAll('"name":"checkout"', `"name":"x'; rm -rf ~; '"`),
      ),
    }));
    const { remedy } = planned(rule, odd).finding;
    expect(remedy).toContain(`annotate serviceaccount 'x'\\''; rm -rf ~; '\\''' --overwrite`);
    expect(remedy).toContain(`--service-account 'x'\\''; rm -rf ~; '\\''' --role`);
  });

  it('is for the role that a binding means, never for the one that somebody wrote', () => {
    const rule = 'no-invalid-role-annotation';
    const estate = edited(example(rule), ({ roles = [] }) => ({ roles: [...roles, role({ arn: NEW })] }));
    const { result } = planned(rule, estate, declaring(NEW));
    if (result.kind !== 'plan') throw new Error(JSON.stringify(result));
    expect(JSON.stringify(result.plan.changes.map(({ target, after }) => [target, after]))).not.toContain(
      `"${ROLE_ARN}"`,
    );
  });

  it('is the one that takes the annotation away for two roles, and none for a role that is gone', () => {
    expect(planned('no-double-binding', example('no-double-binding')).finding.remedy).toContain(
      'kubectl -n shop annotate serviceaccount checkout eks.amazonaws.com/role-arn-',
    );
    const gone = 'no-missing-annotated-role';
    expect(planned(gone, example(gone)).finding.remedy).not.toContain('kubectl');
  });
});

describe('every guarded rule whose plan changes an annotation', () => {
  it('is in the table above', () => {
    const guided = rules
      .filter(({ fix }) => fix === 'guarded')
      .filter(({ name, examples }) => {
        const { snapshot } = examples().fails;
        const more = edited(snapshot, ({ roles = [] }) => ({ roles: [...roles, role({ arn: NEW })] }));
        return [ROLE_ARN, NEW, OTHER].some((means) => {
          const context = contextOf(more, declaring(means));
          return [...plannableIn(context).plannable.values()].some((one) => {
            if (one.finding.rule !== name) return false;
            const result = planOf(one, context);
            return result.kind === 'plan' && result.plan.changes.some(isGuided);
          });
        });
      })
      .map(({ name }) => name);
    expect(guided.sort()).toEqual(FINDINGS.map(({ rule }) => rule).sort());
  });
});

describe('pods that run when their ServiceAccount gets a role', () => {
  it.each<[string, string, Snapshot, Config['bindings']]>([
    ['an annotation', 'use-role-annotation', example('use-role-annotation'), declaring(ROLE_ARN)],
    ['an association', 'use-pod-identity-association', unassociated(), undefined],
  ])('lack it until they are made anew, which does not take %s back', (_what, rule, estate, bindings) => {
    const { context, result } = planned(rule, estate, bindings);
    if (result.kind !== 'plan') throw new Error(JSON.stringify(result));
    const { plan } = result;
    const { config } = context;
    const judged = (of: Snapshot) =>
      new Map(
        audit(contextOf(of, bindings).estate, { config, hash: sha256 }).findings.map((one) => [
          one.fingerprint,
          one,
        ]),
      );
    const worse = worseSince(judged(estate), judged(applyToSnapshot(estate, plan.changes)), plan.changes);
    expect(worse.map((one) => one.rule)).toEqual(['no-uninjected-pod']);
    expect(worse.map((one) => isForeseen(one, plan))).toEqual([true]);
  });
});

/** A role for Pod Identity of a ServiceAccount with pods, in a cluster with an agent, and no association. */
function unassociated(): Snapshot {
  const pods = [podGroup({ containers: [container({})] })];
  const serviceAccounts = [{ namespace: 'shop', name: 'checkout' }];
  const addons = [{ name: 'eks-pod-identity-agent', status: 'ACTIVE' }];
  return estateOf({
    roles: [role({ trustPolicy: trustPolicy(podIdentityStatement()) })],
    clusters: [clusterWith({ pods, serviceAccounts }, { addons })],
  });
}

import type { Estate, RoleView } from '../estate/estate.ts';
import type { CompiledPolicy } from '../iam/compile.ts';
import { decide } from '../iam/evaluate.ts';
import type { Request } from '../iam/request.ts';
import { assumeRoleRequests } from '../iam/requests.ts';
import type { Repair } from '../identity/chain.ts';
import { hasSessionTags } from '../identity/diagnose-pod-identity.ts';
import { type BoundWorkload, boundWorkloads, workloadName } from '../identity/pods/workloads.ts';
import { repairTrust } from '../identity/repair.ts';
import { presence, textOf } from '../kubernetes/credentials/variables.ts';
import { received } from '../kubernetes/injection/received.ts';
import { titleOf } from '../plans/drafts/provider-fault.ts';
import { draftTrust } from '../plans/trust/edit-trust.ts';
import { defineRule } from './define-rule.ts';
import { readClusters, workloadIdentity, workloadWhere } from './doors/workload-place.ts';
import {
  association,
  estateExample,
  podIdentityStatement,
  ROLE_ARN,
  role,
  trustPolicy,
} from './examples/estate.ts';
import { clusterWith, container, POD_IDENTITY_VARIABLES, podGroup } from './examples/kubernetes.ts';
import { POD_IDENTITY_ROLE } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

interface SelfAssumer {
  readonly workload: BoundWorkload;
  readonly role: RoleView;
  readonly calls: readonly Request[];
}

/** Workloads that are told, by AWS_ROLE_ARN, to assume the role that Pod Identity gave them already. */
export default defineRule({
  number: 'PT-305',
  name: 'no-untrusted-self-assumption',
  kind: 'broken',
  fix: 'guarded',
  title: 'A workload assumes the role that it already has, and the role does not trust itself',
  why: 'Programs that were set up for IRSA often go on assuming the role of AWS_ROLE_ARN. With Pod Identity they have that role already, and a role may assume itself only if its trust policy names it.',
  remedy:
    'Take AWS_ROLE_ARN, and the setting that asks for the role, out of the workload; or let the role trust itself.',
  references: [POD_IDENTITY_ROLE],
  examples: () => {
    const pod = podGroup({ containers: [container({ ...POD_IDENTITY_VARIABLES, AWS_ROLE_ARN: ROLE_ARN })] });
    const itself = {
      Effect: 'Allow',
      Principal: { AWS: ROLE_ARN },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
    };
    const parts = (trust: string) => ({
      clusters: [clusterWith({ pods: [pod] }, { podIdentityAssociations: [association()] })],
      roles: [role({ trustPolicy: trust })],
    });
    const alone = trustPolicy(podIdentityStatement());
    const both = trustPolicy(podIdentityStatement(), itself);
    return {
      fails: estateExample('The role trusts Pod Identity alone', parts(alone), JSON.parse(alone)),
      passes: estateExample('The role trusts itself too', parts(both), JSON.parse(both)),
    };
  },
  needs: ['kubernetes:pods', 'associations', 'roles'],
  subjects: (scope) =>
    readClusters(scope)
      .flatMap(boundWorkloads)
      .flatMap((workload) => selfAssumer(workload, scope.estate)),
  where: ({ workload }) => workloadWhere(workload),
  check: ({ workload, role, calls }) => {
    const { role: one, trust } = role;
    const { compiled } = trust();
    const outcomes = compiled === null ? ['denied'] : calls.map((call) => decide(compiled, call));
    if (!outcomes.includes('denied')) {
      if (!outcomes.includes('undecided')) return pass;
      const reason = `a condition of the trust policy of ${one.arn} depends on the request`;
      return unknown({ read: 'the request', reason });
    }
    return fail({ workload: workloadName(workload), role: one.arn, seen: wasRefused(role) });
  },
  severity: ({ seen }) => (seen ? 'high' : 'low'),
  message: ({ role: arn, seen }, { workload }) =>
    `${workloadName(workload)} has ${arn} through its association and sets AWS_ROLE_ARN to it: a program that assumes it is refused, since its trust policy does not name the role itself.${seen ? ' A refused sts:AssumeRole of the role was seen.' : ''}`,
  identity: (_, { workload }) => workloadIdentity(workload),
  repair: (_, { role: one, calls }) => repairOf(one, calls),
  plan: (_, { role, workload }, __, repair) =>
    draftTrust(role, repair, {
      title: titleOf(role, repair.text),
      wish: `AWS_ROLE_ARN in the pods of ${workloadName(workload)}, which whoever may write them set`,
    }),
});

/** The workload as one that may assume its own role: AWS_ROLE_ARN names it, and no token of a web identity goes with it. */
function selfAssumer(workload: BoundWorkload, estate: Estate): SelfAssumer[] {
  const { association: one, groups, binding, namespace, serviceAccount, cluster } = workload;
  const own = one?.roleArn === undefined ? undefined : estate.roleByArn.get(one.roleArn);
  if (one === null || own === undefined) return [];
  const told = groups.some((group) =>
    group.containers.some(
      (each) =>
        received(each, group, binding).kind === 'given' &&
        textOf(each, 'AWS_ROLE_ARN') === own.role.arn &&
        presence(each, 'AWS_WEB_IDENTITY_TOKEN_FILE') === 'unset',
    ),
  );
  if (!told) return [];
  const tags = {
    'eks-cluster-arn': cluster.cluster.arn,
    'eks-cluster-name': cluster.cluster.name,
    'kubernetes-namespace': namespace,
    'kubernetes-service-account': serviceAccount,
  };
  const { assume, tagSession } = assumeRoleRequests({
    principalArn: own.role.arn,
    account: own.account.id,
    at: own.account.takenAt,
    ...(hasSessionTags(one) ? { tags } : {}),
  });
  return [{ workload, role: own, calls: tagSession === null ? [assume] : [assume, tagSession] }];
}

/** True when a call of the role to assume a role was refused, as its account's CloudTrail tells; which one it asked for is not kept. */
function wasRefused({ role: { arn }, account: { account } }: RoleView): boolean {
  const calls = account.observed?.accessDenied?.calls ?? [];
  return calls.some(
    ({ role: one, service, call }) => one === arn && service === 'sts.amazonaws.com' && call === 'AssumeRole',
  );
}

function repairOf({ role: one, trust }: RoleView, calls: readonly Request[]): Repair {
  return repairTrust(trust(), null, {
    whom: one.arn,
    achieved: (policy: CompiledPolicy) => calls.every((call) => decide(policy, call) === 'allowed'),
    exact: () => false,
    statement: { Effect: 'Allow', Principal: { AWS: one.arn }, Action: calls.map(({ action }) => action) },
  });
}

import { canonicalJson } from '../../changes/change.ts';
import type { ClusterView, RoleView } from '../../estate/estate.ts';
import type { CompiledPolicy } from '../../iam/compile.ts';
import { compile } from '../../iam/compile.ts';
import { decide } from '../../iam/evaluate.ts';
import { parsePolicy } from '../../iam/parse.ts';
import type { Repair } from '../../identity/chain.ts';
import { callsOf } from '../../identity/diagnose-pod-identity.ts';
import { podIdentityStatement } from '../../identity/pod-identity-chain.ts';
import { editPolicy, type JsonObject, type PolicyEdit } from '../../identity/policy-edit.ts';
import { type Declined, declined } from '../draft.ts';

/** A ServiceAccount of the cluster in question, and whether EKS passes tags with its association. */
export interface PodName {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly tags?: boolean;
}

/**
 * The edit that lets Pod Identity give some ServiceAccounts of one cluster a role, and nobody else: null where the trust
 * policy lets all of them in already. ServiceAccounts of one namespace share a statement, which admits just them.
 */
export function podTrust(
  role: RoleView,
  cluster: ClusterView,
  names: readonly PodName[],
): Repair | null | Declined {
  const { compiled, text } = role.trust();
  if (compiled === null) return declined(`IAM would refuse the trust policy of ${role.role.arn}.`);
  const wanting = names.filter((name) => !admitsName(compiled, role, cluster, name));
  if (wanting.length === 0) return null;
  const edits = [
    ...Map.groupBy(wanting, ({ namespace, tags }) => JSON.stringify([namespace, tags !== false])),
  ]
    .map(([, group]) => group)
    .flatMap((group) => editsFor(text, cluster, group));
  const after = editPolicy(text, edits);
  const policy = after === null ? null : parsePolicy(after, 'trust').policy;
  if (
    after === null ||
    policy === null ||
    !names.every((name) => admitsName(compile(policy), role, cluster, name))
  )
    return declined(
      `A statement for Pod Identity does not let it into ${role.role.arn}: a Deny of its trust policy keeps it out.`,
    );
  return {
    text: `Let Pod Identity give ${role.name} to ServiceAccounts of cluster ${cluster.cluster.name}.`,
    after,
  };
}

function admitsName(policy: CompiledPolicy, role: RoleView, cluster: ClusterView, name: PodName): boolean {
  const { namespace, serviceAccount, tags } = name;
  const association = { id: '', namespace, serviceAccount, disableSessionTags: tags === false };
  const { assume, tagSession } = callsOf({ association, cluster }, role);
  return [assume, ...(tagSession === null ? [] : [tagSession])].every(
    (request) => decide(policy, request) === 'allowed',
  );
}

/** Names beside those of a statement that says the same besides, else a statement of its own. */
function editsFor(text: string, { cluster, account }: ClusterView, group: readonly PodName[]): PolicyEdit[] {
  const [first] = group;
  if (first === undefined) return [];
  const all = [...new Set(group.map(({ serviceAccount }) => serviceAccount))];
  const [only = '', ...more] = all;
  const statement = podIdentityStatement({
    clusterArn: cluster.arn,
    account: account.id,
    namespace: first.namespace,
    serviceAccount: more.length === 0 ? only : all,
    tags: first.tags !== false,
  });
  const pointer = first.tags === false ? null : hostOf(text, statement);
  return pointer === null
    ? [{ kind: 'add-statement', statement }]
    : all.map((value) => ({ kind: 'add-value', pointer, value }));
}

const NAME_KEY = 'aws:RequestTag/kubernetes-service-account';

interface Fields {
  readonly [key: string]: unknown;
}

/** Where a statement that differs in the names of ServiceAccounts alone lists them. */
function hostOf(text: string, statement: JsonObject): string | null {
  const document: Fields = JSON.parse(text);
  const key = Object.keys(document).find((one) => one.toLowerCase() === 'statement') ?? '';
  const list = document[key];
  if (!Array.isArray(list)) return null;
  const wanted = withoutNames(statement);
  const index = list.findIndex((one) => isFields(one) && withoutNames(one) === wanted);
  return index < 0 ? null : `/${key}/${index}/Condition/StringEquals/${NAME_KEY.replaceAll('/', '~1')}`;
}

function withoutNames({ Sid: _, ...statement }: Fields): string | null {
  const condition = statement['Condition'];
  const equals = isFields(condition) ? condition['StringEquals'] : undefined;
  if (!isFields(condition) || !isFields(equals) || equals[NAME_KEY] === undefined) return null;
  const { [NAME_KEY]: __, ...others } = equals;
  return canonicalJson({ ...statement, Condition: { ...condition, StringEquals: others } });
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

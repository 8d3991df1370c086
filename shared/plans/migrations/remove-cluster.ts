import { canonicalJson } from '../../changes/change.ts';
import { preserveStatements } from '../../changes/trust/preserve.ts';
import { POD_IDENTITY_SERVICE } from '../../identity/service-account.ts';

interface Fields {
  readonly [key: string]: unknown;
}

/** A trust policy without one cluster in its statements for Pod Identity. */
export interface WithoutCluster {
  /** Null where no statement lets the cluster in by its ARN, or where no edit of single statements takes it out. */
  readonly after: string | null;
  /** True where a statement that lets somebody in names the cluster in a way that is not narrowed here. */
  readonly byHand: boolean;
}

/**
 * Both are the ARN of the cluster whose association it is (EKS user guide, "EKS Pod Identity role" and "Grant Pods access
 * to AWS resources based on tags").
 */
const CLUSTER_KEYS = ['aws:sourcearn', 'aws:requesttag/eks-cluster-arn'];
/** Operators that a statement holds by when one of their values fits. */
const EQUALS = ['stringequals', 'stringlike', 'arnequals', 'arnlike'];

/**
 * Statements for Pod Identity alone that only this cluster fits go; of those that list it among others, its ARN is taken
 * out; everything else stays byte for byte. A pattern that the cluster fits is not about it, and stays.
 */
export function withoutCluster(text: string, clusterArn: string): WithoutCluster {
  if (!text.includes(clusterArn)) return { after: null, byHand: false };
  const document: Fields = JSON.parse(text);
  const key = Object.keys(document).find((one) => one.toLowerCase() === 'statement') ?? '';
  const all = [document[key] ?? []].flat();
  const kept = all.flatMap((one) => withoutIn(one, clusterArn));
  const byHand = kept.some(
    (one) => isFields(one) && one['Effect'] === 'Allow' && JSON.stringify(one).includes(`"${clusterArn}"`),
  );
  if (canonicalJson(kept) === canonicalJson(all)) return { after: null, byHand };
  const after =
    kept.length === 0 ? null : preserveStatements(text, JSON.stringify({ ...document, [key]: kept }));
  return { after, byHand: byHand || after === null };
}

function withoutIn(statement: unknown, arn: string): unknown[] {
  if (!isFields(statement) || statement['Effect'] !== 'Allow' || !isForPods(statement['Principal']))
    return [statement];
  const condition = statement['Condition'];
  if (!isFields(condition)) return [statement];
  const narrowed: Record<string, unknown> = {};
  for (const [operator, keys] of Object.entries(condition)) {
    const without = EQUALS.includes(operator.toLowerCase()) && isFields(keys) ? keysWithout(keys, arn) : keys;
    if (without === null) return [];
    narrowed[operator] = without;
  }
  return [{ ...statement, Condition: narrowed }];
}

/** The keys of an operator without a cluster; null where one of them fits that cluster only. */
function keysWithout(keys: Fields, arn: string): Fields | null {
  const narrowed: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(keys)) {
    const rest = CLUSTER_KEYS.includes(key.toLowerCase()) ? valuesWithout(value, arn) : value;
    if (rest === null) return null;
    narrowed[key] = rest;
  }
  return narrowed;
}

function valuesWithout(value: unknown, arn: string): unknown {
  if (!Array.isArray(value)) return value === arn ? null : value;
  const rest = value.filter((one) => one !== arn);
  return rest.length === 0 && value.length > 0 ? null : rest;
}

function isForPods(principal: unknown): boolean {
  if (!isFields(principal)) return false;
  const { Service, ...others } = principal;
  const services = [Service].flat();
  return Object.keys(others).length === 0 && services.length === 1 && services[0] === POD_IDENTITY_SERVICE;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

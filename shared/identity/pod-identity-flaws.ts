import { parseArn } from '../iam/arn.ts';
import type { CompiledPolicy, CompiledStatement } from '../iam/compile.ts';
import type { CompiledCondition } from '../iam/conditions/condition.ts';
import { evaluate, type Outcome } from '../iam/evaluate.ts';
import { globMatcher } from '../iam/glob.ts';
import type { Request } from '../iam/request.ts';
import { unread } from './checks.ts';
import { isPositive } from './claim-flaws.ts';
import { parseClaimKey } from './claim-key.ts';
import { denyWords } from './deny-words.ts';
import { type Flaw, type FlawRule, type Inspection, type OpenQuestion, weightOf } from './flaw.ts';
import type { PolicyEdit } from './policy-edit.ts';
import { hasWildcard, POD_IDENTITY_SERVICE } from './service-account.ts';
import { allowsOf } from './statements.ts';

/** The two calls that EKS makes for a pod; no `TagSession` where session tags are off. */
export interface PodIdentityCalls {
  readonly assume: Request;
  readonly tagSession: Request | null;
  /** What `sts:AssumeRole` would carry if the association's session tags were on; absent where they are on already. */
  readonly withTags?: Request;
}

/** What a trust policy answers to both calls, and, where one is not allowed, the nearest statement's flaws. */
export interface PodIdentityAnswer {
  readonly outcome: Outcome;
  /** Index of the Deny statement that refuses, or null. */
  readonly denied: number | null;
  /** Why it does, where that is not plain. */
  readonly deniedWhy: string;
  /** True when that Deny applies only because the association passes no session tags. */
  readonly tagless: boolean;
  /** Null when no Allow statement names the service. */
  readonly nearest: Inspection | null;
}

/** Holds a trust policy against the calls of one association. */
export function inspectPodIdentity(trust: CompiledPolicy, calls: PodIdentityCalls): PodIdentityAnswer {
  const requests = calls.tagSession === null ? [calls.assume] : [calls.assume, calls.tagSession];
  const decisions = requests.map((request) => ({ request, decision: evaluate(trust, request) }));
  const outcome = worst(decisions.map(({ decision }) => decision.outcome));
  const deny = decisions.find(
    ({ decision }) => decision.outcome === 'denied' && decision.by?.effect === 'Deny',
  );
  const failed = decisions.filter(({ decision }) => decision.outcome !== 'allowed');
  const inspections = failed.flatMap(({ request }) => nearestTo(trust, request, calls) ?? []);
  const [first] = inspections;
  const nearest =
    first === undefined
      ? null
      : {
          statement: first.statement,
          flaws: distinct(inspections.flatMap(({ flaws }) => flaws)),
          open: inspections.flatMap(({ open }) => open),
        };
  const tagless = deny !== undefined && !deniesWithTags(trust, calls);
  const denied = deny?.decision.by?.index ?? null;
  const deniedWhy = deny === undefined || denied === null ? '' : denyWords(trust, denied, deny.request);
  return { outcome, denied, deniedWhy, tagless, nearest };
}

/** Whether a Deny would refuse the association with its session tags on as well; a doubt counts as no. */
function deniesWithTags(trust: CompiledPolicy, { withTags }: PodIdentityCalls): boolean {
  if (withTags === undefined) return true;
  const { outcome, by } = evaluate(trust, withTags);
  return outcome === 'denied' && by?.effect === 'Deny';
}

function worst(outcomes: readonly Outcome[]): Outcome {
  if (outcomes.includes('denied')) return 'denied';
  return outcomes.includes('undecided') ? 'undecided' : 'allowed';
}

function distinct(flaws: readonly Flaw[]): Flaw[] {
  const name = (flaw: Flaw) => `${flaw.aspect} ${flaw.pointer} ${flaw.value}`;
  return flaws.filter((flaw, index) => flaws.findIndex((other) => name(other) === name(flaw)) === index);
}

/** The Allow statement for the service that comes nearest to allowing a call. */
function nearestTo(trust: CompiledPolicy, request: Request, calls: PodIdentityCalls): Inspection | null {
  const inspections = allowsOf(trust)
    .filter((compiled) => compiled.principal(request.caller) !== 'no')
    .map((compiled) => inspectStatement(compiled, request, calls));
  return inspections.sort((a, b) => weightOf(a) - weightOf(b))[0] ?? null;
}

/** Holds one statement that names the service against one of the calls. */
export function inspectStatement(
  compiled: CompiledStatement,
  request: Request,
  calls: PodIdentityCalls,
): Inspection {
  const flaws: Flaw[] = [];
  const open: OpenQuestion[] = [];
  if (!compiled.action(request.action)) flaws.push(actionFlaw(compiled, request.action));
  for (const condition of compiled.conditions) {
    const met = condition.test(request.context(condition.key), request.context);
    const written = `${condition.condition.operator.written} ${condition.condition.key}`;
    if (met === 'undecided') {
      open.push({
        aspect: 'conditions',
        detail: isOrganization(condition.key)
          ? `${written} asks for the organization of the cluster's account. ${unread(NO_ORGANIZATION)}`
          : `${written} depends on a value that only the request itself carries.`,
      });
    }
    if (met === 'no') flaws.push(conditionFlaw(condition, request, calls));
  }
  return { statement: compiled.statement, flaws, open };
}

const NO_ORGANIZATION = { read: 'organizations:ListRoots', reason: 'not in the snapshot' };

function isOrganization(key: string): boolean {
  return key.startsWith('aws:sourceorg');
}

function actionFlaw({ statement }: CompiledStatement, action: string): Flaw {
  const { action: element } = statement;
  const written = element.patterns.join(', ');
  const wrong = element.patterns.find((pattern) => /^sts:assumerolewith/i.test(pattern));
  const alone = (statement.principal?.entries ?? []).every(({ kind }) => kind === 'Service');
  const edit: PolicyEdit =
    wrong !== undefined && alone && action === 'sts:AssumeRole'
      ? { kind: 'replace-value', pointer: element.pointer, from: wrong, to: action }
      : { kind: 'add-value', pointer: element.pointer, value: action };
  return {
    aspect: 'action',
    rule: action === 'sts:AssumeRole' ? 'no-wrong-assume-action' : null,
    detail: `The statement for ${POD_IDENTITY_SERVICE} ${element.negated ? 'takes away by NotAction' : 'allows'} ${written}, and EKS Pod Identity needs ${action}${action === 'sts:TagSession' ? ', since it passes session tags' : ''}.`,
    pointer: element.pointer,
    value: `${written} without ${action}`,
    weight: 1,
    edits: element.negated ? [] : [edit],
  };
}

function conditionFlaw(
  { condition, key }: CompiledCondition,
  request: Request,
  calls: PodIdentityCalls,
): Flaw {
  const { operator, pointer, values } = condition;
  const actual = request.context(key);
  const written = `${operator.written} ${condition.key}`;
  const flaw = (
    rule: FlawRule | null,
    weight: number,
    detail: string,
    edits: readonly PolicyEdit[] = [],
  ): Flaw => ({
    aspect: 'conditions',
    rule,
    detail,
    pointer,
    value: `${condition.key} ${values.join(' ')}`,
    weight,
    edits,
  });
  if (testsTags(key) && calls.tagSession === null) {
    return flaw(
      'no-tagless-tag-condition',
      1,
      `${written} tests session tags, and the association has session tags off.`,
    );
  }
  if (parseClaimKey(key) !== null) {
    return flaw(
      'no-mismatched-condition-key',
      2,
      `Condition key "${condition.key}" belongs to web identities: a request of ${POD_IDENTITY_SERVICE} never carries it.`,
    );
  }
  const [only] = typeof actual === 'string' ? [] : actual;
  if (only === undefined) {
    return flaw(
      'no-unsatisfiable-trust',
      3,
      `${written} can never hold: a request of ${POD_IDENTITY_SERVICE} does not carry that key.${whatIsSent(key)}`,
    );
  }
  const literal = operator.name === 'StringEquals' || operator.name === 'StringEqualsIgnoreCase';
  const star = literal ? values.find((value) => hasWildcard(value) && globMatcher(value)(only)) : undefined;
  if (star !== undefined) {
    return flaw(
      'no-literal-wildcard',
      1,
      `${written} takes "${star}" literally, with its wildcards as plain characters, so that it never matches ${only}.`,
      [{ kind: 'replace-value', pointer, from: star, to: only }],
    );
  }
  if (!isPositive(operator)) return flaw(null, 4, `${written} excludes ${only} (${values.join(', ')}).`);
  const add: PolicyEdit = { kind: 'add-value', pointer, value: only };
  const words =
    key === 'aws:sourcearn' || key === 'aws:requesttag/eks-cluster-arn' ? clusterWords(values, only) : '';
  return flaw(
    null,
    2,
    `${written} asks for ${values.join(', ') || 'nothing'}, and the request carries ${only}${words}.`,
    [add],
  );
}

/** What EKS sends in the place of a key that people expect. */
function whatIsSent(key: string): string {
  if (key.startsWith('aws:requesttag/')) {
    return ' EKS passes the tags eks-cluster-arn, eks-cluster-name, kubernetes-namespace, kubernetes-service-account, kubernetes-pod-name and kubernetes-pod-uid.';
  }
  if (key.startsWith('aws:principaltag/'))
    return ' The session tags are aws:RequestTag/… here, and aws:PrincipalTag/… in permissions alone.';
  if (key.startsWith('aws:principalorg'))
    return ' A service is of no organization: aws:SourceOrgID is that of the cluster.';
  if (key === 'sts:externalid')
    return ' EKS sends an external id with the second hop alone, to a target role.';
  return '';
}

/** Keys whose value is made of the session tags alone. */
function testsTags(key: string): boolean {
  return key.startsWith('aws:requesttag/') || key === 'aws:tagkeys' || key === 'sts:transitivetagkeys';
}

/** How a cluster's ARN misses the right one. */
function clusterWords(values: readonly string[], right: string): string {
  const wanted = parseArn(right);
  for (const value of values) {
    const arn = parseArn(value);
    if (arn === null || wanted === null) continue;
    const differs = (['partition', 'service', 'region', 'account', 'resource'] as const).filter(
      (part) => arn[part] !== wanted[part],
    );
    const [part] = differs;
    if (differs.length === 1 && part !== undefined) return `: the ${part} differs`;
  }
  return '';
}

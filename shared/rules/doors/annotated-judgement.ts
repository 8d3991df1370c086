import type { Estate, Missing } from '../../estate/estate.ts';
import { decide } from '../../iam/evaluate.ts';
import type { AnnotatedWithRole } from '../../identity/annotated.ts';
import type { Repair, Step } from '../../identity/chain.ts';
import { rankOf } from '../../identity/fault.ts';
import { providerArnFor } from '../../identity/issuer.ts';
import { subjectOf } from '../../identity/service-account.ts';
import { serviceAccountChain } from '../../identity/service-account-chain.ts';
import { lazyWebIdentityRequest } from './lazy-request.ts';

/** Why a ServiceAccount does not get the role that it is annotated with, or what of it is not known. */
export interface AnnotatedJudgement {
  /** The root cause on the AWS side. */
  readonly failure: { readonly check: string; readonly rule: string | null; readonly detail: string } | null;
  readonly repair: Repair | null;
  readonly undecided: Missing | null;
}

const SOUND: AnnotatedJudgement = { failure: null, repair: null, undecided: null };
/** By estate: the same cluster may be part of several. */
const judgements = new WeakMap<Estate, WeakMap<AnnotatedWithRole, AnnotatedJudgement>>();

/** Judges an annotated ServiceAccount by the chain that `explain` prints; most are sound, and that is found out first. */
export function judgeAnnotated(annotated: AnnotatedWithRole, estate: Estate): AnnotatedJudgement {
  let ofEstate = judgements.get(estate);
  if (ofEstate === undefined) {
    ofEstate = new WeakMap();
    judgements.set(estate, ofEstate);
  }
  let judgement = ofEstate.get(annotated);
  if (judgement === undefined) {
    judgement = isSound(annotated, estate) ? SOUND : judgeChain(annotated, estate);
    ofEstate.set(annotated, judgement);
  }
  return judgement;
}

function isSound({ cluster, annotation, audience, ...name }: AnnotatedWithRole, estate: Estate): boolean {
  const role = estate.roleByArn.get(annotation.arn);
  const { issuerKey } = cluster;
  if (role === undefined || issuerKey === null) return false;
  const provider = providerArnFor(role.account.partition, role.account.id, issuerKey);
  if (role.account.providersByArn.get(provider)?.clientIds?.includes(audience) !== true) return false;
  if (cluster.missing('podIdentityAssociations') !== null) return false;
  const { compiled, parse } = role.trust();
  if (compiled === null || parse.problems.length > 0) return false;
  const subject = subjectOf(name.namespace, name.serviceAccount);
  const request = {
    provider,
    issuerKey,
    subject,
    audience,
    roleArn: annotation.arn,
    at: role.account.takenAt,
  };
  return decide(compiled, lazyWebIdentityRequest(request)) === 'allowed';
}

/** Told by rules of their own: clusters that are not ready, and what the organization refuses. */
const OF_OTHERS: ReadonlySet<string> = new Set([
  'cluster-active',
  'resource-control-policies',
  'service-control-policies',
]);

function judgeChain(
  { cluster, namespace, serviceAccount }: AnnotatedWithRole,
  estate: Estate,
): AnnotatedJudgement {
  const { steps, repair } = serviceAccountChain({ cluster, namespace, serviceAccount }, estate);
  const own = steps.filter(({ side, check }) => side === 'aws' && !OF_OTHERS.has(check));
  const [root] = own
    .filter(({ status }) => status === 'fail')
    .sort((a, b) => rankOf(a.rule ?? '') - rankOf(b.rule ?? ''));
  const open = own.find(({ status }) => status === 'unknown');
  return {
    failure: root === undefined ? null : { check: root.check, rule: root.rule ?? null, detail: root.detail },
    repair,
    undecided: open === undefined ? null : missingOf(open),
  };
}

/** What would decide a step: a read, or the values that only a real request carries. */
function missingOf({ detail }: Step): Missing {
  const read = /^Not known: (\S+) is missing/.exec(detail)?.[1] ?? 'cloudtrail:LookupEvents';
  return { read, reason: detail };
}

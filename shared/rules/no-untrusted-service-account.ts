import { type AnnotatedWithRole, annotatedIn, asksForRole } from '../identity/annotated.ts';
import { declined } from '../plans/draft.ts';
import { titleOf } from '../plans/drafts/provider-fault.ts';
import { draftTrust } from '../plans/trust/edit-trust.ts';
import { defineRule } from './define-rule.ts';
import { type AnnotatedJudgement, judgeAnnotated } from './doors/annotated-judgement.ts';
import { hasApiServer } from './doors/api-server.ts';
import { causeElsewhere } from './doors/cause-elsewhere.ts';
import { podsAtWork, podsWords, severityByPods } from './doors/pods-at-work.ts';
import { ISSUER, irsaStatement, roleExample, trustPolicy } from './examples/estate.ts';
import { clusterWith } from './examples/kubernetes.ts';
import { serviceAccountWhere } from './places.ts';
import { IRSA, IRSA_ROLE } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

interface Subject {
  readonly annotated: AnnotatedWithRole;
  readonly judgement: AnnotatedJudgement;
}

/** ServiceAccounts that the role of their annotation does not let in, where no more specific rule says why. */
export default defineRule({
  number: 'PT-203',
  name: 'no-untrusted-service-account',
  kind: 'broken',
  fix: 'guarded',
  title: 'The ServiceAccount cannot assume the role that it is annotated with',
  why: 'The annotation only says which role the pods ask for. Whether STS gives it to them is decided by the trust policy, which must let in exactly this namespace and name of exactly this cluster.',
  remedy:
    'Let the ServiceAccount in: add its subject to the statement for its cluster, where the role is meant for it; else correct the annotation.',
  references: [IRSA_ROLE, IRSA],
  examples: () => ({
    fails: roleExample(
      'shop/checkout is annotated with the role, which trusts shop/cart',
      trustPolicy(
        irsaStatement({
          Condition: {
            StringEquals: {
              [`${ISSUER}:aud`]: 'sts.amazonaws.com',
              [`${ISSUER}:sub`]: 'system:serviceaccount:shop:cart',
            },
          },
        }),
      ),
      { clusters: [clusterWith()] },
    ),
    passes: roleExample('The role trusts shop/checkout', trustPolicy(irsaStatement()), {
      clusters: [clusterWith()],
    }),
  }),
  needs: ['kubernetes:serviceAccounts'],
  subjects: ({ clusters, estate }): Subject[] =>
    clusters
      .filter(hasApiServer)
      .flatMap((view) => annotatedIn(view).filter(asksForRole))
      .map((annotated) => ({ annotated, judgement: judgeAnnotated(annotated, estate) })),
  where: ({ annotated }) => serviceAccountWhere(annotated, annotated.annotation.arn),
  check: ({ annotated, judgement: { failure, undecided } }, { estate }) => {
    const missing = annotated.cluster.missing('podIdentityAssociations');
    if (missing !== null) return unknown(missing);
    if (failure === null) return undecided === null ? pass : unknown(undecided);
    if (causeElsewhere(annotated, failure.rule, estate)) return pass;
    const { check, detail } = failure;
    return fail({ check, detail, audience: annotated.audience, pods: podsAtWork(annotated) });
  },
  severity: ({ pods }) => severityByPods(pods),
  message: ({ detail, pods }, { annotated: { namespace, serviceAccount, annotation } }) =>
    `${namespace}/${serviceAccount} cannot assume ${annotation.arn}: ${detail}${podsWords(pods)}`,
  identity: ({ check }) => [check],
  repair: (_, { judgement }) =>
    judgement.repair ?? {
      text: 'Let the ServiceAccount in where the role is meant for it; else correct its annotation.',
    },
  plan: (_, { annotated }, { estate }, repair) => {
    const { namespace, serviceAccount, cluster, annotation } = annotated;
    const role = estate.roleByArn.get(annotation.arn);
    if (role === undefined) return declined(repair.text);
    return draftTrust(role, repair, {
      title: titleOf(role, repair.text),
      wish: `the annotation of ${namespace}/${serviceAccount} of ${cluster.cluster.name}, which whoever may edit the ServiceAccount wrote`,
    });
  },
});

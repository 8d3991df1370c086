import type { Config } from '../config/config.ts';
import type { Association, Role } from '../estate/snapshot.ts';
import { type Annotated, annotatedIn } from '../identity/annotated.ts';
import { annotatedRole, ROLE_ANNOTATION } from '../identity/role-annotation.ts';
import { shellWord } from '../identity/shell-word.ts';
import { draftNoAnnotation } from '../plans/annotation/draft-annotation.ts';
import { type Draft, declined } from '../plans/draft.ts';
import { defineRule } from './define-rule.ts';
import { hasApiServer } from './doors/api-server.ts';
import { askFor, declaredRole, GUIDED, undeclared } from './doors/declared-annotation.ts';
import { podsAtWork } from './doors/pods-at-work.ts';
import {
  association,
  estateExample,
  irsaStatement,
  podIdentityStatement,
  role,
  trustPolicy,
} from './examples/estate.ts';
import { clusterWith } from './examples/kubernetes.ts';
import { serviceAccountWhere } from './places.ts';
import { POD_IDENTITY_ASSOCIATION } from './references.ts';
import { fail, pass, unknown } from './verdict.ts';

const OTHER = 'arn:aws:iam::111122223333:role/other';
const AGENT = { name: 'eks-pod-identity-agent', status: 'ACTIVE' };

/** ServiceAccounts that an association and an annotation give different roles. */
export default defineRule({
  number: 'PT-208',
  name: 'no-double-binding',
  kind: 'broken',
  fix: 'guarded',
  title: 'Annotation and association name different roles',
  why: 'The webhook gives the pods of a ServiceAccount with an association nothing but Pod Identity. New pods get the role of the association, pods from before it keep that of the annotation, and whoever reads the annotation believes the wrong one.',
  remedy:
    'Decide for one: delete the association, or remove the annotation (or let both name the same role while you migrate). Then restart the pods.',
  references: [POD_IDENTITY_ASSOCIATION],
  examples: () => {
    const other = association({ roleArn: OTHER });
    const given = (one: Association, roles: Role[]) => ({
      clusters: [clusterWith({ pods: [] }, { addons: [AGENT], podIdentityAssociations: [one] })],
      roles,
    });
    const trust = trustPolicy(podIdentityStatement());
    return {
      fails: estateExample(
        'The association names another role',
        given(other, [role(), role({ arn: OTHER, trustPolicy: trust })]),
        other,
      ),
      passes: estateExample(
        'Both name the same role, as during a migration',
        given(association(), [role({ trustPolicy: trustPolicy(irsaStatement(), podIdentityStatement()) })]),
        association(),
      ),
    };
  },
  needs: ['kubernetes:serviceAccounts', 'associations'],
  subjects: ({ clusters }) =>
    clusters.filter(hasApiServer).flatMap((view) => annotatedIn(view).filter(isDouble)),
  where: (annotated) => serviceAccountWhere(annotated),
  check: ({ cluster, annotation, association: one, ...place }) => {
    const { roleArn, targetRoleArn } = one ?? {};
    if (roleArn === undefined) {
      return unknown(
        cluster.missing('podIdentityAssociations') ?? {
          read: 'eks:DescribePodIdentityAssociation',
          reason: `the role of association ${one?.id} was not read`,
        },
      );
    }
    const annotated = annotatedRole(annotation) ?? '';
    if (annotated === roleArn || annotated === targetRoleArn) return pass;
    if (isOfOneAddon(cluster, one?.ownerArn, annotated)) return pass;
    return fail({
      annotated,
      associated: targetRoleArn ?? roleArn,
      pods: podsAtWork({ cluster, ...place }),
    });
  },
  severity: () => 'medium',
  message: ({ annotated, associated }, { namespace, serviceAccount }) =>
    `${namespace}/${serviceAccount} is annotated with ${annotated}, and its association gives new pods ${associated} alone.`,
  identity: () => [],
  repair: (_, annotated) => ({
    text: `Decide for one, then restart the pods. Where the association is meant, take the annotation away: kubectl -n ${shellWord(annotated.namespace)} annotate serviceaccount ${shellWord(annotated.serviceAccount)} ${ROLE_ANNOTATION}-, or ${askFor(annotated, null)} plans it. Where the annotation is, delete the association.`,
  }),
  plan: (_, annotated, { config }) => withoutAnnotation(annotated, config),
});

/** New pods get the association's role alone: where a binding means that one, the annotation only misleads. */
function withoutAnnotation(annotated: Annotated, config: Config): Draft {
  const { association } = annotated;
  const declared = declaredRole(annotated, config);
  if (declared === null) return declined(undeclared(annotated, askFor(annotated, null)));
  if (declared !== association?.roleArn && declared !== association?.targetRoleArn)
    return declined(
      `The binding declares ${declared}, and association ${association?.id ?? ''} gives new pods another role: change or delete the association first.`,
    );
  const draft = draftNoAnnotation(annotated, [GUIDED]);
  return draft.kind === 'draft' && draft.changes.length === 0
    ? declined('The role stands under another key than the webhook reads: take it out by hand.')
    : draft;
}

/** Annotations whose role cannot be made out say nothing that the association could contradict. */
function isDouble(annotated: Annotated): boolean {
  return annotated.association !== null && annotatedRole(annotated.annotation) !== null;
}

/** An add-on with both is a finding of its own: no-addon-identity-conflict. */
function isOfOneAddon(
  { cluster }: Annotated['cluster'],
  owner: string | undefined,
  annotated: string,
): boolean {
  if (owner === undefined) return false;
  return (cluster.addons ?? []).some(
    ({ name, serviceAccountRoleArn, podIdentityAssociations }) =>
      serviceAccountRoleArn === annotated &&
      (podIdentityAssociations ?? []).length > 0 &&
      owner.includes(`/${name}/`),
  );
}

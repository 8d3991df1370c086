import type { Config } from '../../config/config.ts';
import { annotateCommand } from '../../identity/account-side.ts';
import type { Repair } from '../../identity/chain.ts';
import { ROLE_ANNOTATION } from '../../identity/role-annotation.ts';
import { shellWord } from '../../identity/shell-word.ts';
import { draftAnnotation } from '../../plans/annotation/draft-annotation.ts';
import { type AnnotatedPlace, wordsOf } from '../../plans/annotation/obstacles.ts';
import { type Draft, declined } from '../../plans/draft.ts';
import type { Scope } from '../scope.ts';

/**
 * The role that bindings declare for a ServiceAccount by the ARN of its cluster; null where none does, or several do. A
 * name or a tag can be put on another cluster.
 */
export function declaredRole(
  { cluster, namespace, serviceAccount }: AnnotatedPlace,
  { bindings = [] }: Config,
): string | null {
  const roles = new Set(
    bindings
      .filter(
        (one) =>
          'cluster' in one &&
          one.cluster === cluster.cluster.arn &&
          one.namespace === namespace &&
          one.serviceAccount === serviceAccount,
      )
      .map(({ role }) => role),
  );
  const [only] = roles;
  return only !== undefined && roles.size === 1 ? only : null;
}

/** Why a plan that sets an annotation waits for a person, whatever the configuration declares. */
export const GUIDED =
  'It changes an annotation of a ServiceAccount, which its chart or manifest may say otherwise: a person has to want it.';

/** The annotation that a finding lacks, where a binding says which role is meant: what is written there is a wish. */
export function declaredAnnotation(place: AnnotatedPlace, { estate, config }: Scope): Draft {
  const role = declaredRole(place, config);
  if (role === null) return declined(undeclared(place));
  const draft = draftAnnotation(
    { ...place, role },
    { estate, config },
    { wish: `the binding of ${wordsOf(place)} in the configuration`, approval: [GUIDED] },
  );
  return draft.kind === 'draft' && draft.changes.length === 0
    ? declined(`${wordsOf(place)} is annotated with ${role}, as the binding says, already.`)
    : draft;
}

/** Nothing but a wish says which role is meant, and how to say it. */
export function undeclared(place: AnnotatedPlace, asked: string = askFor(place, 'ROLE')): string {
  return `No single role is declared for ${wordsOf(place)} by the ARN of the cluster: say it under bindings of podtrust.config.json (cluster ${place.cluster.cluster.arn}), or ask for it: ${asked}`;
}

/** What to do about an annotation by hand, and which command plans it. `role`: null where it is not certain which. */
export function annotationRepair(place: AnnotatedPlace, role: string | null): Repair {
  return {
    text:
      role === null
        ? `Annotate the ServiceAccount with the role that it is meant to have, and restart its pods: ${askFor(place, 'ROLE')} plans it, with the trust that it needs.`
        : `Where ${role} is meant, annotate the ServiceAccount with it, and restart its pods: ${annotateCommand(place, role)} (values of most charts: serviceAccount: { annotations: { ${ROLE_ANNOTATION}: ${JSON.stringify(role)} } }). Or ${askFor(place, role)} plans it, with the trust that it needs.`,
  };
}

/** The command that plans an annotation with a role, or without one its end. */
export function askFor({ cluster, namespace, serviceAccount }: AnnotatedPlace, role: string | null): string {
  const wanted = role === null ? '--remove' : `--role ${shellWord(role)}`;
  return `podtrust annotate --cluster ${shellWord(cluster.cluster.name)} --namespace ${shellWord(namespace)} --service-account ${shellWord(serviceAccount)} ${wanted}`;
}

import type { AssociationView, ClusterView } from '../estate/estate.ts';
import { slipWords } from '../identity/account-side.ts';
import { associationsIn } from '../identity/annotated.ts';
import { audienceAnnotation, roleAnnotation } from '../identity/role-annotation.ts';
import { STS_AUDIENCE } from '../identity/service-account.ts';

/** The audience of the tokens that EKS Pod Identity takes (amazon-eks-pod-identity-webhook, README). */
const POD_IDENTITY_AUDIENCE = 'pods.eks.amazonaws.com';

type Annotations = Readonly<Record<string, string>>;

/** What the ServiceAccount's pods should get, and through what. */
export interface Expectation {
  readonly mechanism: 'irsa' | 'pod-identity' | 'none';
  readonly role: string | null;
  readonly by: 'option' | 'association' | 'annotation' | null;
  readonly audience: string;
  /** Why it may be otherwise, or why no role is expected; null where all is clear. */
  readonly note: string | null;
}

interface Asked {
  readonly cluster: ClusterView;
  readonly namespace: string;
  readonly serviceAccount: string;
  /** ARN that `--role` names. */
  readonly role?: string;
  readonly audience?: string;
}

/**
 * Tells what to expect: an association comes before an annotation, and what the caller names before both. Whoever asks for
 * another audience than that of Pod Identity asks what IRSA would do beside the association.
 */
export function expectation(asked: Asked, annotations: Annotations | null): Expectation {
  const association = associationsIn(asked.cluster).get(`${asked.namespace}/${asked.serviceAccount}`);
  if (association !== undefined && (asked.audience ?? POD_IDENTITY_AUDIENCE) === POD_IDENTITY_AUDIENCE)
    return byAssociation(association, asked);
  const annotation = roleAnnotation(annotations ?? {}, asked.cluster.account.partition);
  const audience = asked.audience ?? (annotations === null ? STS_AUDIENCE : audienceAnnotation(annotations));
  const note = association === undefined ? unreadNote(asked.cluster) : BESIDE;
  if (asked.role !== undefined) return { mechanism: 'irsa', role: asked.role, by: 'option', audience, note };
  switch (annotation.kind) {
    case 'role':
      return { mechanism: 'irsa', role: annotation.arn, by: 'annotation', audience, note };
    case 'none':
      return { mechanism: 'none', role: null, by: null, audience, note: note ?? NO_ROLE };
    case 'invalid':
    case 'misspelt':
      return { mechanism: 'none', role: null, by: null, audience, note: slipWords(annotation) };
  }
}

/** That an association may be there, where the list was not read. */
function unreadNote(cluster: ClusterView): string | null {
  const unread = cluster.missing('podIdentityAssociations');
  return unread === null
    ? null
    : `Not known: ${unread.read} is missing (${unread.reason}); an association would come before the annotation.`;
}

const BESIDE =
  'An association comes before the annotation: new pods use it. This is what IRSA would do beside it, as --audience asks.';

const NO_ROLE = 'The ServiceAccount has neither an association nor an annotation that names a role.';

function byAssociation(association: AssociationView['association'], { role, audience }: Asked): Expectation {
  return {
    mechanism: 'pod-identity',
    role: role ?? association.targetRoleArn ?? association.roleArn ?? null,
    by: role === undefined ? 'association' : 'option',
    audience: audience ?? POD_IDENTITY_AUDIENCE,
    note: null,
  };
}

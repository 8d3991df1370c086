import type { ServiceAccount } from '../estate/kubernetes-schema.ts';
import { identityAnnotations } from '../kubernetes/identity-annotations.ts';
import {
  booleanOf,
  itemsOf,
  type Located,
  type Member,
  memberOf,
  membersOf,
  type Text,
  textOf,
} from './located.ts';
import { authenticatorsOwn, withPlaceholders } from './placeholders.ts';
import {
  bareCluster,
  NOTHING,
  NOWHERE,
  type Shown,
  type ShownAwsAuth,
  type ShownCluster,
  together,
} from './shown.ts';
import type { Values } from './unresolved.ts';

/** Kubernetes takes no longer names, and the snapshot holds none. */
const LONGEST_NAME = 253;

/** What a Kubernetes manifest shows: ServiceAccounts and aws-auth, lists of them included. */
export function readKubernetes(document: Located, values: Values): Shown {
  const kind = textOf(memberOf(document, 'kind')) ?? '';
  if (kind === 'List' || /^(ServiceAccount|ConfigMap)List$/.test(kind))
    return together(itemsOf(memberOf(document, 'items')).map((item) => readKubernetes(item, values)));
  if (kind === 'ServiceAccount') return serviceAccountShown(document, values);
  return kind === 'ConfigMap' ? configMapShown(document, values) : NOTHING;
}

/**
 * The cluster that a manifest is for. It does not say which; an annotation in it is taken to be meant, and so its
 * ServiceAccount to have no association, which would win.
 */
export function unnamedCluster(at: number, parts: Partial<ShownCluster>): Shown {
  const cluster = { ...bareCluster(at, null, NOWHERE), facts: { podIdentityAssociations: [] }, ...parts };
  return { ...NOTHING, clusters: [cluster] };
}

function serviceAccountShown(document: Located, values: Values): Shown {
  const metadata = memberOf(document, 'metadata');
  const text = (key: string) => {
    const node = memberOf(metadata, key);
    return node === undefined ? undefined : textOf(withPlaceholders(node, values));
  };
  const written = textOf(memberOf(metadata, 'name'));
  if (written === undefined || written.length > LONGEST_NAME) return NOTHING;
  const shown = shownServiceAccount({
    at: document.at,
    name: text('name') ?? written,
    namespace: text('namespace') ?? values.value(`namespace of ${written}`, document.at),
    annotations: filledAnnotations(memberOf(metadata, 'annotations'), values),
    automount: booleanOf(memberOf(document, 'automountServiceAccountToken')),
  });
  const annotations = membersOf(memberOf(metadata, 'annotations'));
  return {
    ...unnamedCluster(document.at, { serviceAccounts: [shown] }),
    left: noTexts(annotations.filter(({ key }) => /amazonaws\.com\//.test(key))),
  };
}

/** Values that Kubernetes refuses the whole object for: annotations, and data of ConfigMaps, are texts. */
function noTexts(members: readonly Member[]): Shown['left'] {
  return members
    .filter(({ value }) => value.kind !== 'text' && !(value.kind === 'scalar' && value.value === null))
    .map(({ key, value }) => ({
      at: value.at,
      text: `${key} is no text: Kubernetes refuses it, and the whole object with it. Write it between quotes, or as a block (|).`,
    }));
}

/** Annotations that are about identity, placeholders and all; others are nobody's concern here. */
function filledAnnotations(annotations: Located | undefined, values: Values): Located | undefined {
  if (annotations?.kind !== 'map') return annotations;
  const members = annotations.members.map((member) =>
    /amazonaws\.com\//.test(member.key)
      ? { ...member, value: withPlaceholders(member.value, values) }
      : member,
  );
  return { ...annotations, members };
}

interface Written {
  readonly at: number;
  readonly name: string;
  readonly namespace: string;
  readonly annotations: Located | undefined;
  readonly automount?: boolean | undefined;
}

/** A ServiceAccount, with the place of each annotation. */
export function shownServiceAccount({ at, name, namespace, annotations, automount }: Written) {
  const members = membersOf(annotations);
  const texts = members.flatMap(({ key, value }) =>
    value.kind === 'text' ? [[key, value.value] as const] : [],
  );
  const concerning = identityAnnotations(Object.fromEntries(texts));
  const value: ServiceAccount = {
    namespace: namespace.slice(0, 63),
    name,
    ...(concerning !== undefined && { annotations: concerning }),
    ...(automount !== undefined && { automount }),
  };
  return { at, value, annotationsAt: new Map(members.map(({ key, value: one }) => [key, one.at])) };
}

function configMapShown(document: Located, values: Values): Shown {
  const metadata = memberOf(document, 'metadata');
  if (textOf(memberOf(metadata, 'name')) !== 'aws-auth') return NOTHING;
  const namespace = textOf(memberOf(metadata, 'namespace'));
  if (namespace !== undefined && namespace !== 'kube-system') return NOTHING;
  const written = memberOf(document, 'data');
  const data = written === undefined ? undefined : withPlaceholders(written, values, authenticatorsOwn);
  return {
    ...unnamedCluster(document.at, { awsAuth: awsAuthOf(data, document.at) }),
    left: noTexts(membersOf(data)),
  };
}

/** The data of an aws-auth ConfigMap. */
export function awsAuthOf(data: Located | undefined, at: number): ShownAwsAuth {
  const sections = new Map<string, Text>(
    membersOf(data).flatMap(({ key, value }) => (value.kind === 'text' ? [[key, value]] : [])),
  );
  const texts = Object.fromEntries([...sections].map(([key, { value }]) => [key, value]));
  return { at, whole: true, data: texts, sections };
}

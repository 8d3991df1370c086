import type { V1ManagedFieldsEntry, V1ServiceAccount } from '@kubernetes/client-node';
import type { ServiceAccount } from '../../estate/kubernetes-schema.ts';
import { identityAnnotations } from '../../kubernetes/identity-annotations.ts';
import { managersOf } from '../../kubernetes/managers.ts';
import type { Plain } from '../plain-list.ts';
import { isoTime } from './iso-time.ts';

/** What is kept of a ServiceAccount; its secrets are neither read nor named. */
export function serviceAccountOf({
  metadata,
  automountServiceAccountToken: automount,
}: Plain<V1ServiceAccount>): ServiceAccount | null {
  const { namespace, name } = metadata ?? {};
  if (namespace === undefined || name === undefined) return null;
  const annotations = identityAnnotations(metadata?.annotations);
  const annotated = annotations === undefined ? undefined : lastAnnotated(metadata?.managedFields ?? []);
  const created = isoTime(metadata?.creationTimestamp);
  const managers = managersOf(metadata ?? {});
  return {
    namespace,
    name,
    ...(annotations === undefined ? {} : { annotations }),
    ...(automount === undefined ? {} : { automount }),
    ...(created === undefined ? {} : { created }),
    ...(annotated === undefined ? {} : { annotated }),
    ...(managers === undefined ? {} : { managers }),
  };
}

/**
 * Last time a manager that owns annotations about identity wrote. It may have written something else then, so that the
 * annotation is no younger than this (Kubernetes, server-side apply: field management).
 */
function lastAnnotated(entries: readonly Plain<V1ManagedFieldsEntry>[]): string | undefined {
  const times = entries
    .filter(({ fieldsV1 }) => ownsAnnotation(fieldsV1))
    .flatMap(({ time }) => isoTime(time) ?? []);
  return times.sort().at(-1);
}

function ownsAnnotation(fields: unknown): boolean {
  const annotations = member(member(fields, 'f:metadata'), 'f:annotations');
  if (typeof annotations !== 'object' || annotations === null) return false;
  return Object.keys(annotations).some((key) => key.startsWith('f:eks.amazonaws.com/'));
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;
}

import type { ChangeKind } from '../../changes/change.ts';
import { awsAuth } from '../../kube/changes/aws-auth.ts';
import { serviceAccountAnnotation } from '../../kube/changes/service-account-annotation.ts';
import { accessEntry } from './access-entry.ts';
import { accessPolicy } from './access-policy.ts';
import type { Adapter } from './adapter.ts';
import { addon } from './addon.ts';
import { association } from './association.ts';
import { authenticationMode } from './authentication-mode.ts';
import { oidcProvider } from './oidc-provider.ts';
import { trustPolicy } from './trust-policy.ts';

/** How every kind of change is read and written. */
export const ADAPTERS: { readonly [K in ChangeKind]: Adapter<K> } = {
  'oidc-provider': oidcProvider,
  'trust-policy': trustPolicy,
  'pod-identity-association': association,
  addon,
  'access-entry': accessEntry,
  'access-policy': accessPolicy,
  'aws-auth': awsAuth,
  'authentication-mode': authenticationMode,
  'service-account-annotation': serviceAccountAnnotation,
};

import type { ContextValue, Request } from '../../iam/request.ts';
import { podIdentityRequests, webIdentityRequest } from '../../iam/requests.ts';
import { POD_IDENTITY_SERVICE } from '../../identity/service-account.ts';

type WebIdentity = Parameters<typeof webIdentityRequest>[0];
type PodIdentity = Parameters<typeof podIdentityRequests>[0];

const SERVICE = { kind: 'service', service: POD_IDENTITY_SERVICE } as const;

/**
 * The same request as `webIdentityRequest`, which is made only when a policy asks for more than subject and audience: an
 * estate has a hundred thousand of them.
 */
export function lazyWebIdentityRequest(i: WebIdentity): Request {
  const sub = `${i.issuerKey.toLowerCase()}:sub`;
  const aud = `${i.issuerKey.toLowerCase()}:aud`;
  let full: Request | undefined;
  const context = (key: string): ContextValue => {
    if (key === sub) return [i.subject];
    if (key === aud) return [i.audience];
    full ??= webIdentityRequest(i);
    return full.context(key);
  };
  const caller = { kind: 'federated', provider: i.provider } as const;
  const resource = i.roleArn === undefined ? {} : { resource: i.roleArn };
  return { caller, action: 'sts:AssumeRoleWithWebIdentity', ...resource, context };
}

/** The same requests as `podIdentityRequests`, made in full only when a policy asks for an unusual key. */
export function lazyPodIdentityRequests(i: PodIdentity): Request[] {
  let full: Request | undefined;
  const context = (key: string): ContextValue => {
    switch (key) {
      case 'aws:sourceaccount':
        return [i.account];
      case 'aws:sourcearn':
        return [i.clusterArn];
      case 'aws:requesttag/kubernetes-namespace':
        return i.tags ? [i.namespace] : 'absent';
      case 'aws:requesttag/kubernetes-service-account':
        return i.tags ? [i.serviceAccount] : 'absent';
      default:
        full ??= podIdentityRequests(i).assume;
        return full.context(key);
    }
  };
  const request = (action: string): Request =>
    i.roleArn === undefined
      ? { caller: SERVICE, action, context }
      : { caller: SERVICE, action, resource: i.roleArn, context };
  return i.tags ? [request('sts:AssumeRole'), request('sts:TagSession')] : [request('sts:AssumeRole')];
}

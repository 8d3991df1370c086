import { identityAnnotations } from '../../kubernetes/identity-annotations.ts';
import type { AccountAnswer, TokenAnswer } from '../../probe/ports.ts';
import type { Connection } from '../connect.ts';
import { failureOf } from '../failure.ts';

interface Name {
  readonly namespace: string;
  readonly name: string;
}

/** Reads one ServiceAccount's annotations about identity. Never rejects. */
export async function readServiceAccount({ core }: Connection, name: Name): Promise<AccountAnswer> {
  try {
    const { metadata } = await core.readNamespacedServiceAccount(name);
    return { kind: 'found', annotations: identityAnnotations(metadata?.annotations) ?? {} };
  } catch (error) {
    const { kind, reason } = failureOf(error);
    return kind === 'not-found' ? { kind: 'missing' } : { kind: 'failed', why: reason };
  }
}

/** Seconds, the fewest that the API server takes (Kubernetes API, TokenRequestSpec). */
const SHORTEST = 600;

/** Asks for a token of a ServiceAccount, as the kubelet does for pods. Never rejects. */
export async function requestToken({ core }: Connection, name: Name, audience: string): Promise<TokenAnswer> {
  try {
    const body = { spec: { audiences: [audience], expirationSeconds: SHORTEST } };
    const { status } = await core.createNamespacedServiceAccountToken({ ...name, body });
    const token = status?.token;
    return token ? { kind: 'token', token } : { kind: 'failed', why: 'its answer holds no token' };
  } catch (error) {
    const { kind, reason } = failureOf(error);
    if (kind === 'forbidden' || kind === 'unauthorized') return { kind: 'denied', why: reason };
    return { kind: kind === 'not-found' ? 'missing' : 'failed', why: reason };
  }
}

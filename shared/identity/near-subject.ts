import { distance } from 'fastest-levenshtein';
import { parseSubject, type ServiceAccount } from './service-account.ts';

/** How a trusted subject misses the one in question. */
export interface SubjectNearMiss {
  /** 0 is nearest. */
  readonly distance: number;
  /** One clause, to follow "it trusts X: ". */
  readonly words: string;
}

/** Typing mistakes that still count as near. */
const MOST_TYPOS = 3;

/** Says how `written` resembles the ServiceAccount, or null when it is another one altogether. */
export function subjectNearMiss(written: string, wanted: ServiceAccount): SubjectNearMiss | null {
  const found = parseSubject(written);
  if (found === null) return null;
  const { namespace, serviceAccount } = wanted;
  if (found.namespace === serviceAccount && found.serviceAccount === namespace) {
    return { distance: 0, words: 'namespace and name are swapped' };
  }
  const inNamespace = distance(found.namespace, namespace);
  const inName = distance(found.serviceAccount, serviceAccount);
  if (inNamespace === 0 && inName === 0) return null;
  if (inNamespace === 0 && inName <= MOST_TYPOS && inName < serviceAccount.length) {
    return {
      distance: inName,
      words: `the name is ${found.serviceAccount} where the ServiceAccount is ${serviceAccount}`,
    };
  }
  if (inName === 0) {
    return {
      distance: Math.min(inNamespace, MOST_TYPOS + 1),
      words: `the namespace is ${found.namespace} where the ServiceAccount is in ${namespace}`,
    };
  }
  if (
    inNamespace <= MOST_TYPOS &&
    inName <= MOST_TYPOS &&
    inNamespace + inName < namespace.length + serviceAccount.length
  ) {
    return {
      distance: inNamespace + inName + 1,
      words: `both namespace and name differ a little from ${namespace}:${serviceAccount}`,
    };
  }
  return null;
}

/** Whether a proxy stands between a container and the Pod Identity agent. */
import type { Container } from '../../estate/kubernetes-schema.ts';
import { presence, takesUnknownVariables, textOf } from './variables.ts';

export type Proxied =
  | { readonly kind: 'direct' }
  | { readonly kind: 'proxied'; readonly by: string; readonly host: string }
  /** The exceptions are in variables whose text is not read. */
  | { readonly kind: 'unclear'; readonly by: string; readonly because: string };

/** Proxies of http:// addresses: the agent is one. HTTPS_PROXY is for others (golang.org/x/net/http/httpproxy). */
const PROXIES = ['HTTP_PROXY', 'http_proxy'];
const EXCEPTIONS = ['NO_PROXY', 'no_proxy'];

const CONTAINER_URI = 'AWS_CONTAINER_CREDENTIALS_FULL_URI';

/** Whether a request for the container's credentials would go to a proxy, in SDKs that heed the variables. */
export function proxied(container: Container): Proxied {
  const by = PROXIES.find((name) => presence(container, name) === 'set');
  const host = hostOf(textOf(container, CONTAINER_URI));
  if (by === undefined || host === null) return { kind: 'direct' };
  const written = EXCEPTIONS.filter((name) => presence(container, name) !== 'unset');
  const texts = written.map((name) => textOf(container, name));
  if (texts.some((text) => text !== undefined && excepts(text, host))) return { kind: 'direct' };
  if (texts.includes(undefined))
    return {
      kind: 'unclear',
      by,
      because: `${written[0] ?? 'NO_PROXY'} comes from elsewhere and is not read`,
    };
  if (written.length === 0 && takesUnknownVariables(container))
    return { kind: 'unclear', by, because: 'NO_PROXY may be among variables that come from elsewhere' };
  return { kind: 'proxied', by, host };
}

/** Host of a plain http:// address, without brackets; null for anything else. */
function hostOf(uri: string | undefined): string | null {
  const match = /^http:\/\/(?:\[([0-9A-Fa-f:]+)\]|([^/:[\]]+))(?::\d+)?(?:\/|$)/.exec(uri ?? '');
  const host = match?.[1] ?? match?.[2];
  return host === undefined ? null : host.toLowerCase();
}

/** Whether a list of exceptions has a host: itself, a range of addresses, or everything. */
function excepts(list: string, host: string): boolean {
  return list.split(',').some((item) => {
    const entry = item.trim().toLowerCase();
    if (entry === '*') return true;
    const bare = entry.replace(/^\[([^\]]*)\](?::\d+)?$/, '$1');
    return bare === host || bare === `${host}:80` || inRange(bare, host);
  });
}

/** Whether an IPv4 or IPv6 address lies in a range such as 169.254.0.0/16. */
function inRange(range: string, host: string): boolean {
  const [network = '', bits = ''] = range.split('/');
  if (!/^\d{1,3}$/.test(bits)) return false;
  const [wanted, given] = [addressBits(network), addressBits(host)];
  if (wanted === null || given === null || wanted.length !== given.length) return false;
  const length = Number(bits);
  return length <= wanted.length && wanted.slice(0, length) === given.slice(0, length);
}

/** An address as a text of 32 or 128 ones and noughts, or null when it is none. */
function addressBits(address: string): string | null {
  const octets = address.split('.');
  if (octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255))
    return octets.map((octet) => Number(octet).toString(2).padStart(8, '0')).join('');
  const [head = '', tail, more] = address.split('::');
  if (!/^[0-9a-f:]+$/.test(address) || more !== undefined) return null;
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = 8 - left.length - right.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...left, ...Array<string>(missing).fill('0'), ...right];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/.test(group))) return null;
  return groups.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0')).join('');
}

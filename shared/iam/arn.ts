/** ARNs: `arn:partition:service:region:account:resource`. */

export interface Arn {
  readonly partition: string;
  readonly service: string;
  readonly region: string;
  readonly account: string;
  /** Everything after the fifth colon; it may hold more of them. */
  readonly resource: string;
}

/** Number of colon-separated parts of an ARN; the last takes the rest. */
export const ARN_PARTS = 6;

/** The parts of a text at its first five colons; fewer than six when it has fewer. */
export function splitArn(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  while (parts.length < ARN_PARTS - 1) {
    const colon = text.indexOf(':', start);
    if (colon < 0) break;
    parts.push(text.slice(start, colon));
    start = colon + 1;
  }
  parts.push(text.slice(start));
  return parts;
}

/** Reads an ARN, or null for anything else. */
export function parseArn(text: string): Arn | null {
  const [scheme, partition, service, region, account, resource] = splitArn(text);
  if (scheme !== 'arn' || !partition || !service || region === undefined) return null;
  if (account === undefined || !resource) return null;
  return { partition, service, region, account, resource };
}

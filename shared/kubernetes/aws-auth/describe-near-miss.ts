import { splitArn } from './arn.ts';
import type { Caller } from './caller.ts';
import type { NearMiss } from './near-miss.ts';

/** Why the row that was probably meant does not map the caller, as one sentence with the row's place. */
export function describeNearMiss(near: NearMiss, caller: Caller): string {
  if (near.kind === 'lost-section') {
    return `it stands in ${near.section}, of which nothing takes effect because the section cannot be read`;
  }
  const { row } = near;
  const arn = JSON.stringify(row.arn.slice(0, 200));
  const place = `${row.section} ${row.line}:${row.column}`;
  return `${place} maps ${arn}, ${reason(near.kind, caller)}`;
}

function reason(kind: Exclude<NearMiss['kind'], 'lost-section'>, caller: Caller): string {
  const { canonical, account, partition } = caller;
  switch (kind) {
    case 'path':
      return caller.kind === 'user'
        ? `but users are looked up with their path, as ${canonical}`
        : `but sessions of a role are looked up without its path, as ${canonical}`;
    case 'session':
      return `one session, but sessions are looked up by their role, as ${canonical}`;
    case 'wildcard':
      return 'but there are no wildcards';
    case 'root':
      return 'which is the root user alone, not everyone of the account';
    case 'account':
      return `of another account than ${account}`;
    case 'partition':
      return `of another partition than ${partition}`;
    case 'space':
      return 'with white space around it';
    case 'name':
      return `which is spelt differently from ${nameOf(canonical)}`;
  }
}

function nameOf(canonical: string): string {
  const parts = splitArn(canonical);
  return 'invalid' in parts ? canonical : parts.resource;
}

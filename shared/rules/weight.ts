import type { RoleView } from '../estate/estate.ts';
import type { Severity } from '../findings/finding.ts';
import type { Grade } from '../iam/privileges.ts';

/** How many more than intended get in: anyone at all, a whole cluster, a part that others can join, a known few. */
export type Reach = 'anyone' | 'cluster' | 'joinable' | 'few';

/**
 * What is open, multiplied by what it leads to. Permissions that could not be read count as access to data: never lower
 * than medium.
 */
const SEVERITY: Readonly<Record<Reach, Readonly<Record<Grade, Severity>>>> = {
  anyone: {
    admin: 'critical',
    escalation: 'critical',
    data: 'critical',
    limited: 'high',
    none: 'low',
    unknown: 'critical',
  },
  cluster: {
    admin: 'critical',
    escalation: 'critical',
    data: 'high',
    limited: 'medium',
    none: 'low',
    unknown: 'high',
  },
  joinable: {
    admin: 'critical',
    escalation: 'high',
    data: 'high',
    limited: 'medium',
    none: 'low',
    unknown: 'high',
  },
  few: {
    admin: 'critical',
    escalation: 'high',
    data: 'medium',
    limited: 'low',
    none: 'low',
    unknown: 'medium',
  },
};

/** Severity of an open rule for a role of this grade. */
export function weighted(reach: Reach, grade: Grade): Severity {
  return SEVERITY[reach][grade];
}

/** What a role can do, as evidence: its grade, why, and the documents that were not read. */
export interface PrivilegeFacts {
  readonly privileges: Grade;
  readonly privilegesNotRead?: readonly string[];
}

/** The evidence on a role's permissions that severities are made from. */
export function privilegeFacts(role: RoleView): PrivilegeFacts {
  const { grade, missing } = role.privileges();
  return missing.length === 0 ? { privileges: grade } : { privileges: grade, privilegesNotRead: missing };
}

/** What a role's grade means, to end a sentence with. */
export function leadsTo(grade: Grade): string {
  switch (grade) {
    case 'admin':
      return 'the role is administrator of its account';
    case 'escalation':
      return 'the role can make itself administrator';
    case 'data':
      return 'the role reaches data';
    case 'limited':
      return 'the role has limited permissions';
    case 'none':
      return 'the role has no permissions now';
    case 'unknown':
      return "the role's permissions were not all read, and count as access to data";
  }
}

import type { Evidence, Finding } from './finding.ts';

/**
 * What differs between two sightings of a finding, by name: `status`, `severity`, `evidence.<key>`. Words do not count:
 * they follow from the evidence and change with podtrust's version. Nor does the order of a list, which follows the
 * order of statements.
 */
export function differences(before: Finding, after: Finding): string[] {
  const names = [
    ...(before.status === after.status ? [] : ['status']),
    ...(before.severity === after.severity ? [] : ['severity']),
  ];
  const keys = new Set([...Object.keys(before.evidence), ...Object.keys(after.evidence)]);
  for (const key of [...keys].sort()) {
    if (comparable(before.evidence[key]) !== comparable(after.evidence[key])) names.push(`evidence.${key}`);
  }
  return names;
}

function comparable(value: Evidence[string] | undefined): string {
  return JSON.stringify(Array.isArray(value) ? [...value].sort() : value) ?? 'absent';
}

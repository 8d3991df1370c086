import type { Denials } from '../../estate/snapshot.ts';

/** Where an observation comes from: part of every verdict that rests on one. */
export type Provenance = Pick<Denials, 'source' | 'since' | 'complete'>;

const NAMES: Readonly<Record<Denials['source'], string>> = {
  pipeline: 'the events of the pipeline',
  'cloudtrail-sample': "a sample of CloudTrail's event history",
  trail: "a trail's log files",
};

/** Those of its fields that belong into the evidence of a finding. */
export function provenanceOf({ source, since, complete }: Provenance): Provenance {
  return { source, since, complete };
}

/** `the events of the pipeline since 2026-11-01T00:00:00Z`, and whether all of them were there to be read. */
export function toldBy({ source, since, complete }: Provenance): string {
  return `${NAMES[source]} since ${since}${complete ? '' : ', of which some are missing'}`;
}

/** The call that would show what is missing of an observation. */
export function readOf({ source }: Provenance): string {
  return source === 'trail' ? 'athena:GetQueryResults' : 'cloudtrail:LookupEvents';
}

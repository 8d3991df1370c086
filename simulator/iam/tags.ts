import type { Tag } from '@aws-sdk/client-iam';
import { invalidInput, limitExceeded } from './errors.ts';

export function tagMap(tags: readonly Tag[] | undefined): Map<string, string> {
  const map = new Map<string, string>();
  putTags(map, tags);
  return map;
}

/** Adds or overwrites tags; keys are unique without regard to case. Source: IAM user guide, "Tags for IAM resources". */
export function putTags(map: Map<string, string>, tags: readonly Tag[] | undefined): void {
  const given = tags ?? [];
  const keys = given.map(({ Key }) => (Key ?? '').toLowerCase());
  if (new Set(keys).size < keys.length) {
    throw invalidInput('Duplicate tag keys found. Please note that Tag keys are case insensitive.');
  }
  for (const { Key, Value } of given) {
    const key = Key ?? '';
    const spelled = [...map.keys()].find((known) => known.toLowerCase() === key.toLowerCase());
    if (spelled !== undefined) map.delete(spelled);
    map.set(key, Value ?? '');
  }
  if (map.size > 50) throw limitExceeded('Cannot exceed quota for TagsPerResource: 50');
}

export function dropTags(map: Map<string, string>, keys: readonly string[] | undefined): void {
  const gone = new Set((keys ?? []).map((key) => key.toLowerCase()));
  for (const key of map.keys()) if (gone.has(key.toLowerCase())) map.delete(key);
}

export function tagList(map: ReadonlyMap<string, string>): Tag[] {
  return [...map].map(([Key, Value]) => ({ Key, Value }));
}

interface Tag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

/** Tags of IAM as one object. Absent tags stay absent. */
export function tagsOf(tags: readonly Tag[] | undefined): Record<string, string> | undefined {
  if (tags === undefined) return undefined;
  return Object.fromEntries(
    tags.flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? '']])),
  );
}

/** One object as tags of IAM. */
export function tagList(tags: Readonly<Record<string, string>>): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

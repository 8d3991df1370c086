/** The table of repairs, for whoever makes it: the stack and the tests. */
export const REPAIR_TABLE = { partitionKey: 'pk', sortKey: 'sk' } as const;

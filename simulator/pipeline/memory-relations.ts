import type { Relations } from '../../shared/pipeline/resolve-scope.ts';

/** Relations in this process. */
export function memoryRelations(): Relations {
  const kept = new Map<string, ReadonlySet<string>>();
  return {
    keep: async (account, subjects) => void kept.set(account, new Set(subjects)),
    accountsWith: async (subjects) =>
      [...kept].filter(([, has]) => subjects.some((subject) => has.has(subject))).map(([account]) => account),
  };
}

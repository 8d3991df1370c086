import { describe, expect, it } from 'vitest';
import type { Relations } from '../../shared/pipeline/resolve-scope.ts';

const [ONE, OTHER] = ['111122223333', '444455556666'];

/** What every record of relations must do; `make` gives an empty one. */
export function relationsSuite(make: () => Promise<Relations>): void {
  describe('a record of relations', () => {
    it('finds the accounts that have one of the subjects, each once', async () => {
      const relations = await make();
      await relations.keep(OTHER!, ['issuer x', 'role 111122223333/a']);
      await relations.keep(ONE!, ['issuer x']);
      expect(await relations.accountsWith(['issuer x', 'role 111122223333/a'])).toEqual([ONE, OTHER]);
      expect(await relations.accountsWith(['role 111122223333/a'])).toEqual([OTHER]);
    });

    it('finds none for a subject that nobody has, and for none', async () => {
      const relations = await make();
      await relations.keep(ONE!, ['issuer x']);
      expect(await relations.accountsWith(['issuer X', 'issuer'])).toEqual([]);
      expect(await relations.accountsWith([])).toEqual([]);
    });

    it('takes more subjects than one batch holds', async () => {
      const relations = await make();
      const subjects = Array.from({ length: 60 }, (_, n) => `issuer ${n}`);
      await relations.keep(ONE!, subjects);
      for (const n of [0, 24, 25, 49, 50, 59])
        expect(await relations.accountsWith([`issuer ${n}`])).toEqual([ONE]);
    });
  });
}

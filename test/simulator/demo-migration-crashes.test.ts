import { describe, expect, it } from 'vitest';
import { diesAndResumes } from '../support/migrations/crash-matrix.ts';
import { STORIES } from '../support/migrations/stories.ts';

describe('a migration whose process dies before or after a write', () => {
  it.each(STORIES.map((story) => [story.name, story] as const))(
    '%s: goes on where it was, or back to what was, and writes nothing twice',
    async (_name, story) => {
      expect(await diesAndResumes(story, 'some of each kind')).toBeGreaterThan(1);
    },
  );
});

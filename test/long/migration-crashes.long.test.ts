import { describe, expect, it } from 'vitest';
import { diesAndResumes } from '../support/migrations/crash-matrix.ts';
import { STORIES } from '../support/migrations/stories.ts';
import { isTakenOver } from '../support/migrations/taken-over.ts';

const stories = STORIES.map((story) => [story.name, story] as const);

describe('a migration whose process dies before or after any write', () => {
  it.each(stories)('%s goes on where it was, or back to what was', async (_name, story) => {
    expect(await diesAndResumes(story, 'all')).toBeGreaterThan(1);
  });

  it.each(stories)('%s is taken up by somebody who knows AWS alone', async (_name, story) => {
    expect(await isTakenOver(story)).toBeGreaterThan(0);
  });
});

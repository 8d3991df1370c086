import ora from 'ora';
import type { Progress } from '../shared/aws/progress.ts';
import type { Io } from './io.ts';
import { plain } from './output/plain.ts';

/** What draws progress: fed by the collector, stopped when it ends. */
export interface ProgressView {
  readonly update: (progress: Progress) => void;
  readonly stop: () => void;
}

/** A spinner on stderr on a terminal; nothing in a pipe, in CI, or under --quiet. */
export function showProgress(io: Io, quiet: boolean): ProgressView {
  if (quiet || !io.progress) return { update: () => undefined, stop: () => undefined };
  const spinner = ora({ text: 'reading AWS', stream: process.stderr }).start();
  return {
    update: (progress) => {
      spinner.text = plain(
        `reading AWS: ${progress.calls} calls, ${progress.gaps} gaps, ${progress.doing}`,
        100,
      );
    },
    stop: () => spinner.stop(),
  };
}

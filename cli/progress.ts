import ora from 'ora';
import type { Progress } from '../shared/aws/progress.ts';
import type { Io } from './io.ts';
import { plain } from './output/plain.ts';

/** What draws progress: fed by the collector, stopped when it ends. */
export interface ProgressView {
  readonly update: (progress: Progress) => void;
  /** Once everything is read: how many accounts are judged. */
  readonly judged: (done: number, total: number) => void;
  readonly stop: () => void;
}

/** A spinner on stderr on a terminal; nothing in a pipe, in CI, or under --quiet. */
export function showProgress(io: Io, quiet: boolean): ProgressView {
  if (quiet || !io.progress)
    return { update: () => undefined, judged: () => undefined, stop: () => undefined };
  const spinner = ora({ text: 'reading AWS', stream: process.stderr }).start();
  return {
    update: (progress) => {
      spinner.text = plain(progressText(progress), 120);
    },
    judged: (done, total) => {
      spinner.text = `judging: ${done} of ${total} accounts`;
    },
    stop: () => spinner.stop(),
  };
}

/** One line: how many accounts are done and at work, where there are several, and what was just read. */
export function progressText({ calls, gaps, doing, accounts }: Progress): string {
  const several =
    accounts === undefined || accounts.total < 2
      ? ''
      : `${accounts.done} of ${accounts.total} accounts, ${accounts.atWork} at work, `;
  return `reading AWS: ${several}${calls} calls, ${gaps} gaps, ${doing}`;
}

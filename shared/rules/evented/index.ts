import { noUnjudgedChange } from './no-unjudged-change.ts';
import { noWidenedTrust } from './no-widened-trust.ts';
import type { PipelineRule } from './pipeline-rule.ts';

/** The rules that only the pipeline judges, by number. */
export const pipelineRules: readonly PipelineRule[] = [noWidenedTrust, noUnjudgedChange];

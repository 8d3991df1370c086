/** Why a file cannot be read: what is wrong and what to do, with the place where that is known. */
export interface SourceProblem {
  readonly offset: number;
  readonly message: string;
}

/** Largest file that is read, in UTF-16 units: CloudFormation takes 1 MB, plans of big organizations have some more. */
export const LARGEST_FILE = 32_000_000;
/** Largest YAML file: its reader is slower, and nothing that is meant here comes near. */
export const LARGEST_YAML = 4_000_000;
/** Most values of one file, aliases written out. */
export const MOST_VALUES = 2_000_000;
/** Deepest nesting. */
export const DEEPEST = 100;

/** A file that would take too long. */
export function tooMuch(offset: number, what: string): SourceProblem {
  return { offset, message: `${what}: split the file, or leave out what is not about identity.` };
}

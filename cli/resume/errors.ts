/** A folder for readings that cannot be used. */
export class ResumeFolderError extends Error {
  override readonly name = 'ResumeFolderError';
  constructor(path: string, why: string, cause?: unknown) {
    super(`The folder "${path}" cannot keep what was read: ${why}.`, { cause });
  }
}

/** What IAM makes of a principal that was deleted (IAM user guide, Principal element: unique id). */
const DELETED = /^A(?:ROA|IDA)[A-Z0-9]{8,}$/;

/** True for the unique id that stands where a deleted role or user stood. */
export const isDeletedPrincipal = (value: string): boolean => DELETED.test(value);

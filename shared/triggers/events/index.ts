import type { EventReader } from './reader.ts';
import { updateAssumeRolePolicy } from './update-assume-role-policy.ts';

/** Every event that podtrust reacts to. The bus rule's pattern is made from this list. */
export const eventReaders: readonly EventReader[] = [updateAssumeRolePolicy];

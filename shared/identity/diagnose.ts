import type { Estate, RoleView } from '../estate/estate.ts';
import type { Diagnosis } from './fault.ts';

/**
 * Finds the one most specific root cause of each web-identity and Pod Identity statement that cannot do what it is
 * meant to do. Statements for other identity providers (GitHub, Cognito, SAML, …) are none of its business.
 */
export declare function diagnoseTrust(role: RoleView, estate: Estate): Diagnosis;

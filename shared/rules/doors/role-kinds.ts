import type { Estate, RoleView } from '../../estate/estate.ts';
import { podDoor } from './pod-door.ts';
import { webDoors } from './web-door.ts';

/** Roles that AWS services made for themselves; nobody can edit their trust (IAM user guide, service-linked roles). */
export function isServiceLinked({ role }: RoleView): boolean {
  return role.arn.includes(':role/aws-service-role/');
}

/** True for a role that pods are meant to get: its trust names an issuer of EKS, or Pod Identity. */
export function isPodRole(role: RoleView, estate: Estate): boolean {
  return podDoor(role) !== null || webDoors(role, estate).length > 0;
}

/** True for the target role of some association: its pods end up as it, whatever its own trust policy looks like. */
export function isTargetRole({ role: { arn } }: RoleView, estate: Estate): boolean {
  return (estate.associationsByRole.get(arn) ?? []).some(
    ({ association }) => association.targetRoleArn === arn,
  );
}

import type { ChangeOf } from '../../changes/change.ts';
import type { Config } from '../../config/config.ts';
import type { ClusterView } from '../../estate/estate.ts';
import { agentsOf } from '../../identity/pods/agents.ts';
import { declarationOf } from '../declared.ts';
import { type Draft, declined } from '../draft.ts';

const ADDON = 'eks-pod-identity-agent';

/** Installs the Pod Identity agent. Every association of the cluster works with it: those nobody declared are woken. */
export function draftAgent(view: ClusterView, config: Config): Draft {
  const { account, region, cluster } = view;
  const agents = agentsOf(view);
  if (agents.kind === 'down' || agents.kind === 'partly')
    return declined(
      `${agents.words} The agent is installed and does not run: its pods say why; a second one does not help.`,
    );
  if (cluster.addons === undefined)
    return declined('eks:ListAddons: which add-ons the cluster has was not read.');
  const target = { account: account.id, region, cluster: cluster.name, addon: ADDON };
  const change = (before: ChangeOf<'addon'>['before'], after: ChangeOf<'addon'>['after']) =>
    ({ kind: 'addon', target, before, after }) as const;
  const installed = cluster.addons.find(({ name }) => name === ADDON);
  const roleArn = installed?.serviceAccountRoleArn;
  const state = roleArn === undefined ? {} : { serviceAccountRoleArn: roleArn };
  return {
    kind: 'draft',
    title: `Install the add-on ${ADDON} in cluster ${cluster.name}${installed === undefined ? '' : ' anew'}.`,
    wish: `the associations of cluster ${cluster.name}, which whoever may create associations there made`,
    changes: [...(installed === undefined ? [] : [change(state, null)]), change(null, state)],
    notes: ['Pods get credentials when they are created: restart those of the associations.'],
    isMeant: (way) => way.identities?.every((one) => declarationOf(one, config).kind === 'declared') === true,
  };
}

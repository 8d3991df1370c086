import {
  AssociateAccessPolicyCommand,
  CreateAccessEntryCommand,
  CreateAddonCommand,
  CreatePodIdentityAssociationCommand,
} from '@aws-sdk/client-eks';
import { CreateRoleCommand, DeleteRoleCommand } from '@aws-sdk/client-iam';
import { beforeEach, describe, expect, it } from 'vitest';
import { asCaller } from '../../../../shared/aws/changes/enter.ts';
import type { World } from '../../../../shared/changes/applying.ts';
import type { Change } from '../../../../shared/changes/change.ts';
import { letsIn } from '../../../../simulator/eks/access-entries.ts';
import type { CloudTrailRecord } from '../../../../simulator/records/record.ts';
import {
  ACCOUNT,
  CLUSTER,
  createStage,
  inCluster,
  PRINCIPAL,
  roleArn,
  type Stage,
} from '../../../support/change-kinds.ts';
import { Desk, simulatedWorld } from '../../../support/changes.ts';
import { pictureOf } from '../../../support/picture.ts';

let stage: Stage;
let world: World;
let desk: Desk;
let records: CloudTrailRecord[];

beforeEach(async () => {
  stage = await createStage();
  world = simulatedWorld(stage.simulation, ACCOUNT);
  desk = new Desk(world, stage.simulation);
  records = [];
  stage.simulation.onRecord((record) => records.push(record));
});

const cluster = () => {
  const found = stage.simulation.world.accounts
    .get(ACCOUNT)
    ?.regions.get(inCluster.region)
    ?.clusters.get(CLUSTER);
  if (found === undefined) throw new Error('no cluster');
  return found;
};
const picture = () => pictureOf(stage.simulation);

describe('a trust policy', () => {
  const trustOf = (name: string) => stage.simulation.world.accounts.get(ACCOUNT)?.iam.live.roles.get(name);
  const edit = (): Change => {
    const before = trustOf('pod')?.trust ?? '';
    const after = before.replace('"sts:TagSession", ', '');
    return { kind: 'trust-policy', target: { account: ACCOUNT, arn: roleArn('pod') }, before, after };
  };

  it('is recognized when IAM gives it back in other words, and undone all the same', async () => {
    const change = edit();
    stage.simulation.onRecord(({ eventName }) => {
      const role = trustOf('pod');
      if (eventName === 'UpdateAssumeRolePolicy' && role) role.trust = JSON.stringify(JSON.parse(role.trust));
    });
    expect(await desk.apply([change])).toEqual({ outcome: 'applied', written: 1, already: 0 });
    expect(trustOf('pod')?.trust).not.toBe(change.after);
    expect(await desk.apply([change])).toEqual({ outcome: 'applied', written: 0, already: 1 });
    expect(await desk.undo([change])).toEqual({ outcome: 'applied', written: 1, already: 0 });
  });

  it('is written byte for byte as the plan has it', async () => {
    const change = edit();
    await desk.apply([change]);
    expect(trustOf('pod')?.trust).toBe(change.after);
    await desk.undo([change]);
    expect(trustOf('pod')?.trust).toBe(change.before);
  });

  it('of a service-linked role is never written', async () => {
    const arn = `arn:aws:iam::${ACCOUNT}:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS`;
    const change: Change = {
      kind: 'trust-policy',
      target: { account: ACCOUNT, arn },
      before: 'a',
      after: 'b',
    };
    await expect(world.write(change)).rejects.toMatchObject({ cause: { name: 'ProtectedTargetError' } });
    expect(records).toEqual([]);
  });

  it('of a role of the same name under another path is another', async () => {
    await stage.iam.send(
      new CreateRoleCommand({
        RoleName: 'twin',
        Path: '/here/',
        AssumeRolePolicyDocument: trustOf('pod')?.trust,
      }),
    );
    const arn = `arn:aws:iam::${ACCOUNT}:role/there/twin`;
    expect(
      await world.read({ kind: 'trust-policy', target: { account: ACCOUNT, arn }, before: 'a', after: 'b' }),
    ).toBeNull();
  });

  it('neither comes nor goes', async () => {
    const gone = { ...edit(), after: null } as Change;
    await expect(world.write(gone)).rejects.toMatchObject({ cause: { name: 'ImpossibleChangeError' } });
    expect(await desk.apply([gone])).toMatchObject({ outcome: 'rolled-back' });
    expect(records).toEqual([]);
  });
});

describe('an OIDC provider', () => {
  const arn = `arn:aws:iam::${ACCOUNT}:oidc-provider/example.com`;
  const provider = (
    before: string[] | null,
    after: string[] | null,
    url = 'https://example.com',
  ): Change => ({
    kind: 'oidc-provider',
    target: { account: ACCOUNT, arn },
    before: before && { url, clientIds: before },
    after: after && { url, clientIds: after },
  });

  it('is not made under an ARN that is not its issuer’s', async () => {
    await expect(world.write(provider(null, [], 'https://evil.example'))).rejects.toThrow('another ARN');
  });

  it('changes by one audience, since a change is one call', async () => {
    await expect(world.write(provider(['a'], ['b']))).rejects.toThrow('one audience');
    await expect(world.write(provider(['a'], ['a']))).rejects.toThrow('one audience');
    expect(records).toEqual([]);
  });

  it('keeps tags and thumbprints through deletion and back', async () => {
    const state = {
      url: 'https://example.com',
      clientIds: ['b', 'a'],
      thumbprints: ['f'.repeat(40)],
      tags: { team: 'web' },
    };
    const made = { ...provider(null, []), after: state } as Change;
    expect(await desk.apply([made])).toMatchObject({ written: 1 });
    const before = await picture();
    const gone = { ...provider([], null), before: state } as Change;
    expect(await desk.apply([gone], 'gone')).toMatchObject({ written: 1 });
    expect(await desk.undo([gone])).toMatchObject({ written: 1 });
    expect(await picture()).toBe(before);
  });
});

describe('an access entry', () => {
  const VIEW = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy';
  const state = { type: 'STANDARD', groups: ['viewers'], tags: { team: 'web' } };
  const target = { ...inCluster, principal: PRINCIPAL };
  const removal: Change = { kind: 'access-entry', target, before: state, after: null };
  const policy = (before: object | null, after: object | null) =>
    ({ kind: 'access-policy', target: { ...target, policy: VIEW }, before, after }) as Change;
  const scope = { type: 'namespace', namespaces: ['b', 'a'] };

  beforeEach(async () => {
    const name = { clusterName: CLUSTER, principalArn: PRINCIPAL };
    await stage.eks.send(
      new CreateAccessEntryCommand({ ...name, kubernetesGroups: ['viewers'], tags: { team: 'web' } }),
    );
    await stage.eks.send(
      new AssociateAccessPolicyCommand({
        ...name,
        policyArn: VIEW,
        accessScope: { type: 'namespace', namespaces: ['a', 'b'] },
      }),
    );
  });

  it('is not deleted while it has policies that the plan does not take away first', async () => {
    const before = await picture();
    await expect(world.write(removal)).rejects.toMatchObject({ cause: { name: 'EntryHasPoliciesError' } });
    expect(await desk.apply([removal])).toMatchObject({ outcome: 'rolled-back' });
    expect(await picture()).toBe(before);
  });

  it('is made anew with its policies, for a role that was made anew', async () => {
    const before = await picture();
    const made: Change = { kind: 'access-entry', target, before: null, after: state };
    const anew = [policy(scope, null), removal, made, policy(null, scope)];
    const arn = cluster().entries.get(PRINCIPAL)?.entry.accessEntryArn;
    expect(await desk.apply(anew)).toEqual({ outcome: 'applied', written: 4, already: 0 });
    expect(cluster().entries.get(PRINCIPAL)?.entry.accessEntryArn).not.toBe(arn);
    expect(await picture()).toBe(before);
  });

  it('lets the role in again that was made anew', async () => {
    const letIn = () => {
      const found = cluster().entries.get(PRINCIPAL);
      return found !== undefined && letsIn(stage.simulation.world, found);
    };
    expect(letIn()).toBe(true);
    const trust = stage.simulation.world.accounts.get(ACCOUNT)?.iam.live.roles.get('person')?.trust;
    await stage.iam.send(new DeleteRoleCommand({ RoleName: 'person' }));
    expect(letIn()).toBe(false);
    await stage.iam.send(
      new CreateRoleCommand({ RoleName: 'person', Path: '/team/web/', AssumeRolePolicyDocument: trust }),
    );
    expect(letIn()).toBe(false);
    const made: Change = { kind: 'access-entry', target, before: null, after: state };
    expect(await desk.apply([policy(scope, null), removal, made, policy(null, scope)])).toMatchObject({
      outcome: 'applied',
    });
    expect(letIn()).toBe(true);
  });

  it('is back with its policies when making it anew fails half-way', async () => {
    const before = await picture();
    stage.simulation.faults.on('eks:CreateAccessEntry', { kind: 'denied', times: 1 });
    const made: Change = { kind: 'access-entry', target, before: null, after: state };
    const anew = [policy(scope, null), removal, made, policy(null, scope)];
    expect(await desk.apply(anew)).toMatchObject({ outcome: 'rolled-back', change: 2 });
    expect(await picture()).toBe(before);
  });

  it('keeps its type', async () => {
    const other: Change = {
      kind: 'access-entry',
      target,
      before: state,
      after: { ...state, type: 'EC2_LINUX' },
    };
    await expect(world.write(other)).rejects.toMatchObject({ cause: { name: 'ImpossibleChangeError' } });
  });
});

describe('an association that an add-on owns', () => {
  const NAMES = ['ebs-csi-controller-sa', 'ebs-csi-node-sa'];
  beforeEach(async () => {
    await stage.eks.send(
      new CreateAddonCommand({
        clusterName: CLUSTER,
        addonName: 'aws-ebs-csi-driver',
        addonVersion: 'v1.40.0-eksbuild.1',
        configurationValues: '{"a":1}',
        serviceAccountRoleArn: roleArn('person'),
        podIdentityAssociations: NAMES.map((serviceAccount) => ({ serviceAccount, roleArn: roleArn('pod') })),
      }),
    );
    stage.simulation.clock.advance(60);
    records.length = 0;
  });
  const addon = () => cluster().addons.get('aws-ebs-csi-driver');
  const owned = (serviceAccount: string, after: string | null): Change => ({
    kind: 'pod-identity-association',
    target: { ...inCluster, namespace: 'kube-system', serviceAccount },
    before: { roleArn: roleArn('pod'), ownerArn: addon()?.addonArn ?? '' },
    after: after === null ? null : { roleArn: roleArn(after), ownerArn: addon()?.addonArn ?? '' },
  });
  const sent = () =>
    records.filter(({ eventName }) => eventName === 'UpdateAddon').map((one) => one.requestParameters);

  it('is changed with the whole list, the version, the configuration and the role that the add-on has', async () => {
    expect(await desk.apply([owned('ebs-csi-node-sa', 'pod2')])).toMatchObject({ written: 1 });
    expect(sent()).toMatchObject([
      {
        addonVersion: 'v1.40.0-eksbuild.1',
        configurationValues: '{"a":1}',
        serviceAccountRoleArn: roleArn('person'),
        podIdentityAssociations: [
          { serviceAccount: 'ebs-csi-controller-sa', roleArn: roleArn('pod') },
          { serviceAccount: 'ebs-csi-node-sa', roleArn: roleArn('pod2') },
        ],
      },
    ]);
  });

  it('goes alone: the empty list is sent when it was the last one, and only then', async () => {
    await desk.apply([owned('ebs-csi-node-sa', null)], 'one');
    expect(addon()?.podIdentityAssociations).toHaveLength(1);
    await desk.apply([owned('ebs-csi-controller-sa', null)], 'two');
    expect(addon()?.podIdentityAssociations).toEqual([]);
    expect(sent().map((one) => JSON.parse(JSON.stringify(one)).podIdentityAssociations.length)).toEqual([
      1, 0,
    ]);
  });

  it('is not touched when the list of what the add-on owns is incomplete', async () => {
    const found = addon();
    if (found === undefined) throw new Error('no add-on');
    found.podIdentityAssociations = [...(found.podIdentityAssociations ?? []), 'arn:aws:eks:unseen'];
    expect(await desk.apply([owned('ebs-csi-node-sa', 'pod2')])).toMatchObject({ outcome: 'stale' });
    expect(sent()).toEqual([]);
  });

  it('is not touched when the add-on’s request could not say what it has', async () => {
    for (const one of cluster().associations.live.values())
      one.targetRoleArn = 'arn:aws:iam::444455556666:role/far';
    await expect(world.write(owned('ebs-csi-node-sa', 'pod2'))).rejects.toThrow();
    expect(sent()).toEqual([]);
  });

  it('is not sought in another cluster’s add-on', async () => {
    const change = owned('ebs-csi-node-sa', 'pod2');
    if (change.kind !== 'pod-identity-association' || change.before === null) throw new Error('no case');
    change.before.ownerArn = `arn:aws:eks:eu-west-1:${ACCOUNT}:addon/other/aws-ebs-csi-driver/1`;
    await expect(world.write(change)).rejects.toMatchObject({ cause: { name: 'ImpossibleChangeError' } });
  });
});

describe('what AWS does on its own', () => {
  const agent: Change = {
    kind: 'addon',
    target: { ...inCluster, addon: 'eks-pod-identity-agent' },
    before: null,
    after: {},
  };

  it('is taken back when an installation fails', async () => {
    const before = await picture();
    stage.simulation.onRecord(({ eventName }) => {
      const made = cluster().addons.get('eks-pod-identity-agent');
      if (eventName !== 'CreateAddon' || made === undefined) return;
      const health = { issues: [{ code: 'ConfigurationConflict' as const, message: 'it is there already' }] };
      cluster().addons.set('eks-pod-identity-agent', { ...made, status: 'CREATE_FAILED', health });
    });
    const outcome = await desk.apply([agent]);
    expect(outcome).toMatchObject({ outcome: 'rolled-back' });
    expect(outcome).toMatchObject({ reason: expect.stringContaining('it is there already') });
    expect(await picture()).toBe(before);
  });

  it('is not seen while it is not through, keeps its lock, and goes on in the next run', async () => {
    const hasty = simulatedWorld(stage.simulation, ACCOUNT, {
      patience: { waits: [], sleep: async () => undefined },
    });
    const first = new Desk(hasty, stage.simulation);
    expect(await first.apply([agent])).toMatchObject({ outcome: 'unseen' });
    expect(first.held.size).toBe(1);
    stage.simulation.clock.advance(60);
    expect(await first.apply([agent])).toEqual({ outcome: 'applied', written: 0, already: 1 });
    expect(first.held.size).toBe(0);
  });

  it('goes one step of the authentication mode at a time, and never back', async () => {
    const mode = (before: string, after: string) =>
      ({ kind: 'authentication-mode', target: inCluster, before, after }) as Change;
    await expect(world.write(mode('API_AND_CONFIG_MAP', 'CONFIG_MAP'))).rejects.toMatchObject({
      cause: { name: 'ImpossibleChangeError' },
    });
    cluster().cluster.accessConfig = { authenticationMode: 'CONFIG_MAP' };
    await expect(world.write(mode('CONFIG_MAP', 'API'))).rejects.toMatchObject({
      cause: { name: 'ImpossibleChangeError' },
    });
    expect(await desk.apply([mode('CONFIG_MAP', 'API_AND_CONFIG_MAP')])).toMatchObject({ written: 1 });
  });
});

describe('who may write where', () => {
  it('is refused for an account that the caller is not in', async () => {
    const caller = simulatedWorld(stage.simulation, ACCOUNT, {
      enter: asCaller(stage.simulation.clients({ account: ACCOUNT }), '444455556666'),
    });
    const change: Change = {
      kind: 'trust-policy',
      target: { account: ACCOUNT, arn: roleArn('pod') },
      before: 'a',
      after: 'b',
    };
    await expect(caller.read(change)).rejects.toMatchObject({ name: 'NoWriteAccessError' });
    expect(await new Desk(caller, stage.simulation).apply([change])).toMatchObject({ outcome: 'refused' });
  });

  it('is refused for Kubernetes where none is given', async () => {
    const change: Change = { kind: 'aws-auth', target: inCluster, before: null, after: { data: {} } };
    await expect(world.read(change)).rejects.toMatchObject({ name: 'NoKubernetesError' });
  });
});

describe('a request', () => {
  const associate: Change = {
    kind: 'pod-identity-association',
    target: { ...inCluster, namespace: 'shop', serviceAccount: 'cart' },
    before: null,
    after: { roleArn: roleArn('pod') },
  };
  const tokens = () =>
    records
      .filter(({ eventName }) => eventName === 'CreatePodIdentityAssociation')
      .map(({ requestParameters }) => JSON.parse(JSON.stringify(requestParameters)).clientRequestToken);

  it('is the same after a crash, another in another run, and another when it is made again', async () => {
    stage.simulation.faults.on('eks:CreatePodIdentityAssociation', { kind: 'denied' });
    const again = simulatedWorld(stage.simulation, ACCOUNT);
    const next = simulatedWorld(stage.simulation, ACCOUNT, { run: 'second' });
    for (const one of [world, again, next, world]) await expect(one.write(associate)).rejects.toThrow();
    const [first, afterCrash, otherRun, secondTime] = tokens();
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(afterCrash).toBe(first);
    expect(new Set([first, otherRun, secondTime]).size).toBe(3);
  });

  it('for what somebody else made meanwhile just so is as good as done', async () => {
    const racing: World = {
      ...world,
      write: async (change) => {
        await stage.eks.send(
          new CreatePodIdentityAssociationCommand({
            clusterName: CLUSTER,
            namespace: 'shop',
            serviceAccount: 'cart',
            roleArn: roleArn('pod'),
          }),
        );
        await world.write(change);
      },
    };
    expect(await new Desk(racing, stage.simulation).apply([associate])).toMatchObject({ outcome: 'applied' });
    expect(cluster().associations.live.size).toBe(1);
  });
});

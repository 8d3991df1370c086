import { expect, it } from 'vitest';
import { fixesSchema } from '../../../../shared/config/fixes.ts';
import { deployedObjects } from '../../../../shared/kube/changes/deployed-objects.ts';
import type { ReachedCluster } from '../../../../shared/kube/reader.ts';

const arn = 'arn:aws:eks:eu-west-1:111122223333:cluster/prod';
const reached = (differs: Partial<ReachedCluster> = {}): ReachedCluster => ({
  account: '111122223333',
  region: 'eu-west-1',
  partition: 'aws',
  name: 'prod',
  arn,
  credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
  ...differs,
});
const open = deployedObjects(fixesSchema.parse({ kubernetes: [{ cluster: arn }] }), () => new Date());

it('opens the clusters that the configuration names by ARN, and no other one of their name', async () => {
  const objects = await open(reached());
  await expect(objects.configMap('kube-system', 'aws-auth')).rejects.toThrow('no endpoint');
  await expect(open(reached({ arn: arn.replace('1111', '9999') }))).rejects.toMatchObject({
    name: 'NoKubernetesError',
    message: expect.stringContaining('Nothing can be written to the Kubernetes API of prod from here'),
  });
});

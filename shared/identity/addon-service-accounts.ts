/** ServiceAccounts of add-ons, as their installation makes them (EKS user guide, IAM roles for add-ons). */
export const ADDON_SERVICE_ACCOUNTS: Readonly<
  Record<string, readonly [namespace: string, serviceAccount: string]>
> = {
  'vpc-cni': ['kube-system', 'aws-node'],
  'aws-ebs-csi-driver': ['kube-system', 'ebs-csi-controller-sa'],
  'aws-efs-csi-driver': ['kube-system', 'efs-csi-controller-sa'],
  'aws-fsx-csi-driver': ['kube-system', 'fsx-csi-controller-sa'],
  'aws-mountpoint-s3-csi-driver': ['kube-system', 's3-csi-driver-sa'],
  'amazon-cloudwatch-observability': ['amazon-cloudwatch', 'cloudwatch-agent'],
};

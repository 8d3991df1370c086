/** The calls that exit with another code than 0, and why: all others find nothing, work, or only tell. */
export const CODES: readonly {
  readonly code: 1 | 2 | 3;
  readonly why: string;
  readonly lines: readonly string[];
}[] = [
  {
    code: 1,
    why: 'the demo organization has findings',
    lines: [
      'audit',
      'audit --causes',
      'audit --organization',
      'audit --accounts 111122223333 --external-id a-new-long-random-text',
      'audit --output json',
      'audit --snapshot podtrust-demo/snapshot.json --severity high',
      'audit --accounts 222233334444,333344445555',
      'audit --snapshot estate.json.gz',
      'audit --profile security --accounts 222233334444,333344445555',
      'audit --snapshot estate.json.gz --output json',
      'audit --rule no-wildcard-subject --fail-on high --require-coverage',
      'audit --snapshot /tmp/look/snapshot.json --severity critical',
      'audit --snapshot -',
      'audit --output ndjson --profile security --regions eu-central-1,us-east-1 --accounts 222233334444 --read-role podtrust-read --external-id text',
      'audit --output ndjson --no-kubernetes --concurrency 4 --whole-organization --quiet',
      'audit --output ndjson --organization --no-kubernetes --ou r-ab12 --exclude-ou ou-ab12-11111111 --exclude-account 111122223333 --resume kept --fresh --accounts-at-once 4',
      'audit --output ndjson --kubeconfig KUBECONFIG --context here',
      'audit --output ndjson --snapshot estate.json',
      'audit --creators --sessions sample --access-denied --sessions-within 1 --causes --causes-within 1 --output json',
    ],
  },
  {
    code: 1,
    why: 'the principal does not get in',
    lines: [
      'explain --cluster C --principal ARN',
      'explain --cluster prod-edge --principal arn:aws:sts::161803398874:assumed-role/edge-operators/noor',
      'explain --cluster prod-shop --principal arn:aws:iam::161803398874:role/delivery/prod-shop-release',
      'explain --cluster prod-data --principal arn:aws:iam::161803398874:role/prod-data-analyst',
      'explain --cluster tools --principal arn:aws:iam::314159265358:role/tools-oncall',
      'explain --cluster staging-data --principal arn:aws:iam::271828182845:role/github-deploy',
      'explain --cluster prod --principal $(aws sts get-caller-identity --query Arn --output text)',
    ],
  },
  {
    code: 1,
    why: 'the trust policy does not admit whom the question is about',
    lines: [
      'explain --trust-policy FILE --issuer URL -n N --service-account S',
      'explain --trust-policy role.json --issuer https://oidc.eks.eu-west-1.amazonaws.com/id/ABC --namespace shop --service-account api',
      'explain --trust-policy trust.json --issuer https://oidc.eks.eu-west-1.amazonaws.com/id/ABCD -n shop --service-account api',
      'explain --trust-policy - --pod-identity --cluster-arn arn:aws:eks:eu-west-1:111122223333:cluster/prod -n shop --service-account api',
      'explain --trust-policy trust.json --issuer URL -n shop --service-account api --audience sts.amazonaws.com --account 111122223333',
    ],
  },
  {
    code: 3,
    why: 'nobody reaches the issuer of tests',
    lines: [
      'probe --cluster C --namespace N --service-account S',
      'probe --cluster prod -n shop --service-account api',
      'probe --cluster prod -n shop --service-account api --pod --image public.ecr.aws/aws-cli/aws-cli:2.31.0',
      'probe --cluster prod -n shop --service-account api --snapshot estate.json.gz --kubeconfig ~/.kube/config',
      'probe --cluster prod -n shop --service-account api --kubeconfig ~/.kube/config --snapshot estate.json.gz',
      'probe --cluster prod -n shop --service-account api --pod --image image --timeout 60',
    ],
  },
  {
    code: 1,
    why: 'the newer policy admits more, or others',
    lines: [
      'compare OLD NEW',
      'compare old.json new.json',
      'compare before.json after.json',
      'compare old.json new.json --output json',
    ],
  },
  {
    code: 1,
    why: 'the files of the stage have findings',
    lines: [
      'lint FILE…',
      'lint -',
      'lint … --format sarif --out podtrust.sarif',
      'lint trust-policy.json',
      'lint infra/ k8s/**/*.yaml',
      'lint cdk.out --format sarif --out podtrust.sarif',
      'lint k8s/',
      'lint k8s/ --snapshot estate.json.gz --cluster prod --require-coverage',
      'lint infra --account 111122223333 --region eu-west-1',
      'lint trust.json --fix',
      'lint trust.json --skip-unknown',
    ],
  },
  {
    code: 1,
    why: 'the event opens something',
    lines: [
      'replay FILE…',
      'replay cloudtrail-logs/ --snapshot estate.json.gz',
      'replay events/scenarios/trust-widened.json',
      'replay event.json --snapshot estate.json.gz',
      'replay cloudtrail-logs/ --output json',
      'replay events/scenarios/trust-widened.json --config podtrust.config.json',
    ],
  },
  {
    code: 1,
    why: 'in the snapshot the identity is broken',
    lines: [
      'explain --snapshot podtrust-demo/snapshot.json --cluster prod-shop -n shop --service-account payments',
      'explain --cluster prod -n shop --service-account api --snapshot estate.json',
    ],
  },
  {
    code: 1,
    why: 'the token is of an issuer that is not that of the cluster',
    lines: [
      'probe --token - --cluster prod --role arn:aws:iam::111122223333:role/shop-api',
      'probe --token - --cluster prod --jwks jwks.json --profile security --regions eu-central-1,us-east-1 --accounts 222233334444 --read-role podtrust-read --external-id text',
      'probe --token - --cluster prod --jwks jwks.json --no-kubernetes --concurrency 4 --whole-organization --quiet',
      'probe --token - --cluster prod --jwks jwks.json --organization --no-kubernetes --ou r-ab12 --exclude-ou ou-ab12-11111111 --exclude-account 111122223333 --resume kept --fresh --accounts-at-once 4',
      'probe --token - --cluster prod --jwks jwks.json --kubeconfig KUBECONFIG --context here',
      'probe --token - --cluster prod --jwks jwks.json --snapshot estate.json',
    ],
  },
  {
    code: 3,
    why: 'without Kubernetes it cannot be said',
    lines: [
      'explain --cluster prod -n shop --service-account api --no-kubernetes --concurrency 4 --whole-organization --quiet',
      'explain --cluster prod -n shop --service-account api --organization --no-kubernetes --ou r-ab12 --exclude-ou ou-ab12-11111111 --exclude-account 111122223333 --resume kept --fresh --accounts-at-once 4',
      'grant-access --cluster prod --principal ARN --policy AmazonEKSViewPolicy --no-kubernetes --concurrency 4 --whole-organization --quiet',
      'grant-access --cluster prod --principal ARN --policy AmazonEKSViewPolicy --organization --no-kubernetes --ou r-ab12 --exclude-ou ou-ab12-11111111 --exclude-account 111122223333 --resume kept --fresh --accounts-at-once 4',
      'annotate --cluster prod --namespace shop --service-account api --role shop-api --no-kubernetes --concurrency 4 --whole-organization --quiet',
      'annotate --cluster prod --namespace shop --service-account api --role shop-api --organization --no-kubernetes --ou r-ab12 --exclude-ou ou-ab12-11111111 --exclude-account 111122223333 --resume kept --fresh --accounts-at-once 4',
      'migrate pod-identity --cluster prod --no-kubernetes --concurrency 4 --whole-organization --quiet',
      'migrate pod-identity --cluster prod --organization --no-kubernetes --ou r-ab12 --exclude-ou ou-ab12-11111111 --exclude-account 111122223333 --resume kept --fresh --accounts-at-once 4',
      'migrate access-entries --cluster prod --no-kubernetes --concurrency 4 --whole-organization --quiet',
      'migrate access-entries --cluster prod --organization --no-kubernetes --ou r-ab12 --exclude-ou ou-ab12-11111111 --exclude-account 111122223333 --resume kept --fresh --accounts-at-once 4',
    ],
  },
  {
    code: 1,
    why: 'what was read does not show the finding, so that nothing is applied',
    lines: [
      'apply DIGEST --digest DIGEST --no-kubernetes --concurrency 4 --whole-organization --quiet',
      'apply DIGEST --digest DIGEST --organization --no-kubernetes --ou r-ab12 --exclude-ou ou-ab12-11111111 --exclude-account 111122223333 --resume kept --fresh --accounts-at-once 4',
    ],
  },
  {
    code: 3,
    why: 'a sample does not hold all sessions, and --require-coverage asks for everything',
    lines: ['collect --creators --sessions sample --access-denied --sessions-within 1 --require-coverage'],
  },
  {
    code: 2,
    why: 'apply goes by live AWS',
    lines: ['apply DIGEST --digest DIGEST --snapshot estate.json'],
  },
];

const BY_LINE: ReadonlyMap<string, number> = new Map(
  CODES.flatMap(({ code, lines }) => lines.map((line) => [line, code] as const)),
);

/** The exit code that a call has on the stage. */
export const expectedCode = (line: string): number => BY_LINE.get(line) ?? 0;

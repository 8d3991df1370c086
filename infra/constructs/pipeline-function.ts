import { join } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { BUNDLING } from './bundling.ts';
import { placeInVpc } from './vpc-placement.ts';

interface PipelineFunctionProps {
  /** Folder under functions/. */
  readonly folder: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes?: number;
  readonly environment: Readonly<Record<string, string>>;
  /** Of the role; given where other accounts name it. */
  readonly roleName?: string;
  /** An existing VPC that the function is in; absent: none. */
  readonly vpc?: { readonly subnetIds: readonly string[]; readonly securityGroupIds: readonly string[] };
  /** Of the function; given where people call it by its name. */
  readonly functionName?: string;
  /** Commands that put further files beside the code, in the folder that they are given. */
  readonly files?: (folder: string) => readonly string[];
  /** Texts that take the place of expressions in the code. */
  readonly define?: Readonly<Record<string, string>>;
}

const ROOT = join(import.meta.dirname, '..', '..');

/** One Lambda with a log group and a role of its own: the role may write that log and nothing else until granted more. */
export class PipelineFunction extends Construct {
  readonly lambda: NodejsFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: PipelineFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      retention: RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      ...(props.roleName !== undefined && { roleName: props.roleName }),
      inlinePolicies: {
        log: new PolicyDocument({
          statements: [
            new PolicyStatement({
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
          ],
        }),
      },
    });
    acknowledge(
      this.role,
      'AwsSolutions-IAM5[Resource::*]',
      'X-Ray has no resources: a trace segment can be sent or not (Tracing.ACTIVE adds just that).',
    );
    this.lambda = new NodejsFunction(this, 'Function', {
      ...(props.functionName !== undefined && { functionName: props.functionName }),
      entry: join(ROOT, 'functions', props.folder, 'handler.ts'),
      projectRoot: ROOT,
      depsLockFilePath: join(ROOT, 'package-lock.json'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMegabytes ?? 256,
      timeout: Duration.seconds(props.timeoutSeconds),
      tracing: Tracing.ACTIVE,
      loggingFormat: LoggingFormat.JSON,
      logGroup,
      role: this.role,
      environment: { ...props.environment },
      bundling: {
        format: OutputFormat.ESM,
        target: BUNDLING.target,
        minify: BUNDLING.minify,
        bundleAwsSDK: true,
        ...(props.define !== undefined && { define: { ...props.define } }),
        mainFields: [...BUNDLING.mainFields],
        banner: BUNDLING.banner.js,
        commandHooks: {
          beforeBundling: () => [],
          beforeInstall: () => [],
          afterBundling: (_from, folder) => [...(props.files?.(folder) ?? [])],
        },
      },
    });
    if (props.vpc !== undefined) placeInVpc(this.lambda, this.role, props.vpc);
  }
}

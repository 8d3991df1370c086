import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Telemetry } from '../pipeline/telemetry.ts';

/** The log of every Lambda: JSON lines with the request's id. */
export const logger = new Logger({ serviceName: 'podtrust' });

/** The metrics of every Lambda, written as log lines in CloudWatch's embedded format. */
export const metrics = new Metrics({ namespace: 'podtrust', serviceName: 'pipeline' });

/** Telemetry by way of the log. */
export const logTelemetry: Telemetry = {
  count: (metric, value = 1) =>
    metrics.addMetric(metric, metric.startsWith('Seconds') ? MetricUnit.Seconds : MetricUnit.Count, value),
  note: (message, details) => logger.warn(message, { ...details }),
};

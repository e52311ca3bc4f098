import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Everything that `/metrics` shows. One for the process, also where several services share it. */
export const registry = new Registry();

let collecting = false;

/** The metrics in Prometheus' text format. */
export async function metricsText(): Promise<string> {
  if (!collecting) {
    collecting = true;
    collectDefaultMetrics({ register: registry });
  }
  return registry.metrics();
}

/** A counter named `latchkey_<thing>_<unit>`. */
export const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
  new Counter({ name, help, labelNames, registers: [registry] });

/** A gauge named `latchkey_<thing>_<unit>`. */
export const gauge = <L extends string>(name: string, help: string, labelNames: L[]) =>
  new Gauge({ name, help, labelNames, registers: [registry] });

/** A histogram of seconds, named `latchkey_<thing>_seconds`. */
export const histogram = <L extends string>(name: string, help: string, labelNames: L[]) =>
  new Histogram({
    name,
    help,
    labelNames,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });

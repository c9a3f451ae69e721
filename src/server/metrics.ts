/**
 * What a server counts, in the text format of Prometheus (version 0.0.4).
 *
 * Every label has a value of ours: codes, methods of a fixed list, names out of the policy. What strangers send cannot
 * make a new series.
 *
 * @module
 */

/** The counters of one server. */
export interface Metrics {
  /** `allowed`, or why not; and how long the decision took, in seconds. */
  readonly countDecision: (code: string, seconds: number) => void;
  readonly countAnswer: (status: number, seconds: number) => void;
  readonly countFetch: (provider: string, result: 'fetched' | 'failed') => void;
  readonly countUpstreamError: (kind: string) => void;
  /** @param gauges values of this moment: name, help, and the value of each label set. */
  readonly render: (gauges: readonly Gauge[]) => string;
}

/** A value that is read when it is asked for. */
export interface Gauge {
  readonly name: string;
  readonly help: string;
  /** `counter` for what never goes down. Default: `gauge`. */
  readonly type?: 'gauge' | 'counter';
  readonly values: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[];
}

/** Upper bounds, in seconds. */
const BUCKETS: readonly number[] = [
  0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
];

/** The most series of one counter. A guard, for codes are a closed list. */
const MAX_SERIES = 256;

export function createMetrics(): Metrics {
  const decisions = createCounter('assay_decisions_total', 'Requests decided on, by code.', ['code']);
  const answers = createCounter('assay_answers_total', 'Answers sent, by status.', ['status']);
  const fetches = createCounter('assay_key_fetches_total', 'Fetches of key sets.', ['provider', 'result']);
  const upstream = createCounter('assay_upstream_errors_total', 'Requests that the service did not answer.', ['kind']);
  const deciding = createHistogram('assay_decision_seconds', 'Time to a decision.');
  const answering = createHistogram('assay_answer_seconds', 'Time from a request to the end of its answer.');
  return Object.freeze({
    countDecision: (code: string, seconds: number) => {
      decisions.add([code]);
      deciding.observe(seconds);
    },
    countAnswer: (status: number, seconds: number) => {
      answers.add([String(status)]);
      answering.observe(seconds);
    },
    countFetch: (provider: string, result: string) => fetches.add([provider, result]),
    countUpstreamError: (kind: string) => upstream.add([kind]),
    render: (gauges: readonly Gauge[]) => [
      ...[decisions, answers, fetches, upstream, deciding, answering].map((part) => part.render()),
      ...gauges.map(renderGauge),
    ].join(''),
  });
}

interface Counter {
  readonly add: (labels: readonly string[]) => void;
  readonly render: () => string;
}

function createCounter(name: string, help: string, labels: readonly string[]): Counter {
  const counts = new Map<string, { readonly values: readonly string[]; count: number }>();
  return {
    add: (values) => {
      const key = values.join('\n');
      const known = counts.get(key);
      if (known !== undefined) known.count += 1;
      else if (counts.size < MAX_SERIES) counts.set(key, { values, count: 1 });
    },
    render: () => heading(name, help, 'counter') + [...counts.values()].map(({ values, count }) => {
      const pairs = Object.fromEntries(labels.map((label, index) => [label, values[index] ?? '']));
      return `${name}${renderLabels(pairs)} ${count}\n`;
    }).join(''),
  };
}

interface Histogram {
  readonly observe: (seconds: number) => void;
  readonly render: () => string;
}

function createHistogram(name: string, help: string): Histogram {
  const counts = new Float64Array(BUCKETS.length + 1);
  let sum = 0;
  return {
    observe: (seconds) => {
      const at = BUCKETS.findIndex((bound) => seconds <= bound);
      const bucket = at === -1 ? BUCKETS.length : at;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      sum += seconds;
    },
    render: () => {
      let total = 0;
      const lines = [...BUCKETS.map(String), '+Inf'].map((bound, index) => {
        total += counts[index] ?? 0;
        return `${name}_bucket{le="${bound}"} ${total}\n`;
      });
      return `${heading(name, help, 'histogram')}${lines.join('')}${name}_sum ${sum}\n${name}_count ${total}\n`;
    },
  };
}

function renderGauge({ name, help, type = 'gauge', values }: Gauge): string {
  const lines = values.map(([labels, value]) => `${name}${renderLabels(labels)} ${value}\n`);
  return heading(name, help, type) + lines.join('');
}

function heading(name: string, help: string, type: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function renderLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) =>
    `${name}="${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** Self-observation in Prometheus' text format (O60). Label values are bounded by the callers: never a client's own text without a limit to their number. */
export interface Counter {
  add(amount: number, labels?: Readonly<Record<string, string>>): void;
}

/** A gauge's value, or one for each set of labels. */
export type Reading = number | Iterable<readonly [labels: Readonly<Record<string, string>>, value: number]>;

interface Series {
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly values: Map<string, number>;
  readonly read?: () => Reading;
}

export class MetricsRegistry {
  readonly #series = new Map<string, Series>();

  /** A counter by its full name, `logvitals_…_total`. Asking twice for one name gives the same counter. */
  counter(name: string, help: string): Counter {
    const series = this.#define(name, { help, type: 'counter', values: new Map() });
    return {
      add(amount, labels) {
        const key = formatLabels(labels);
        series.values.set(key, (series.values.get(key) ?? 0) + amount);
      },
    };
  }

  /** A gauge read when somebody looks. */
  gauge(name: string, help: string, read: () => Reading): void {
    this.#define(name, { help, type: 'gauge', values: new Map(), read });
  }

  /** The exposition text, version 0.0.4. */
  render(): string {
    let text = '';
    for (const [name, series] of this.#series) {
      text += `# HELP ${name} ${series.help}\n# TYPE ${name} ${series.type}\n`;
      if (series.read) text += renderReading(name, series.read());
      else if (series.values.size === 0) text += `${name} 0\n`;
      for (const [labels, value] of series.values) text += `${name}${labels} ${value}\n`;
    }
    return text;
  }

  #define(name: string, series: Series): Series {
    const known = this.#series.get(name);
    if (known) return known;
    this.#series.set(name, series);
    return series;
  }
}

function renderReading(name: string, reading: Reading): string {
  if (typeof reading === 'number') return `${name} ${reading}\n`;
  return Array.from(reading, ([labels, value]) => `${name}${formatLabels(labels)} ${value}\n`).join('');
}

function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  if (!labels) return '';
  const pairs = Object.entries(labels).map(
    ([key, value]) => `${key}="${value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`,
  );
  return `{${pairs.join(',')}}`;
}

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** One measured figure. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: '' | 'ms' | 's' | 'MB' | 'B' | '%' | '×';
  /** At most this is wanted (PEERS.md, issue 5). */
  readonly goal?: number | undefined;
  /** What VictoriaLogs 1.26 took for the same on the machine of PEERS.md. */
  readonly peer?: string | undefined;
  /** What helps to read the figure. */
  readonly note?: string | undefined;
}

/** Prints figures as they come, each beside its goal, and keeps them for `--json`. */
export class Report {
  readonly #figures: Figure[] = [];
  readonly #about: Readonly<Record<string, unknown>>;

  constructor(about: Readonly<Record<string, unknown>>) {
    this.#about = about;
  }

  heading(text: string): void {
    console.log(`\n${text}`);
  }

  add(figure: Figure): void {
    this.#figures.push(figure);
    const { name, unit, goal, peer, note } = figure;
    const cells = [
      `  ${name}`.padEnd(50),
      `${shown(figure.value)}${unit === '' ? '' : ` ${unit}`}`.padStart(14),
      (goal === undefined ? '' : `≤ ${goal}`).padStart(9),
      (goal === undefined ? '' : isMet(figure) ? 'met' : 'MISSED').padStart(8),
      peer === undefined ? '' : `   VictoriaLogs ${peer}`,
      note === undefined ? '' : `   ${note}`,
    ];
    console.log(cells.join('').trimEnd());
  }

  /** Says how many goals were met, and writes everything to the files that are named. */
  finish({ json, markdown }: { readonly json?: string | undefined; readonly markdown?: string | undefined }): void {
    const withGoal = this.#figures.filter(({ goal }) => goal !== undefined);
    const met = withGoal.filter(isMet);
    console.log(`\n${met.length} of ${withGoal.length} goals met`);
    if (json !== undefined) writeFileSync(json, `${JSON.stringify(this.#document(), null, 2)}\n`);
    if (markdown !== undefined) writeFileSync(markdown, this.#table());
  }

  #document(): object {
    const machine = { cpu: cpus()[0]?.model, cores: cpus().length, node: process.version };
    const figures = this.#figures.map((figure) => ({
      ...figure,
      met: figure.goal === undefined ? undefined : isMet(figure),
    }));
    return { date: new Date().toISOString(), machine, ...this.#about, figures };
  }

  /** The table of docs/benchmarks.md. */
  #table(): string {
    const rows = this.#figures.map(({ name, value, unit, goal, peer, note }) => {
      const cells = [name.trim(), `${shown(value)} ${unit}`.trim(), goal === undefined ? '' : `≤ ${goal}`, peer ?? ''];
      return `| ${[...cells, note ?? ''].join(' | ')} |`;
    });
    return ['| | measured | goal | VictoriaLogs 1.26 | |', '|---|---|---|---|---|', ...rows, ''].join('\n');
  }
}

const isMet = ({ value, goal }: Figure): boolean => goal !== undefined && value <= goal;

function shown(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en');
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

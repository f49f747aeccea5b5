import { randomBytes } from 'node:crypto';

/** One write that takes several commands, and must not be half in the counts. */
export interface Step {
  /** `LANE.NUMBER`: documents and the journal know the step by it. */
  readonly id: string;
  readonly lane: string;
  /** From 1, ascending within the lane. */
  readonly number: number;
  /** Milliseconds of `performance.now()`. */
  readonly startedAt: number;
}

interface Lane {
  readonly name: string;
  steps: number;
}

/**
 * Lets a few steps run at a time, each in a lane of its own, where steps follow each other: so the number of a lane's
 * last step in a document of counts tells of all steps before it whether they are in there. A lane ends with a step that
 * failed, because the next one would seem to include it.
 */
export class Lanes {
  readonly #free: Lane[];
  readonly #waiting: ((lane: Lane) => void)[] = [];

  constructor(size: number) {
    this.#free = Array.from({ length: size }, newLane);
  }

  async use<T>(work: (step: Step) => Promise<T>): Promise<T> {
    const lane = this.#free.pop() ?? (await new Promise<Lane>((resolve) => this.#waiting.push(resolve)));
    lane.steps += 1;
    const { name, steps } = lane;
    try {
      const result = await work({
        id: `${name}.${steps}`,
        lane: name,
        number: steps,
        startedAt: performance.now(),
      });
      this.#giveBack(lane);
      return result;
    } catch (error) {
      this.#giveBack(newLane());
      throw error;
    }
  }

  #giveBack(lane: Lane): void {
    const next = this.#waiting.shift();
    if (next) next(lane);
    else this.#free.push(lane);
  }
}

function newLane(): Lane {
  return { name: randomBytes(6).toString('hex'), steps: 0 };
}

/** The lane and number that a step's id says. */
export function stepOf(id: string): Pick<Step, 'id' | 'lane' | 'number'> {
  const [lane = '', number] = id.split('.');
  return { id, lane, number: Number(number) };
}

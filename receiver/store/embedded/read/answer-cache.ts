import type { Day } from '../day.ts';
import { blockKey } from './block-cache.ts';

/** About what a block's answer takes beside itself, and a question beside its text. */
const ANSWER_BYTES = 100;
const QUESTION_BYTES = 300;

type Answers<V> = Map<number, { readonly day: Day; readonly answer: V }>;

/**
 * What whole blocks answered, by question: blocks never change, and pages ask the same again and again, of ranges that
 * have moved on by a little. In at most so many bytes; the questions asked longest ago make room.
 */
export class AnswerCache<V> {
  readonly #capacity: number;
  readonly #bytesOf: (answer: V) => number;
  readonly #questions = new Map<string, Answers<V>>();
  #bytes = 0;

  constructor(capacity: number, bytesOf: (answer: V) => number) {
    this.#capacity = capacity;
    this.#bytesOf = bytesOf;
  }

  get(question: string, day: Day, block: number): V | undefined {
    const answers = this.#questions.get(question);
    if (!answers) return undefined;
    this.#used(question);
    return answers.get(blockKey(day, block))?.answer;
  }

  /** Remembers an answer, unless the question has filled all the room already. */
  set(question: string, day: Day, block: number, answer: V): void {
    const key = blockKey(day, block);
    const answers = this.#used(question);
    if (answers.has(key)) return;
    const bytes = ANSWER_BYTES + this.#bytesOf(answer);
    for (const [other, others] of this.#questions) {
      if (this.#bytes + bytes <= this.#capacity || others === answers) break;
      this.#remove(other);
    }
    if (this.#bytes + bytes > this.#capacity) return;
    answers.set(key, { day, answer });
    this.#bytes += bytes;
  }

  forget(day: Day): void {
    for (const answers of this.#questions.values()) {
      for (const [key, { day: answered, answer }] of answers) {
        if (answered !== day) continue;
        answers.delete(key);
        this.#bytes -= ANSWER_BYTES + this.#bytesOf(answer);
      }
    }
  }

  /** A question's answers; it is then the one asked last. */
  #used(question: string): Answers<V> {
    const answers: Answers<V> = this.#questions.get(question) ?? new Map();
    if (!this.#questions.delete(question)) this.#bytes += bytesOfQuestion(question);
    this.#questions.set(question, answers);
    return answers;
  }

  #remove(question: string): void {
    for (const { answer } of this.#questions.get(question)!.values()) {
      this.#bytes -= ANSWER_BYTES + this.#bytesOf(answer);
    }
    this.#questions.delete(question);
    this.#bytes -= bytesOfQuestion(question);
  }
}

function bytesOfQuestion(question: string): number {
  return QUESTION_BYTES + 2 * question.length;
}

/** What is asked, as a text that nothing else that may be asked has. */
export function questionOf(asked: object): string {
  return JSON.stringify(asked, (_, value) =>
    typeof value === 'number' || typeof value === 'bigint' ? `${typeof value} ${value}` : value,
  );
}

import { after, type Timer } from '../../kernel/index.ts';
import { StepError } from '../steps/step-error.ts';

/** Ends waiting for a step when its time is over or it is to stop, whether or not it listens to its signal. */
export class Bound {
  readonly #outer: AbortSignal;
  readonly #timeoutMs: number;
  #own: AbortController | undefined;
  #timer: Timer | undefined;
  #stop: (() => void) | undefined;

  constructor(outer: AbortSignal, timeoutMs: number) {
    this.#outer = outer;
    this.#timeoutMs = timeoutMs;
  }

  signal(): AbortSignal {
    this.#own ??= new AbortController();
    if (this.#outer.aborted) this.#own.abort(this.#outer.reason);
    return this.#own.signal;
  }

  race<T>(pending: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#stop = () => {
        this.#own?.abort(this.#outer.reason);
        reject(this.#outer.reason);
      };
      this.#outer.addEventListener('abort', this.#stop, { once: true });
      this.#timer = after(this.#timeoutMs, () => {
        const detail = `The step took longer than ${this.#timeoutMs / 1_000} s.`;
        const error = new StepError({ code: 'step_timeout', detail, isRetryable: true });
        this.#own?.abort(error);
        reject(error);
      });
      pending.then(resolve, reject);
    });
  }

  end(): void {
    this.#timer?.clear();
    if (this.#stop) this.#outer.removeEventListener('abort', this.#stop);
  }
}

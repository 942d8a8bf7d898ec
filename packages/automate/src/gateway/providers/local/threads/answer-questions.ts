import { parentPort } from 'node:worker_threads';
import type { ThreadAnswer, ThreadQuestion } from './messages.ts';

/** In a thread that is kept: says that it is ready, then answers each question. */
export function answerQuestions<Question, Answer>(answer: (question: Question) => Promise<Answer>): void {
  const port = parentPort;
  if (!port) throw new Error('this runs in a worker thread');
  port.on('message', ({ id, question }: ThreadQuestion<Question>) => {
    answer(question).then(
      (found) => port.postMessage({ id, answer: found } satisfies ThreadAnswer<Answer>),
      (cause: unknown) =>
        port.postMessage({ id, fault: cause instanceof Error ? cause.message : String(cause) } satisfies ThreadAnswer<Answer>),
    );
  });
  port.postMessage({ id: 0, fault: '' } satisfies ThreadAnswer<Answer>);
}

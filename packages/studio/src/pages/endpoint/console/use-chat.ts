import { useEffect, useRef, useState } from 'react';
import { eventsOf, failure, post, saidBy } from './ask.ts';
import { loggedCall } from './logged.ts';
import { type Answer, type Parameters, requestOf, type Turn } from './turns.ts';

/** What matters of a piece of a streamed answer. */
interface Piece {
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null; readonly reasoning_content?: string | null };
  }[];
  readonly error?: { readonly message?: string };
}

/** A conversation with a model. It lives as long as the page is open. @param broken said when an answer has no end */
export function useChat(model: string, broken: string) {
  const [turns, setTurns] = useState<readonly Turn[]>([]);
  const [isRunning, setRunning] = useState(false);
  const running = useRef<AbortController>(undefined);
  const last = useRef(0);
  useEffect(() => () => running.current?.abort(), []);

  const ask = async (before: readonly Turn[], parameters: Parameters) => {
    const controller = new AbortController();
    running.current = controller;
    last.current += 1;
    let answer: Answer = { id: last.current, kind: 'answer', state: 'running', text: '', reasoning: '' };
    const show = (part: Partial<Answer>) => {
      answer = { ...answer, ...part };
      const { id } = answer;
      setTurns((all) => all.map((turn) => (turn.id === id ? answer : turn)));
    };
    setTurns([...before, answer]);
    setRunning(true);
    const from = performance.now();
    let callId: string | null = null;
    try {
      const response = await post('/v1/chat/completions/', requestOf(model, before, parameters), controller.signal);
      callId = response.headers.get('x-automate-call');
      for await (const event of eventsOf(response, broken)) {
        const { choices, error } = event as Piece;
        if (error) throw failure(error.message ?? broken);
        const { content, reasoning_content: reasoning } = choices?.[0]?.delta ?? {};
        if (!content && !reasoning) continue;
        show({
          text: answer.text + (content ?? ''),
          reasoning: answer.reasoning + (reasoning ?? ''),
          firstMs: answer.firstMs ?? performance.now() - from,
        });
      }
      show({ state: 'done' });
    } catch (error) {
      show(controller.signal.aborted ? { state: 'stopped' } : { state: 'failed', error: saidBy(error) });
    }
    show({ ms: performance.now() - from });
    if (running.current === controller) setRunning(false);
    const call = callId === null ? undefined : await loggedCall(callId);
    if (call) show({ call });
  };
  return {
    turns,
    isRunning,
    send(text: string, pictures: readonly string[], parameters: Parameters) {
      last.current += 1;
      void ask([...turns, { id: last.current, kind: 'question', text, pictures }], parameters);
    },
    /** Asks the last question once more. */
    again(parameters: Parameters) {
      const at = turns.findLastIndex(({ kind }) => kind === 'question');
      if (at >= 0) void ask(turns.slice(0, at + 1), parameters);
    },
    stop: () => running.current?.abort(),
    clear() {
      running.current?.abort();
      setTurns([]);
    },
  };
}

import type { Endpoint } from 'automate-client';
import { useEffect, useRef, useState } from 'react';
import { useTextOf } from '../../../text/text.tsx';
import { Empty } from '../../../ui/empty.tsx';
import { words } from '../words.ts';
import { AnswerView } from './answer-view.tsx';
import { Composer } from './composer.tsx';
import { ParametersPane } from './parameters-pane.tsx';
import { noParameters, type Question } from './turns.ts';
import { useChat } from './use-chat.ts';

/** A real conversation with the endpoint. */
export function ChatTab({ endpoint }: { endpoint: Endpoint }) {
  const { chat: text } = useTextOf(words);
  const chat = useChat(endpoint.slug, text.broken);
  const [parameters, setParameters] = useState(noParameters);
  const end = useRef<HTMLDivElement>(null);
  const lastTurn = chat.turns.at(-1);
  const length = lastTurn?.kind === 'answer' ? lastTurn.text.length : 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever something is added
  useEffect(() => end.current?.scrollIntoView({ block: 'end' }), [chat.turns.length, length]);
  return (
    <div className="split">
      <section className="pane d-main" aria-label={text.label}>
        <section className="scroll d-scroll" tabIndex={0} aria-label={text.messages}>
          {chat.turns.length === 0 ? (
            <Empty icon="message" title={text.empty} note={text.emptyNote} />
          ) : (
            <div className="thread">
              {chat.turns.map((turn) =>
                turn.kind === 'question' ? (
                  <QuestionView key={turn.id} question={turn} />
                ) : (
                  <AnswerView
                    key={turn.id}
                    answer={turn}
                    onStop={chat.stop}
                    {...(turn === lastTurn && !chat.isRunning && { onAgain: () => chat.again(parameters) })}
                  />
                ),
              )}
              <div ref={end} />
            </div>
          )}
        </section>
        <Composer
          isRunning={chat.isRunning}
          hasTurns={chat.turns.length > 0}
          onSend={(typed, pictures) => chat.send(typed, pictures, parameters)}
          onClear={chat.clear}
        />
      </section>
      <ParametersPane
        task="llm.chat"
        model={endpoint.slug}
        parameters={parameters}
        calls={chat.turns.map((turn) => (turn.kind === 'answer' ? turn.call : undefined))}
        onChange={setParameters}
      />
    </div>
  );
}

function QuestionView({ question: { text: said, pictures } }: { question: Question }) {
  const { chat: text } = useTextOf(words);
  return (
    <div className="msg you">
      {pictures.map((url, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they never change places
        <img key={index} src={url} alt={`${text.picture} ${index + 1}`} />
      ))}
      {said !== '' && <p className="pre-line anywhere">{said}</p>}
    </div>
  );
}

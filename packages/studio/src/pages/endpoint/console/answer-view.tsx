import { Link } from '@tanstack/react-router';
import { duration } from '../../../format.ts';
import { useTextOf } from '../../../text/text.tsx';
import { CopyButton } from '../../../ui/copy.tsx';
import { dollars } from '../../../ui/dollars.ts';
import { Icon } from '../../../ui/icon.tsx';
import { words } from '../words.ts';
import { type Answer, inputOf, outputOf } from './turns.ts';

interface AnswerViewProps {
  readonly answer: Answer;
  onStop(): void;
  /** Only of the last one. */
  onAgain?(): void;
}

/** An answer while it comes and afterwards, with what it took. */
export function AnswerView({ answer, onStop, onAgain }: AnswerViewProps) {
  const { chat: text } = useTextOf(words);
  const { state, text: said, reasoning, error } = answer;
  const isRunning = state === 'running';
  return (
    <article className="msg bot" aria-label={isRunning ? text.onItsWay : text.answer} aria-busy={isRunning}>
      <span className="kind big" data-k="model">
        <Icon name="sparkle" />
      </span>
      <div className="msg-in">
        {reasoning !== '' && (
          <details className="how">
            <summary>
              <Icon name="note" size="s" />
              {text.reasoning}
              <Icon name="down" size="s" />
            </summary>
            <p className="say soft pre-line anywhere">{reasoning}</p>
          </details>
        )}
        {(said !== '' || isRunning) && (
          <p className="say pre-line anywhere">
            {said}
            {isRunning && <i className="caret in" />}
          </p>
        )}
        {state === 'failed' && (
          <p className="call" data-s="failed" role="alert">
            <Icon name="failed" />
            <span>{error}</span>
          </p>
        )}
        <div className="row wrap">
          {isRunning && (
            <button type="button" className="btn small" onClick={onStop}>
              <Icon name="stop" />
              {text.stop}
            </button>
          )}
          <Meta answer={answer} />
          {said !== '' && !isRunning && <CopyButton what={said} label={text.copy} />}
          {onAgain && (
            <button type="button" className="btn small plain" onClick={onAgain}>
              <Icon name="replay" size="s" />
              {text.again}
            </button>
          )}
        </div>
        <span className="sr" role="status">
          {isRunning ? text.onItsWay : state === 'stopped' ? text.stopped : state === 'done' ? text.answer : ''}
        </span>
      </div>
    </article>
  );
}

function Meta({ answer: { state, firstMs, ms, call } }: { answer: Answer }) {
  const { chat: text } = useTextOf(words);
  return (
    <p className="meta">
      {state === 'stopped' && (
        <span className="status bare" data-s="cancelled">
          <Icon name="cancelled" size="s" />
          {text.stopped}
        </span>
      )}
      {firstMs !== undefined && <span>{text.firstByte(duration(firstMs))}</span>}
      {ms !== undefined && <span>{duration(ms)}</span>}
      {call && <span>{text.tokens(inputOf(call), outputOf(call))}</span>}
      {call && <span>{dollars(call.cost_nanos)}</span>}
      {call && (
        <span>
          <Link to="/studio/correlation/" search={{ trace_id: call.trace_id }}>
            {text.trace}
          </Link>
        </span>
      )}
    </p>
  );
}

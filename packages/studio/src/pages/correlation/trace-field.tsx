import { useNavigate } from '@tanstack/react-router';
import { useId, useState } from 'react';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { words } from './words.ts';

/** As the server takes them over. */
const TRACE_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** Opens a trace by its id. @param isLarge with a button, where it is what a page is for */
export function TraceField({ isLarge = false }: { isLarge?: boolean }) {
  const own = useTextOf(words);
  const id = useId();
  const navigate = useNavigate();
  const [typed, setTyped] = useState('');
  const [isWrong, setWrong] = useState(false);
  return (
    <form
      className="trace-form row"
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = typed.trim();
        setWrong(!TRACE_ID.test(wanted));
        if (!TRACE_ID.test(wanted)) return;
        setTyped('');
        void navigate({ to: '/studio/correlation/', search: { trace_id: wanted } });
      }}
    >
      <label className="box trace-find">
        <span className="sr">{own.openLabel}</span>
        <Icon name="search" />
        <input
          type="search"
          placeholder={isLarge ? own.openLabel : own.open}
          value={typed}
          aria-invalid={isWrong}
          aria-describedby={isWrong ? id : undefined}
          onChange={({ target }) => {
            setTyped(target.value);
            setWrong(false);
          }}
        />
      </label>
      {isLarge && (
        <button type="submit" className="btn primary">
          {own.openButton}
        </button>
      )}
      {isWrong && (
        <span id={id} className="error" role="alert">
          {own.notId}
        </span>
      )}
    </form>
  );
}

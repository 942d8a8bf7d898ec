import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { AdminModelDetail } from 'automate-client';
import { useState } from 'react';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useRelated } from './beside.tsx';
import { DeleteQuestion } from './delete-question.tsx';
import { rowsKey } from './model.ts';
import { words } from './words.ts';

interface DeleteProps {
  readonly model: AdminModelDetail;
  readonly id: string;
  readonly name: string;
}

/** Asks first, and tells what else goes. */
export function DeleteButton({ model, id, name }: DeleteProps) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const navigate = useNavigate();
  const [isOpen, setOpen] = useState(false);
  const done = () => {
    setOpen(false);
    void navigate({ to: '/studio/admin/$app/$model/', params: { app: model.app, model: model.model } });
    client.removeQueries({ queryKey: [...rowsKey(model), 'one', id] });
  };
  return (
    <>
      <button type="button" className="btn plain" onClick={() => setOpen(true)}>
        <Icon name="trash" />
        {text.delete}
      </button>
      <Dialog isOpen={isOpen} title={text.deleteTitle(name)} onClose={() => setOpen(false)}>
        <DeleteQuestion model={model} id={id} name={name} onDone={done}>
          <What model={model} id={id} />
        </DeleteQuestion>
      </Dialog>
    </>
  );
}

function What({ model, id }: Omit<DeleteProps, 'name'>) {
  const text = useTextOf(words);
  const related = useRelated(model, id);
  const rows = related.data?.results.filter(({ count }) => count > 0) ?? [];
  if (!related.data || related.isFetching) return related.error ? null : <span className="bone on" />;
  if (rows.length === 0) return <p className="soft">{text.noRelated}</p>;
  const becomes = { cascade: text.goes, refuse: text.keeps, clear: text.loses, none: text.stays };
  return (
    <ul className="a-points">
      {rows.map(({ app, model: other, verbose_name, column, count, is_complete, on_delete }) => (
        <li key={`${app}/${other}/${column}`}>
          <b>{`${count.toLocaleString()}${is_complete ? '' : '+'}`}</b> {verbose_name}:{' '}
          <span className={on_delete === 'none' ? 'soft' : 'bad'}>{becomes[on_delete]}</span>
        </li>
      ))}
    </ul>
  );
}

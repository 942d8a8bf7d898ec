import { usePlaces } from '../data/pages.ts';
import { useText } from '../text/text.tsx';
import { Dialog } from '../ui/dialog.tsx';

/** Every key there is. */
export function Help({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  const text = useText();
  const { help } = text;
  const everywhere: [keys: string, does: string][] = [
    ['Ctrl K', help.search],
    ['/', help.find],
    ['?', help.keys],
    ...usePlaces().flatMap(({ key, label }): [string, string][] => (key ? [[`G ${key.toUpperCase()}`, help.goTo(label)]] : [])),
    ['Esc', help.escape],
  ];
  const lists: [keys: string, does: string][] = [
    ['J K', help.move],
    ['↵', help.open],
  ];
  return (
    <Dialog isOpen={isOpen} title={help.title} onClose={onClose}>
      <div className="in stack">
        <Keys title={help.everywhere} rows={everywhere} />
        <Keys title={help.lists} rows={lists} />
      </div>
    </Dialog>
  );
}

function Keys({ title, rows }: { title: string; rows: readonly (readonly [keys: string, does: string])[] }) {
  return (
    <section className="stack">
      <h3>{title}</h3>
      <dl className="facts">
        {rows.map(([keys, does]) => (
          <div key={keys} className="contents">
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

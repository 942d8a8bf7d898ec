import { useNavigate, useSearch } from '@tanstack/react-router';
import { without } from '../../data/search.ts';
import { useAllowed } from '../../data/session.ts';
import { useTitle } from '../../shell/trail.ts';
import { useTextOf } from '../../text/text.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Catalogue } from './catalogue.tsx';
import { OwnPrices } from './own-prices.tsx';
import { PriceForm } from './price-form.tsx';
import type { PricesSearch } from './search.ts';
import { Unpriced } from './unpriced.tsx';
import { words } from './words.ts';

/** What models cost: public prices, and your own in their place. */
export function PricesPage() {
  const text = useTextOf(words);
  const search = useSearch({ from: '/studio/prices' });
  const navigate = useNavigate({ from: '/studio/prices' });
  const mayWrite = useAllowed('prices:write');
  useTitle(text.title);
  const change = (next: PricesSearch) => void navigate({ search: next, replace: true });
  const set = (model: string, book: string) => change({ ...search, new: 'price', model, ...(book && { book }) });
  const close = () => change(without(search, 'new', 'model'));
  return (
    <>
      <div className="head">
        <div>
          <h1>{text.title}</h1>
          <p>{text.note}</p>
        </div>
        {mayWrite && (
          <button type="button" className="btn primary" onClick={() => change({ ...search, new: 'price' })}>
            <Icon name="plus" />
            {text.set}
          </button>
        )}
      </div>
      <nav className="tabs" aria-label={text.title}>
        {([undefined, 'own'] as const).map((tab) => (
          <button
            key={tab ?? 'all'}
            type="button"
            aria-current={search.tab === tab ? 'page' : undefined}
            onClick={() => change(tab ? { tab } : {})}
          >
            {text.tabs[tab ?? 'all']}
          </button>
        ))}
      </nav>
      {search.tab === 'own' ? (
        <OwnPrices search={search} onChange={change} />
      ) : (
        <>
          <Unpriced onSet={mayWrite ? set : undefined} />
          <Catalogue search={search} onChange={change} onSet={mayWrite ? set : undefined} />
        </>
      )}
      <Dialog isOpen={mayWrite && search.new === 'price'} title={text.setTitle} onClose={close}>
        <PriceForm model={search.model ?? ''} book={search.model ? (search.book ?? '') : ''} onClose={close} />
      </Dialog>
    </>
  );
}

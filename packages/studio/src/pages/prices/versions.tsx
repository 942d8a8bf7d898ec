import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ModelPrice } from 'automate-client';
import { useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { exactTime } from '../../format.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { say } from '../../ui/toast.tsx';
import { parts } from './price-form.tsx';
import { short } from './rates.ts';
import { words } from './words.ts';

/** Prices that were set for a model, the one that begins last first. The latest that has begun holds. */
export function Versions({ prices, mayRemove }: { prices: readonly ModelPrice[]; mayRemove: boolean }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const current = prices.find(({ valid_from: from }) => Date.parse(from) <= Date.now());
  return (
    <ul className="plain-list versions">
      {prices.map((price) => (
        <li key={price.id}>
          <div>
            <b>{exactTime(price.valid_from, language)}</b>{' '}
            {price === current ? (
              <span className="tag">{text.inForce}</span>
            ) : (
              <span className="soft small">{Date.parse(price.valid_from) > Date.now() ? text.later : text.former}</span>
            )}
            <div className="soft small">{told(price, text.parts)}</div>
          </div>
          {mayRemove && <Remove price={price} />}
        </li>
      ))}
    </ul>
  );
}

function told(price: ModelPrice, names: Readonly<Record<(typeof parts)[number], string>>): string {
  return parts.flatMap((part) => (price[part] === null ? [] : [`${names[part]} $${short(price[part])}`])).join(' · ');
}

/** Asked twice, since what has gone is gone. */
function Remove({ price }: { price: ModelPrice }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const [isSure, setSure] = useState(false);
  const removing = useMutation({
    mutationFn: () => api.modelPrices.destroy(price.id),
    onError: (error) => say(wordsOf(error)),
    onSuccess: () => {
      say(text.removed);
      for (const key of ['prices', 'price-catalogue', 'unpriced-models']) void client.invalidateQueries({ queryKey: [key] });
    },
  });
  return (
    <button
      type="button"
      className={isSure ? 'btn small danger' : 'btn small'}
      disabled={removing.isPending}
      onBlur={() => setSure(false)}
      onClick={() => (isSure ? removing.mutate() : setSure(true))}
    >
      <Icon name="trash" />
      {isSure ? text.sure : text.remove}
    </button>
  );
}

import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api.ts';
import { useTextOf } from '../../text/text.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { TextField } from '../../ui/field.tsx';
import { say } from '../../ui/toast.tsx';
import { words } from './words.ts';

export const parts = ['input', 'cache_read', 'cache_write', 'output', 'reasoning', 'request', 'image', 'second'] as const;
type Part = (typeof parts)[number];

/** A price for a model, from now or from a moment on; what was in force before stays, as a version. */
export function PriceForm({ model: given, book: vendor, onClose }: { model: string; book: string; onClose(): void }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  const [model, setModel] = useState(given);
  const [book, setBook] = useState(vendor);
  const [from, setFrom] = useState('');
  const [prices, setPrices] = useState<Partial<Record<Part, string>>>({});
  const sent = Object.fromEntries(
    parts.flatMap((part) => (prices[part]?.trim() ? [[part, prices[part].trim().replace(',', '.').replace('$', '')]] : [])),
  );
  return (
    <DialogForm
      action={text.save}
      icon="check"
      fields={['/model', '/book', '/valid_from', ...parts.map((part) => `/${part}`)]}
      isDisabled={Object.keys(sent).length === 0}
      send={() => api.modelPrices.create({ model, book, ...sent, ...(from && { valid_from: new Date(from).toISOString() }) })}
      onSent={() => {
        onClose();
        say(text.saved(model));
        for (const key of ['prices', 'price-catalogue', 'unpriced-models']) void client.invalidateQueries({ queryKey: [key] });
      }}
      onClose={onClose}
    >
      {(issue) => (
        <>
          <p className="soft">{text.setNote}</p>
          <TextField
            label={text.model}
            isMono
            isRequired
            maxLength={200}
            value={model}
            error={issue('/model')}
            onChange={setModel}
          />
          <TextField
            label={text.vendor}
            hint={text.vendorHint}
            maxLength={100}
            value={book}
            error={issue('/book')}
            onChange={setBook}
          />
          <div className="price-parts">
            {parts.map((part) => (
              <TextField
                key={part}
                label={text.parts[part]}
                hint={text.units[part]}
                value={prices[part] ?? ''}
                error={issue(`/${part}`)}
                onChange={(value) => setPrices({ ...prices, [part]: value })}
              />
            ))}
          </div>
          <TextField
            label={text.from}
            type="date"
            hint={text.fromHint}
            value={from}
            error={issue('/valid_from')}
            onChange={setFrom}
          />
        </>
      )}
    </DialogForm>
  );
}

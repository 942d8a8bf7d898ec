import type { AdminModelDetail } from 'automate-client';
import { serverPath } from '../../base.ts';
import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Menu } from '../../ui/menu.tsx';
import { words } from './words.ts';

const FORMATS = [
  ['csv', 'CSV'],
  ['json', 'JSON'],
  ['jsonl', 'JSON lines'],
] as const;

/** The list as it is narrowed and ordered now, as a file; the browser writes it while it comes. */
export function ExportMenu({ model, query }: { model: AdminModelDetail; query: Readonly<Record<string, string>> }) {
  const text = useTextOf(words);
  const save = (format: string) => {
    const link = document.createElement('a');
    const parameters = new URLSearchParams({ ...query, format });
    link.href = serverPath(`${model.path.replace(/^\//, '')}export/?${parameters}`);
    link.download = `${model.model}.${format}`;
    link.click();
  };
  return (
    <Menu
      align="end"
      trigger={
        <button type="button" className="btn">
          <Icon name="download" />
          {text.export}
        </button>
      }
      groups={[FORMATS.map(([format, label]) => ({ label, onSelect: () => save(format) }))]}
    />
  );
}

import { mount } from '../base.ts';
import { useTextOf } from '../text/text.tsx';
import { Icon } from './icon.tsx';
import { words } from './list-words.ts';
import { Menu } from './menu.tsx';

interface ExportMenuProps {
  /** Of the API, below its mount. */
  readonly path: string;
  /** The filters of the list. */
  readonly query: Readonly<Record<string, string | number | boolean | Date | readonly string[] | undefined>>;
}

/** Loads what is filtered as a file, all of it, as it is shown. */
export function ExportMenu({ path, query }: ExportMenuProps) {
  const text = useTextOf(words);
  const download = (format: string) => () => {
    const parameters = new URLSearchParams({ format });
    for (const [name, value] of Object.entries(query))
      for (const one of Array.isArray(value) ? value : [value])
        if (one !== undefined) parameters.append(name, one instanceof Date ? one.toISOString() : String(one));
    const link = document.createElement('a');
    link.href = `${mount}${path}?${parameters}`;
    link.download = '';
    link.click();
  };
  return (
    <Menu
      align="end"
      trigger={
        <button type="button" className="btn small">
          <Icon name="download" />
          {text.export}
        </button>
      }
      groups={[
        [
          { label: text.exportAs('CSV'), icon: 'table', onSelect: download('csv') },
          { label: text.exportAs('JSON'), icon: 'braces', onSelect: download('json') },
        ],
      ]}
    />
  );
}

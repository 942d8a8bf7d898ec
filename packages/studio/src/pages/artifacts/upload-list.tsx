import { useTextOf } from '../../text/text.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { Uploading } from './upload.ts';
import { words } from './words.ts';

/** How far uploads are, and why they failed. */
export function UploadList({ files }: { files: readonly Uploading[] }) {
  const text = useTextOf(words);
  if (files.length === 0) return null;
  return (
    <ul className="plain-list uploads" aria-label={text.uploads}>
      {files.map(({ id, name, done, error, cancel }) => (
        <li key={id}>
          <span className="cut">{name}</span>
          {error === undefined ? (
            <progress value={done} max={1} aria-label={text.uploadOf(name)} />
          ) : (
            <span className="status bare" data-s="failed" role="alert">
              <Icon name="failed" />
              {error || text.unreached}
            </span>
          )}
          <button type="button" className="btn small" onClick={cancel}>
            {error === undefined ? text.stop : text.dismiss}
          </button>
        </li>
      ))}
    </ul>
  );
}

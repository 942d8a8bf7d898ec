import { shortId } from '../format.ts';
import { useText } from '../text/text.tsx';
import { Icon } from './icon.tsx';
import { say } from './toast.tsx';

/** @param what is copied */
export function CopyButton({ what, label }: { what: string; label?: string }) {
  const text = useText();
  const copy = async () => {
    await navigator.clipboard.writeText(what);
    say(text.copied);
  };
  const name = label ?? text.copy;
  return (
    <button type="button" className="btn icon-only plain small" aria-label={name} title={name} onClick={copy}>
      <Icon name="copy" size="s" />
    </button>
  );
}

/** An id by its last signs, whole in the tooltip, and ready to be copied. */
export function Id({ id }: { id: string }) {
  const text = useText();
  return (
    <span className="idc">
      <span className="id" title={id}>
        {shortId(id)}
      </span>
      <CopyButton what={id} label={`${text.copy} ${shortId(id)}`} />
    </span>
  );
}

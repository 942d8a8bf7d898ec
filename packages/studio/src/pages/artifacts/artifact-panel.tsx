import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Artifact } from 'automate-client';
import { useState } from 'react';
import { api, wordsOf } from '../../api.ts';
import { serverPath } from '../../base.ts';
import { useAllowed } from '../../data/session.ts';
import { exactTime, size } from '../../format.ts';
import { useTextOf, useWords } from '../../text/text.tsx';
import { Id } from '../../ui/copy.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { Icon } from '../../ui/icon.tsx';
import { CopyBox } from '../../ui/once.tsx';
import { PlaceLink } from '../../ui/place-link.tsx';
import { Facts, SidePanel } from '../../ui/side-panel.tsx';
import { Ago } from '../../ui/time.tsx';
import { say } from '../../ui/toast.tsx';
import { Preview } from './preview.tsx';
import { words } from './words.ts';

/** One file: what it shows, what is known of it, and what can be done with it. */
export function ArtifactPanel({ artifact, onClose }: { artifact: Artifact; onClose(): void }) {
  const text = useTextOf(words);
  const mayWrite = useAllowed('artifacts:write');
  const [isRemoving, setRemoving] = useState(false);
  const { id, name, bytes, content_type, sha256, origin_kind, trace_id, expires_at, unreferenced_since } = artifact;
  return (
    <SidePanel title={name} note={`${content_type} · ${size(bytes)}`} onClose={onClose}>
      <div className="fold-in pt-3">
        <Preview artifact={artifact} />
      </div>
      <p className="fold-in row wrap">
        <a className="btn small" href={serverPath(`api/modal/artifacts/${id}/download/`)} download={name}>
          <Icon name="download" />
          {text.download}
        </a>
        <LinkButton id={id} />
        {mayWrite && (
          <button type="button" className="btn small danger" onClick={() => setRemoving(true)}>
            <Icon name="trash" />
            {text.remove}
          </button>
        )}
      </p>
      <Facts
        facts={[
          [text.id, <Id key="id" id={id} />],
          [text.made, <Ago key="made" time={artifact.created_at} />],
          [text.origin, text.origins[origin_kind as keyof typeof text.origins] ?? origin_kind],
          [text.kept, keptUntil(text, expires_at, unreferenced_since)],
          [
            text.trace,
            <PlaceLink key="trace" path="correlation" search={{ trace_id }}>
              <code>{trace_id.slice(0, 12)}…</code>
            </PlaceLink>,
          ],
          [
            'SHA-256',
            <code key="sha" className="anywhere">
              {sha256}
            </code>,
          ],
        ]}
      />
      <Dialog isOpen={isRemoving} title={text.removeTitle(name)} onClose={() => setRemoving(false)}>
        <Remove artifact={artifact} onClose={() => setRemoving(false)} onRemoved={onClose} />
      </Dialog>
    </SidePanel>
  );
}

type Text = ReturnType<typeof useArtifactText>;

function useArtifactText() {
  return useTextOf(words);
}

function keptUntil(text: Text, expiresAt: string | null, unreferencedSince: string | null) {
  if (expiresAt)
    return (
      <>
        {text.until} <Ago time={expiresAt} />
      </>
    );
  return unreferencedSince === null ? text.referenced : text.unreferenced;
}

/** A link that whoever has it may follow for a while. It is asked for when it is wanted, so that it holds as long as it can. */
function LinkButton({ id }: { id: string }) {
  const text = useTextOf(words);
  const { language } = useWords();
  const [link, setLink] = useState<{ url: string; expires_at: string }>();
  const asking = useMutation({
    mutationFn: () => api.artifacts.link(id),
    onError: (error) => say(wordsOf(error)),
    onSuccess: async (made) => {
      setLink(made);
      // Without leave to write there, it stands below to be copied by hand.
      const isCopied = await navigator.clipboard.writeText(made.url).then(
        () => true,
        () => false,
      );
      if (isCopied) say(text.copied);
    },
  });
  return (
    <>
      <button type="button" className="btn small" disabled={asking.isPending} onClick={() => asking.mutate()}>
        <Icon name="link" />
        {text.copyLink}
      </button>
      {link && (
        <span className="wide-part">
          <CopyBox label={text.linkUntil(exactTime(link.expires_at, language))} value={link.url} />
        </span>
      )}
    </>
  );
}

function Remove({ artifact, onClose, onRemoved }: { artifact: Artifact; onClose(): void; onRemoved(): void }) {
  const text = useTextOf(words);
  const client = useQueryClient();
  return (
    <DialogForm
      action={text.remove}
      icon="trash"
      isDanger
      send={() => api.artifacts.destroy(artifact.id)}
      onSent={() => {
        onClose();
        onRemoved();
        say(text.removed(artifact.name));
        for (const key of ['artifacts', 'artifact-space']) void client.invalidateQueries({ queryKey: [key] });
      }}
      onClose={onClose}
    >
      {() => <p>{artifact.unreferenced_since === null ? text.removeReferenced : text.removeNote}</p>}
    </DialogForm>
  );
}

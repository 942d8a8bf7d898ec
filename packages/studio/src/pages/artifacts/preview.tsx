import { useQuery } from '@tanstack/react-query';
import type { Artifact } from 'automate-client';
import { useEffect, useState } from 'react';
import { api } from '../../api.ts';
import { size } from '../../format.ts';
import { useTextOf } from '../../text/text.tsx';
import { Unread } from '../../ui/empty.tsx';
import { isJson, kindOf } from './kinds.ts';
import { words } from './words.ts';

/** Beyond it one downloads it. */
const MOST_BYTES = 50 * 1_048_576;
const MOST_TEXT = 200_000;

/**
 * The bytes of an artifact, fetched as whoever is signed in, and shown by what runs nothing: a picture, a player, or text.
 * A page or a PDF is never rendered here.
 */
export function Preview({ artifact }: { artifact: Artifact }) {
  const text = useTextOf(words);
  const kind = kindOf(artifact.content_type);
  const isShown = kind !== undefined && kind !== 'pdf' && artifact.bytes <= MOST_BYTES;
  const query = useQuery({
    queryKey: ['artifact-bytes', artifact.id],
    enabled: isShown,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    queryFn: async ({ signal }) => (await api.artifactDownload.get(artifact.id, { inline: 'true' }, { signal })).blob(),
  });
  if (!isShown) return <p className="soft small">{kind && kind !== 'pdf' ? text.tooLarge(size(MOST_BYTES)) : text.noPreview}</p>;
  if (query.error) return <Unread error={query.error} isPage={false} onRetry={() => void query.refetch()} />;
  if (!query.data) return <p className="soft small">{text.loading}</p>;
  return kind === 'text' ? (
    <Text blob={query.data} artifact={artifact} />
  ) : (
    <Medium blob={query.data} artifact={artifact} kind={kind} />
  );
}

function Medium({ blob, artifact, kind }: { blob: Blob; artifact: Artifact; kind: 'picture' | 'audio' | 'video' }) {
  const text = useTextOf(words);
  const [url, setUrl] = useState<string>();
  const [isBroken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([blob], { type: artifact.content_type }));
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [blob, artifact.content_type]);
  if (isBroken) return <p className="soft small">{text.broken}</p>;
  if (!url) return null;
  const fail = () => setBroken(true);
  const label = text.previewOf(artifact.name);
  if (kind === 'picture') return <img className="preview" src={url} alt={label} onError={fail} />;
  // biome-ignore lint/a11y/useMediaCaption: it is a file of somebody, and has none
  if (kind === 'audio') return <audio className="preview" controls src={url} aria-label={label} onError={fail} />;
  // biome-ignore lint/a11y/useMediaCaption: it is a file of somebody, and has none
  return <video className="preview" controls src={url} aria-label={label} onError={fail} />;
}

function Text({ blob, artifact }: { blob: Blob; artifact: Artifact }) {
  const text = useTextOf(words);
  const { data } = useQuery({
    queryKey: ['artifact-text', artifact.id],
    queryFn: () => blob.slice(0, MOST_TEXT).text(),
    gcTime: 60_000,
  });
  if (data === undefined) return null;
  const isCut = blob.size > MOST_TEXT;
  return (
    <>
      <section className="code preview-text" tabIndex={0} aria-label={text.previewOf(artifact.name)}>
        <pre>{isJson(artifact.content_type) && !isCut ? laidOut(data) : data}</pre>
      </section>
      {isCut && <p className="soft small">{text.cut(size(MOST_TEXT))}</p>}
    </>
  );
}

function laidOut(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

import type { Artifact } from 'automate-client';
import { useState } from 'react';
import { serverPath } from '../../base.ts';

export interface Uploading {
  readonly id: number;
  readonly name: string;
  /** Of its bytes, 0 to 1. */
  readonly done: number;
  readonly error?: string;
  cancel(): void;
}

let last = 0;

/** Files on their way, one request each; `fetch` does not tell how far an upload is. */
export function useUploads(onStored: (artifact: Artifact) => void) {
  const [files, setFiles] = useState<readonly Uploading[]>([]);
  const change = (id: number, part: Partial<Uploading>) =>
    setFiles((all) => all.map((file) => (file.id === id ? { ...file, ...part } : file)));
  const forget = (id: number) => setFiles((all) => all.filter((file) => file.id !== id));

  function send(file: File): void {
    last += 1;
    const id = last;
    const request = new XMLHttpRequest();
    request.open('POST', serverPath('api/v1/artifacts/'));
    request.setRequestHeader('accept', 'application/json');
    request.upload.onprogress = ({ loaded, total }) => change(id, { done: total > 0 ? loaded / total : 0 });
    request.onload = () => {
      const reply = read(request.responseText);
      if (request.status === 201 && reply) {
        forget(id);
        onStored(reply as unknown as Artifact);
      } else change(id, { error: String(reply?.detail ?? reply?.title ?? request.status) });
    };
    request.onerror = () => change(id, { error: '' });
    setFiles((all) => [
      ...all,
      {
        id,
        name: file.name,
        done: 0,
        cancel: () => {
          request.abort();
          forget(id);
        },
      },
    ]);
    const form = new FormData();
    form.set('file', file);
    request.send(form);
  }
  return { files, send: (list: Iterable<File>) => [...list].forEach(send) };
}

function read(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

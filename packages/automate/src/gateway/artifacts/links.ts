import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Keyring } from '../../governance/index.ts';
import { artifactErrors } from './errors.ts';

/** What a link is signed for. */
export interface SignedLink {
  readonly id: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

/** Links that let whoever has them fetch one artifact for a while. Nothing is stored for one. */
export interface ArtifactLinks {
  /** The query of the link. */
  sign(link: SignedLink): string;
  /** @throws AppError `artifact_link_refused`, `artifact_link_expired` */
  require(link: SignedLink & { readonly signature: string }): void;
}

export function createArtifactLinks(keyring: Pick<Keyring, 'systemKey'>): ArtifactLinks {
  const signature = ({ id, expires }: SignedLink) =>
    createHmac('sha256', keyring.systemKey('gateway_artifacts'))
      .update(`artifact link\0${id.toLowerCase()}\0${expires}`)
      .digest();
  return {
    sign: (link) => `expires=${link.expires}&signature=${signature(link).toString('base64url')}`,
    require(link) {
      const given = Buffer.from(link.signature, 'base64url');
      const expected = signature(link);
      // One spelling only: what decodes to the same bytes is not the same signature.
      const isOurs = given.length === expected.length && timingSafeEqual(given, expected);
      if (!isOurs || given.toString('base64url') !== link.signature)
        throw artifactErrors.artifact_link_refused('The link is not one of ours, or it was changed: ask for a new one.');
      if (link.expires * 1_000 <= Date.now())
        throw artifactErrors.artifact_link_expired('The link is too old: ask for a new one.');
    },
  };
}

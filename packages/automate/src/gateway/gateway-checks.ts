import type { CheckDeclaration } from '../platform/index.ts';

interface Listed {
  readonly results: readonly { readonly slug: string; readonly is_enabled: boolean; readonly missing: string | null }[];
}

/** What `automate doctor` says of models. */
export const gatewayChecks: readonly CheckDeclaration[] = [
  {
    name: 'providers',
    async doctor({ isServed, call }) {
      if (!isServed) return undefined;
      const { results } = (await call('/api/v1/providers/?limit=200')) as Listed;
      const broken = results.filter(({ is_enabled: isOn, missing }) => isOn && missing !== null);
      if (broken.length > 0) return { ok: false, detail: broken.map(({ slug, missing }) => `${slug}: ${missing}`).join('; ') };
      return { ok: true, detail: results.length === 0 ? 'none yet' : `${results.length} ready to be asked` };
    },
  },
];

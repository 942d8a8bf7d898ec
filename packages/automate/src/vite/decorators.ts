import type * as Esbuild from 'esbuild';

/** A plugin as Vite and Vitest take it; spelled out, so that hosts without Vite need none of its types. */
export interface DecoratorsPlugin {
  name: string;
  enforce: 'pre';
  transform: {
    filter: { id: { include: RegExp; exclude: RegExp }; code: RegExp };
    handler(code: string, id: string): Promise<{ code: string; map: string }>;
  };
}

/**
 * Compiles standard decorators, such as `@action`, which Vite 8 and Vitest 5 hand on as they are.
 * @throws when a file with decorators is met and `esbuild` is not installed.
 * @example
 * export default defineConfig({ plugins: [automateDecorators()] });
 */
export function automateDecorators(): DecoratorsPlugin {
  return {
    name: 'automate:decorators',
    enforce: 'pre',
    transform: {
      filter: { id: { include: /\.[cm]?[jt]sx?(\?|$)/, exclude: /\/node_modules\// }, code: /^\s*@\w/m },
      async handler(code, id) {
        const esbuild = await loadEsbuild();
        const { code: lowered, map } = await esbuild.transform(code, {
          target: 'es2022',
          loader: loaderOf(id),
          sourcefile: id,
          sourcemap: 'external',
          // A tsconfig that asks for legacy decorators is not followed; JSX is left to Vite.
          tsconfigRaw: { compilerOptions: { target: 'es2022', experimentalDecorators: false, useDefineForClassFields: true } },
          jsx: 'preserve',
        });
        return { code: lowered, map };
      },
    },
  };
}

function loaderOf(id: string): 'ts' | 'tsx' | 'jsx' {
  const [, kind, isJsx] = /\.[cm]?([jt])s(x?)(?:\?|$)/.exec(id) ?? [];
  if (kind === 't') return isJsx ? 'tsx' : 'ts';
  return 'jsx';
}

async function loadEsbuild(): Promise<typeof Esbuild> {
  try {
    return await import('esbuild');
  } catch (cause) {
    throw new Error('automateDecorators() compiles decorators with esbuild, which is missing: npm install --save-dev esbuild', {
      cause,
    });
  }
}

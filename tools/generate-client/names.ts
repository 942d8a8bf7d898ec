export { camelCase, pascalCase, resourceName } from '../../packages/automate/src/api/openapi/client-names.ts';

/** `knowledgeSource` → `knowledge-source`. */
export function kebabCase(name: string): string {
  return name.replaceAll(/([a-z\d])([A-Z])/g, '$1-$2').toLowerCase();
}

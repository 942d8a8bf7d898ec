import type { Json, JsonObject } from '../../../kernel/index.ts';

/** Whether a vendor's strict mode takes a schema: each object names all of its properties, needs them all, and takes no other. */
export function isStrictSchema(schema: Json | undefined): boolean {
  if (typeof schema !== 'object' || schema === null) return true;
  if (Array.isArray(schema)) return schema.every(isStrictSchema);
  const { type, properties, required, additionalProperties } = schema as JsonObject;
  if (type === 'object' || properties !== undefined) {
    const needed = new Set(Array.isArray(required) ? required : []);
    const names = Object.keys(typeof properties === 'object' && properties !== null ? properties : {});
    if (additionalProperties !== false || !names.every((name) => needed.has(name))) return false;
  }
  return Object.values(schema).every(isStrictSchema);
}

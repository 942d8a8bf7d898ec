import { partsOf } from '../form/pointer.ts';
import { below, readTree } from './json-tree.ts';

/** Where a part of a JSON document stands, in characters. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/**
 * The value that a JSON Pointer names; as much of the way as there is, when the document does not have it.
 * @example placeOf('{"a": [1, 2]}', '/a/1') // { from: 10, to: 11 }
 */
export function placeOf(text: string, pointer: string): Place {
  const root = readTree(text);
  if (!root) return { from: 0, to: Math.min(text.length, 1) };
  let node = root;
  for (const part of partsOf(pointer)) {
    const inner = below(node, part);
    if (!inner) break;
    node = inner;
  }
  return { from: node.from, to: node.to };
}

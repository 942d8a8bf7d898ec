/** The same bytes in pieces of one size, the last one smaller; none for no bytes. */
export async function* piecesOf(source: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let piece = Buffer.allocUnsafe(0);
  let filled = 0;
  for await (const bytes of source) {
    for (let taken = 0; taken < bytes.byteLength; ) {
      // Each piece is memory of its own: the one before may still be on its way.
      if (piece.length === 0) piece = Buffer.allocUnsafeSlow(size);
      const part = bytes.subarray(taken, taken + size - filled);
      piece.set(part, filled);
      filled += part.byteLength;
      taken += part.byteLength;
      if (filled < size) continue;
      yield piece;
      piece = Buffer.allocUnsafe(0);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

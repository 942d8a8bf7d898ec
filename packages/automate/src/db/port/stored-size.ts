/**
 * SQL for about how many bytes the value of a column takes once it is read: what is stored compressed may be a hundred times as large.
 * @param column its name
 */
export function storedSize(column: string): string {
  return `coalesce(case when pg_column_compression(${column}) is null then pg_column_size(${column}) else octet_length(${column}::text) end, 0)`;
}

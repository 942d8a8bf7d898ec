import type { Queryable } from '../../db/index.ts';
import { newId } from '../../kernel/index.ts';
import type { Content } from './content.ts';

export interface VersionRow extends Content {
  readonly id: string;
  readonly version: number;
  readonly message: string;
  readonly created_by: string;
  readonly created_at: string;
}

const COLUMNS = 'id, version, message, messages, variables, model, params, response_format, tools, created_by, created_at';

/** Newest first, below a version. */
export async function versionsOf(
  transaction: Queryable,
  promptId: string,
  { below, limit }: { below: number | undefined; limit: number },
): Promise<VersionRow[]> {
  const { rows } = await transaction.query<VersionRow>(
    `select ${COLUMNS} from gateway.prompt_versions where prompt_id = $1 and ($2::int is null or version < $2)
     order by version desc limit $3`,
    [promptId, below ?? null, limit],
  );
  return rows;
}

export async function findVersion(db: Queryable, promptId: string, version: number): Promise<VersionRow | undefined> {
  const { rows } = await db.query<VersionRow>(
    `select ${COLUMNS} from gateway.prompt_versions where prompt_id = $1 and version = $2`,
    [promptId, version],
  );
  return rows[0];
}

/** Those of the versions that there are. */
export async function existingVersions(
  transaction: Queryable,
  promptId: string,
  versions: readonly number[],
): Promise<Set<number>> {
  const { rows } = await transaction.query<{ version: number }>(
    'select version from gateway.prompt_versions where prompt_id = $1 and version = any($2::int[])',
    [promptId, versions],
  );
  return new Set(rows.map(({ version }) => version));
}

export async function insertVersion(
  transaction: Queryable,
  row: { tenantId: string; promptId: string; version: number; message: string; createdBy: string; content: Content },
): Promise<VersionRow> {
  const { messages, variables, model, params, response_format: format, tools } = row.content;
  const { rows } = await transaction.query<VersionRow>(
    `insert into gateway.prompt_versions (id, tenant_id, prompt_id, version, message, messages, variables, model, params,
       response_format, tools, created_by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) returning ${COLUMNS}`,
    [
      newId(),
      row.tenantId,
      row.promptId,
      row.version,
      row.message,
      JSON.stringify(messages),
      JSON.stringify(variables),
      model,
      JSON.stringify(params),
      format && JSON.stringify(format),
      JSON.stringify(tools),
      row.createdBy,
    ],
  );
  return rows[0] as VersionRow;
}

import { z } from 'zod';
import { BaseViewSet, type Context, StaffOnlyMixin } from '../../api/index.ts';
import { Timestamp } from '../../kernel/index.ts';
import { auditActorOf } from '../audit/actor.ts';

const MasterKey = z
  .object({
    version: z.int(),
    created_at: Timestamp,
    retired_at: Timestamp.nullable(),
    values: z.int().describe('Values of secrets whose keys it wraps; a rotation brings those of older keys to 0'),
    is_held: z.boolean().describe('Whether what it wraps can be opened: false when it was destroyed'),
  })
  .meta({ id: 'MasterKey' });
const MasterKeyList = z.object({ results: z.array(MasterKey) });
const RotationStarted = z
  .object({ version: z.int().describe('The new master key'), job_id: z.uuid().describe('Wraps everything with it') })
  .meta({ id: 'RotationStarted' });

/** Master keys, which wrap the keys of all secrets; for staff. */
export class MasterKeyViewSet extends StaffOnlyMixin(BaseViewSet) {
  static {
    this.describe('list', { summary: 'List the master keys, newest first', response: MasterKeyList });
    this.action('rotate', {
      detail: false,
      methods: ['post'],
      summary: 'Rotate the master key',
      description: 'Secrets stay readable and writable meanwhile. See the list, or the job, for how far it is.',
      response: RotationStarted,
      status: 202,
    });
  }
  override scopeResource: string | undefined = 'secrets';
  override tag: string | undefined = 'Master keys';
  override tagDescription: string | undefined = 'What the keys of all secrets are wrapped with; for staff.';

  async list(ctx: Context): Promise<z.input<typeof MasterKeyList>> {
    return { results: await ctx.services.masterKeys.list() };
  }

  async rotate(ctx: Context): Promise<z.input<typeof RotationStarted>> {
    const { version, jobId } = await ctx.services.masterKeys.rotate(auditActorOf(ctx));
    return { version, job_id: jobId };
  }
}

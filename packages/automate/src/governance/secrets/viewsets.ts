import type { z } from 'zod';
import { BaseReadOnlyViewSet, type Context, requirePrincipal } from '../../api/index.ts';
import { commonErrors, type Row } from '../../kernel/index.ts';
import { auditActorOf } from '../audit/actor.ts';
import '../services.ts';
import { secretExamples as examples } from './examples.ts';
import { Secret, SecretCreate, SecretModel, SecretPatch, SecretRotate } from './schemas.ts';
import { SecretService } from './secret-service.ts';

type SecretRow = Row<typeof SecretModel>;

/** Secrets of the tenant. A value can be set and replaced, and never be read. */
export class SecretViewSet extends BaseReadOnlyViewSet<typeof SecretModel> {
  static {
    this.describe('create', {
      summary: 'Store a secret',
      description: 'Or name a place where the operator keeps it, which only staff may.',
      body: SecretCreate,
      examples: examples.create,
      response: Secret,
      idempotent: false,
      problems: { 422: 'The policy of the tenant allows no more of them.' },
    });
    this.describe('partialUpdate', {
      summary: 'Change the hosts or the description',
      body: SecretPatch,
      examples: examples.partialUpdate,
      response: Secret,
    });
    this.describe('destroy', { summary: 'Remove a secret', status: 204 });
    this.action('rotate', {
      detail: true,
      methods: ['post'],
      summary: 'Give a secret a new value',
      description: 'Takes effect with the next step that uses it, in every process.',
      body: SecretRotate,
      examples: examples.rotate,
      response: Secret,
      idempotent: false,
    });
  }
  readonly model = SecretModel;
  override tag: string | undefined = 'Secrets';
  override tagDescription: string | undefined =
    'Values that steps send to the hosts you name. A value can be set and replaced, and is never shown again.';

  async create(ctx: Context<z.output<typeof SecretCreate>>): Promise<SecretRow> {
    if (ctx.body.reference !== undefined && !requirePrincipal(ctx).isStaff) {
      throw commonErrors.forbidden('What the operator keeps may be named by staff only: store a value, or ask staff.');
    }
    const id = await this.getService(ctx).create(ctx.body);
    ctx.reply.header('location', ctx.api.reverse(`${ctx.route.basename}.retrieve`, { id }));
    return this.again(id, ctx);
  }

  async partialUpdate(ctx: Context<z.output<typeof SecretPatch>>): Promise<SecretRow> {
    const secret = ctx.row as SecretRow;
    // With new hosts the operator's value could be sent anywhere.
    if (secret.reference !== null && ctx.body.hosts && !requirePrincipal(ctx).isStaff) {
      throw commonErrors.forbidden('The hosts of what the operator keeps may be changed by staff only.');
    }
    await this.getService(ctx).update(secret, ctx.body);
    return this.again(secret.id, ctx);
  }

  async destroy(ctx: Context): Promise<void> {
    await this.getService(ctx).remove(ctx.row as SecretRow);
  }

  async rotate(secret: SecretRow, ctx: Context<z.output<typeof SecretRotate>>): Promise<SecretRow> {
    await this.getService(ctx).rotate(secret, ctx.body.value);
    return this.again(secret.id, ctx);
  }

  getService(ctx: Context): SecretService {
    const { database: db, keyring, secrets, audit, policies } = ctx.services;
    return new SecretService({ db, keyring, secrets, audit, policies }, auditActorOf(ctx));
  }

  private async again(id: string, ctx: Context): Promise<SecretRow> {
    const row = await ctx.services.models.get(this.model, id, { tenantId: requirePrincipal(ctx).tenantId });
    if (!row) throw commonErrors.not_found('Nothing of yours has this id.');
    return row;
  }
}

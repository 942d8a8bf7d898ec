import type { z } from 'zod';
import { BaseReadOnlyViewSet, type Context, requirePrincipal } from '../../api/index.ts';
import type { Queryable } from '../../db/index.ts';
import { invalidInput, type Row } from '../../kernel/index.ts';
import { auditActorOf } from '../audit/actor.ts';
import type { Roles } from '../roles/roles.ts';
import '../services.ts';
import './api-key.ts';
import './current-session.ts';
import { ApiKeyService } from './api-key-service.ts';
import { apiKeyExamples as examples } from './examples.ts';
import { ApiKey, ApiKeyCreate, ApiKeyCreated, ApiKeyModel, ApiKeyPatch, ApiKeyRotate } from './schemas.ts';

type KeyRow = Row<typeof ApiKeyModel>;

/** API keys of the tenant: made, shown without their value, rotated and revoked. */
export class ApiKeyViewSet extends BaseReadOnlyViewSet<typeof ApiKeyModel> {
  static {
    this.describe('create', {
      summary: 'Make an API key',
      description: 'The reply holds its value, this once. A key can do no more than whoever makes it, at any time.',
      body: ApiKeyCreate,
      examples: examples.create,
      response: ApiKeyCreated,
      idempotent: false,
      problems: { 422: 'The policy of the tenant allows no more of them.' },
    });
    this.describe('partialUpdate', {
      summary: 'Rename an API key',
      body: ApiKeyPatch,
      examples: examples.partialUpdate,
      response: ApiKey,
    });
    this.describe('destroy', {
      summary: 'Revoke an API key',
      description: 'Takes effect within a second in every process, for the keys that were made with it too.',
      status: 204,
    });
    this.action('rotate', {
      detail: true,
      methods: ['post'],
      summary: 'Give an API key a new value',
      body: ApiKeyRotate,
      examples: examples.rotate,
      response: ApiKeyCreated,
      idempotent: false,
    });
  }
  readonly model = ApiKeyModel;
  override tag: string | undefined = 'API keys';
  override tagDescription: string | undefined =
    'Keys of programs. A key has scopes, can do no more than whoever made it, and its value is shown once.';

  async create(ctx: Context<z.output<typeof ApiKeyCreate>>): Promise<z.input<typeof ApiKeyCreated>> {
    const { name, kind, origins, is_staff: isStaff, expires_at: expiresAt } = ctx.body;
    const scopes = scopesOf(ctx.body.scopes, ctx.services.roles, ctx.api.scopes);
    if (expiresAt !== null && Date.parse(expiresAt) <= Date.now()) {
      throw invalidInput([{ pointer: '/expires_at', code: 'in_the_past', message: 'must lie in the future' }]);
    }
    const { id, value } = await this.getService(ctx).create({ name, kind, scopes, origins, isStaff, expiresAt });
    ctx.reply.header('location', ctx.api.reverse(`${ctx.route.basename}.retrieve`, { id }));
    return this.shownOnce(id, value, ctx);
  }

  async partialUpdate(ctx: Context<z.output<typeof ApiKeyPatch>>): Promise<KeyRow> {
    const key = ctx.row as KeyRow;
    await this.getService(ctx).rename(key.id, key.name, ctx.body.name);
    return { ...key, name: ctx.body.name };
  }

  async destroy(ctx: Context): Promise<void> {
    await this.getService(ctx).revoke((ctx.row as KeyRow).id);
  }

  async rotate(key: KeyRow, ctx: Context<z.output<typeof ApiKeyRotate>>): Promise<z.input<typeof ApiKeyCreated>> {
    const value = await this.getService(ctx).rotate(key, ctx.body.overlap_seconds);
    return this.shownOnce(key.id, value, ctx);
  }

  getService(ctx: Context): ApiKeyService {
    const { database: db, apiKeys, audit, policies, currentSession } = ctx.services;
    const principal = requirePrincipal(ctx);
    const holdSession = principal.kind === 'user' ? (transaction: Queryable) => currentSession.hold(ctx, transaction) : undefined;
    return new ApiKeyService({ db, apiKeys, audit, policies, holdSession }, principal, auditActorOf(ctx));
  }

  /** A key with its value, in a reply that nothing may keep. */
  private async shownOnce(id: string, value: string, ctx: Context): Promise<z.input<typeof ApiKeyCreated>> {
    ctx.reply.header('cache-control', 'no-store');
    const row = await ctx.services.models.get(this.model, id, { tenantId: requirePrincipal(ctx).tenantId });
    return { ...(row as KeyRow), key: value };
  }
}

/**
 * Scopes as they are stored: the name of a permission becomes the scope it stands for.
 * @param asked those that routes ask for
 * @throws AppError `invalid_input` for one that is misspelt: it would make a key that is refused everywhere
 */
function scopesOf(given: readonly string[], roles: Roles, asked: readonly string[]): string[] {
  const scopes = given.map((scope) => roles.permissions.get(scope) ?? scope);
  const known = [...new Set([...roles.scopes, ...asked])].sort();
  const resources = new Set(known.map((scope) => scope.slice(0, scope.indexOf(':'))));
  const issues = scopes.flatMap((scope, index) => {
    const isKnown = scope === '*' || known.includes(scope) || (scope.endsWith(':*') && resources.has(scope.slice(0, -2)));
    if (isKnown) return [];
    if (scope !== '*' && !scope.includes(':')) return [noPermission(index, roles)];
    return [{ pointer: `/scopes/${index}`, code: 'unknown_scope', message: 'is no scope of any route', known }];
  });
  if (issues.length > 0) throw invalidInput(issues);
  return [...new Set(scopes)];
}

function noPermission(index: number, { permissions }: Roles) {
  const message = `is no permission; there are ${[...permissions.keys()].join(', ')}`;
  return { pointer: `/scopes/${index}`, code: 'unknown_permission', message };
}

import {
  allow,
  BaseModelViewSet,
  type Context,
  commonErrors,
  IsAuthenticated,
  many,
  newId,
  one,
  RateLimitMixin,
  type Relations,
  rate,
  requirePrincipal,
  requireScope,
  type Scope,
} from 'automate/api';
import { z } from 'zod';
import { Note, NoteModel, type NoteRow, Project, ProjectModel, type ProjectRow } from './models.ts';
import { IsProjectMember, isMember } from './permissions.ts';

export class ProjectViewSet extends BaseModelViewSet<typeof ProjectModel> {
  readonly model = ProjectModel;
  readonly createSchema = z.strictObject({ name: Project.shape.name, member_ids: Project.shape.member_ids.default([]) });
  override relations: Relations = { notes: many(NoteModel, 'project_id', { limit: 20, order: '-created_at' }) };

  override async performCreate(values: Partial<ProjectRow>, ctx: Context, scope: Scope): Promise<ProjectRow> {
    return super.performCreate({ ...values, id: newId() }, ctx, scope);
  }
}

export class NoteViewSet extends RateLimitMixin(BaseModelViewSet<typeof NoteModel>) {
  static {
    this.action('archive', { detail: true, methods: ['post'], response: Note });
  }
  readonly model = NoteModel;
  readonly createSchema: z.ZodObject = z.strictObject({
    project_id: Note.shape.project_id,
    title: Note.shape.title,
    text: Note.shape.text.default(''),
    priority: Note.shape.priority.default(5),
  });
  override updateSchema: z.ZodObject = this.createSchema.omit({ project_id: true });
  override permissions = allow(IsAuthenticated, IsProjectMember);
  override relations: Relations = { project: one(ProjectModel, 'project_id') };
  override rateLimit = rate('1000/hour', { key: 'user' });

  async archive(note: NoteRow, ctx: Context): Promise<NoteRow> {
    return this.performUpdate(note, { status: 'archived' }, ctx, requireScope(this.getQuery(ctx)));
  }

  override async performCreate(values: Partial<NoteRow>, ctx: Context, scope: Scope): Promise<NoteRow> {
    if (!(await isMember(ctx, values.project_id as string))) throw commonErrors.forbidden('Only members write in a project.');
    return super.performCreate({ ...values, id: newId(), status: 'draft', created_by: requirePrincipal(ctx).id }, ctx, scope);
  }
}

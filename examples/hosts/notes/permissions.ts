import { type Context, isUuid, type Permission } from 'automate/api';
import { type NoteRow, ProjectModel } from './models.ts';

/** Members of a note's project, and staff. */
export const IsProjectMember: Permission = {
  name: 'IsProjectMember',
  // Below `projects/{project}/notes` the path names the project, before any note is loaded.
  allows: (ctx) => ctx.params.project === undefined || isMember(ctx, ctx.params.project),
  allowsObject: (ctx, note: NoteRow) => isMember(ctx, note.project_id),
};

/** Whether the caller may work on a project of its tenant. */
export async function isMember({ principal, services }: Context, projectId: string): Promise<boolean> {
  if (!principal) return false;
  if (principal.isStaff) return true;
  if (!isUuid(projectId)) return false;
  const project = await services.models.get(ProjectModel, projectId, { tenantId: principal.tenantId });
  return project?.member_ids.includes(principal.id) ?? false;
}

import { BaseReadOnlyViewSet } from '../api/index.ts';
import { JobModel } from './schemas.ts';

/** Lists and shows jobs, those in the dead letters (`?state=failed`) included. */
export class JobViewSet extends BaseReadOnlyViewSet<typeof JobModel> {
  readonly model = JobModel;
}

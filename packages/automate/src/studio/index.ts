export type { AdminModels } from './admin/models.ts';
export { Correlation, CorrelationExplorerView } from './correlation/viewsets.ts';
export { studio } from './feature.ts';
export { SchemaViewSet } from './schema/viewsets.ts';

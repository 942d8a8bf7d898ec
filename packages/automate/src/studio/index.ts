export type { AdminModels } from './admin/models.ts';
export { Correlation, CorrelationExplorerView } from './correlation/viewsets.ts';
export type { DashboardTile, TileReading } from './dashboard/tiles.ts';
export { studio } from './feature.ts';
export { SchemaViewSet } from './schema/viewsets.ts';
export type { SampleAutomation } from './welcome/services.ts';

export { studio } from './feature.ts';
export { Correlation, CorrelationExplorerView } from './correlation/viewsets.ts';
export { SchemaViewSet } from './schema/viewsets.ts';

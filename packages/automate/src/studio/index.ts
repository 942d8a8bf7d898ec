export { Correlation, CorrelationExplorerView } from './correlation/viewsets.ts';

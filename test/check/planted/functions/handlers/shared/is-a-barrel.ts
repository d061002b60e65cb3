// caught by lint/performance/noReExportAll: Do not use export all
export * from './telemetry.ts';

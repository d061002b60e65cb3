import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Account, MetricDatum, Resource } from '../../../lib/local/types.ts';

const ARN = 'arn:aws:lambda:us-east-1:000000000000:function:';

export const resource = (logicalId: string, type: string, properties: Record<string, unknown> = {}): Resource => ({
  stack: 'test',
  logicalId,
  type,
  properties,
  dependsOn: [],
});

/** A function named like its logical id, with an alias `live` and a role of its own. */
export const fn = (logicalId: string, properties: Record<string, unknown> = {}): Resource[] => [
  resource(`${logicalId}Role`, 'AWS::IAM::Role'),
  resource(logicalId, 'AWS::Lambda::Function', {
    Handler: 'index.handler',
    Role: `arn:aws:iam::000000000000:role/${logicalId}Role`,
    MemorySize: 256,
    ...properties,
  }),
  resource(`${logicalId}Live`, 'AWS::Lambda::Alias', { FunctionName: logicalId, Name: 'live' }),
];

export const account = (resources: readonly Resource[]): Account => {
  const find = (logicalId: string): Resource => {
    const found = resources.find((candidate) => candidate.logicalId === logicalId);
    if (found === undefined) throw new Error(`no ${logicalId}`);
    return found;
  };
  return {
    region: 'us-east-1',
    accountId: '000000000000',
    resources,
    ofType: (type) => resources.filter((candidate) => candidate.type === type),
    ref: (logicalId) => {
      const { type, properties } = find(logicalId);
      if (type === 'AWS::Lambda::Alias') return `${ARN}${properties.FunctionName}:${properties.Name}`;
      return type === 'AWS::ApiGateway::Stage' ? String(properties.StageName) : logicalId;
    },
    attribute: (logicalId, name) => {
      const { type } = find(logicalId);
      if (type === 'AWS::IAM::Role' && name === 'Arn') return `arn:aws:iam::000000000000:role/${logicalId}`;
      if (type === 'AWS::ApiGateway::RestApi' && name === 'RootResourceId') return `${logicalId}-root`;
      if (type === 'AWS::Lambda::Function' && name === 'Arn') return `${ARN}${logicalId}`;
      throw new Error(`no ${type}.${name}`);
    },
  };
};

/** Writes `source` as the bundle of a function; returns its directory. */
export const bundleOf = (folder: string, logicalId: string, source: string): string => {
  const directory = join(folder, logicalId);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'index.mjs'), source);
  return directory;
};

/** A metric store that only remembers. */
export const metricLog = () => {
  const data: MetricDatum[] = [];
  return {
    data,
    put: (datum: MetricDatum) => void data.push(datum),
    values: (name: string, dimensions: Record<string, string>) =>
      data
        .filter((datum) => datum.name === name && JSON.stringify(datum.dimensions) === JSON.stringify(dimensions))
        .map(({ value }) => value),
  };
};

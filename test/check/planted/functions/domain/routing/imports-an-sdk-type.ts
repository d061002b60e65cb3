// caught by lint/style/noRestrictedImports: domain-imports
import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Stored = Record<string, AttributeValue>;

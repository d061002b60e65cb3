// caught by lint/style/noRestrictedImports: application-imports
import { makeDynamoClient } from '../../adapters/dynamodb/client.ts';

export const client = makeDynamoClient();

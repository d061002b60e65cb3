// caught by lint/style/noRestrictedImports: agents-imports
import { makeDynamoClient } from '../../adapters/dynamodb/client.ts';

export const client = makeDynamoClient();

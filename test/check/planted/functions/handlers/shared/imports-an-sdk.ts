// caught by lint/style/noRestrictedImports: handlers-imports
import { LambdaClient } from '@aws-sdk/client-lambda';

export const client = new LambdaClient();

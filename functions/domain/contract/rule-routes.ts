import { BODY, type Route } from './route.ts';
import { RoutingRules, RoutingRulesView, RulesQuery } from './routing-rules.ts';

/** Whose rules a request is about. */
const OWN_OR_GLOBAL =
  "the tenant's own routing rules (or those of all tenants, with visibility=global and the scope platform)";

export const RULE_ROUTES: readonly Route[] = [
  {
    method: 'get',
    answeredBy: 'api',
    path: '/v1/routing/rules',
    operationId: 'getRoutingRules',
    summary: `Show ${OWN_OR_GLOBAL}.`,
    scope: 'agents:read',
    query: RulesQuery,
    replies: { 200: RoutingRulesView },
    failures: ['STORE_UNAVAILABLE'],
  },
  {
    method: 'put',
    answeredBy: 'registration',
    path: '/v1/routing/rules',
    operationId: 'replaceRoutingRules',
    summary: `Replace ${OWN_OR_GLOBAL}. Every router follows within 5 s.`,
    scope: 'agents:write',
    request: RoutingRules,
    query: RulesQuery,
    ifMatch: 'required',
    replies: { 200: RoutingRulesView },
    failures: [...BODY, 'VERSION_REQUIRED', 'VERSION_STALE', 'STORE_UNAVAILABLE'],
  },
];

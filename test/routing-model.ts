import { loadRoutingModel, type RoutingModel } from '../functions/adapters/routing-model.ts';
import type { ReadIntent } from '../functions/domain/routing/intent/intent-reading.ts';

let model: RoutingModel | undefined;

/** Reads intents by the model that ships; it is loaded by the first message, in some 0.2 s. */
export const readIntent: ReadIntent = (subject) => {
  model ??= loadRoutingModel(new URL('../functions/model/', import.meta.url));
  return model.readIntent(subject);
};

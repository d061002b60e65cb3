import { describe, expect, it, vi } from 'vitest';
import { handler as codeGenerator } from '../../functions/agents/code-generator.ts';
import { handler as codeReviewer } from '../../functions/agents/code-reviewer.ts';
import { handler as contextAnalyzer } from '../../functions/agents/context-analyzer.ts';
import { handler as debug } from '../../functions/agents/debugger.ts';
import { handler as documentation } from '../../functions/agents/documentation.ts';
import { ask } from '../agents/ask.ts';
import { HEAVY_INPUTS } from '../agents/heavy-inputs.ts';

vi.hoisted(() => {
  process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
});

const AGENTS = Object.entries({ contextAnalyzer, codeGenerator, debug, documentation, codeReviewer });
const FORMS: readonly (readonly [string, (paste: string) => string])[] = [
  ['bare', (paste) => paste],
  ['fenced as TypeScript', (paste) => `\`\`\`ts\n${paste}`],
  ['fenced as Python', (paste) => `\`\`\`py\n${paste}`],
  ['fenced as Java', (paste) => `\`\`\`java\n${paste}`],
  ['fenced as Go', (paste) => `\`\`\`go\n${paste}`],
];

describe.each(AGENTS)('%s', (_, handler) => {
  describe.each(FORMS)('%s', (_form, write) => {
    it.each(HEAVY_INPUTS)('survives 1 MiB of %s within 5 s', async (_kind, paste) => {
      const before = process.cpuUsage();
      await ask(handler, write(paste));
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1e6).toBeLessThan(5);
    });
  });
});

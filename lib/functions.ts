/** Every Lambda function of the stack: its construct id and the file that exports its `handler`. */
export const FUNCTIONS = {
  Authorizer: 'functions/handlers/authorizer.ts',
  Router: 'functions/handlers/router.ts',
  Api: 'functions/handlers/api.ts',
  Registration: 'functions/handlers/registration.ts',
  Worker: 'functions/handlers/worker.ts',
  Sweeper: 'functions/handlers/sweeper.ts',
  Monitor: 'functions/handlers/monitor.ts',
  Registrar: 'functions/handlers/registrar.ts',
  ContextAnalyzer: 'functions/agents/context-analyzer.ts',
  CodeGenerator: 'functions/agents/code-generator.ts',
  Debugger: 'functions/agents/debugger.ts',
  Documentation: 'functions/agents/documentation.ts',
  CodeReviewer: 'functions/agents/code-reviewer.ts',
} as const;

export type FunctionName = keyof typeof FUNCTIONS;

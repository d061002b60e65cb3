import { Route } from '../../../functions/domain/contract/agent-protocol.ts';
import { type Check, fail, notApplicable, pass, type Verdict } from '../check.ts';
import { readAnswer, shapeProblem } from '../read-answer.ts';
import { CANDIDATES } from '../sample-requests.ts';
import type { Subject } from '../subject.ts';

const ADVICE = 'Answer {"route": {"agent_id": "…", "reason": "…"}} with one of the candidates, or {"role": "none"}.';

/** Asks a supervisor to choose. */
const chooses = async (subject: Subject): Promise<Verdict> => {
  if (subject.options.role !== 'supervisor') return notApplicable('it is no supervisor');
  const read = readAnswer(await subject.ask());
  if ('problem' in read) return read.problem;
  const { handoff } = read.answer;
  // Unlike Switchboard, which leaves out what is no route, it says what is wrong with it.
  const said: unknown = read.answer.route;
  const wrong = said === undefined ? undefined : shapeProblem(Route, said);
  if (wrong !== undefined) return fail(`its route is none (${wrong})`, ADVICE);
  const route = read.answer.route ?? (handoff && { agent_id: handoff.agent_id, role: handoff.agent_type });
  if (route === undefined) return fail('it chose nobody', ADVICE);
  const { agent_id: agentId, role } = route;
  if (agentId === undefined) return pass(`the role ${role}`);
  if (CANDIDATES.some((candidate) => candidate.agent_id === agentId)) return pass(agentId);
  return fail(`it chose ${agentId}, who is no candidate`, ADVICE);
};

export const ROUTE_CHECKS: readonly Check[] = [
  {
    id: 'route',
    title: 'a supervisor chooses one of the candidates, or says that the message is for none',
    clause: 'Route',
    after: ['answer'],
    run: chooses,
  },
];

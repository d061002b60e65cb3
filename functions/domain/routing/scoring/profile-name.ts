/**
 * Names what was made of an agent's examples and description at one time, in its card.
 * @param version as `profileVersion` says
 * @param mark different for each that is made; undefined where they say nothing, so that there is none
 */
export const profileName = (version: number, mark: string | undefined): string =>
  `${version.toString(36)}/${mark ?? ''}`;

/** Whether the name says that this version has looked at the agent. */
export const isOfVersion = (name: string | undefined, version: number): boolean =>
  name?.startsWith(`${version.toString(36)}/`) === true;

/** Whether there is a profile behind the name. */
export const hasProfile = (name: string): boolean => !name.endsWith('/');

const PLAIN = /^https?:\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:[/?]|$)/;

/**
 * The host of an HTTP(S) URL, in lower case and without its port; undefined for an ARN and for a URL whose host is not
 * written plainly (user name, percent signs, characters beyond ASCII): parsers disagree about those.
 */
export const hostOf = (endpointUrl: string): string | undefined => PLAIN.exec(endpointUrl)?.[1]?.toLowerCase();

/** One event of a `text/event-stream`. */
export interface StreamEvent {
  readonly event: string;
  readonly data: string;
}

/** The events of a whole stream. A last event without its empty line was cut off and is left out. @see WHATWG HTML, 9.2 */
export const readStream = (text: string): readonly StreamEvent[] => {
  const events: StreamEvent[] = [];
  let event = '';
  let lines: string[] = [];
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)) {
    if (line === '') {
      if (lines.length > 0) events.push({ event: event === '' ? 'message' : event, data: lines.join('\n') });
      event = '';
      lines = [];
    }
    const [, field, value = ''] = /^([^:]+)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') event = value;
    if (field === 'data') lines.push(value);
  }
  return events;
};

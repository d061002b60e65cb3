/** The caller gets no reply but a closed socket: an interposer throws it, or the caller itself has gone. */
export class ConnectionReset extends Error {
  override readonly name = 'ConnectionReset';
}

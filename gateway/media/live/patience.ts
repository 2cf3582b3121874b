/** Ends sockets whose request does not get complete in time: the inner servers of a port never listen, so Node's own timers never run. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock } from '../../core/ports.ts'

type Named = Pick<Socket, 'remoteAddress' | 'remotePort'>

export interface Patience {
  /** A new socket: `ms` until its request is complete or upgraded, TLS included. */
  begin(socket: Socket): void
  /** A request's head is here; its body is read away and the time stops with it, to start again after the answer. */
  request(request: IncomingMessage, response: ServerResponse): void
  /** The socket has become something else, with timers of its own. */
  end(socket: Named): void
}

/** By peer, not by socket: a request over TLS knows the TLS socket only, which has the same peer as the one below it. */
export function createPatience(clock: Clock, ms: number): Patience {
  const sockets = new Map<string, { readonly socket: Socket; cancel: () => void; unanswered: number }>()
  const peer = (socket: Named): string => `${socket.remoteAddress}|${socket.remotePort}`
  const arm = (key: string): void => {
    const held = sockets.get(key)
    if (!held) return
    held.cancel()
    held.cancel = clock.after(ms, () => held.socket.destroy())
  }
  const disarm = (key: string): void => sockets.get(key)?.cancel()
  return {
    begin(socket) {
      const key = peer(socket)
      sockets.set(key, { socket, cancel: () => {}, unanswered: 0 })
      arm(key)
      socket.once('close', () => {
        if (sockets.get(key)?.socket !== socket) return
        disarm(key)
        sockets.delete(key)
      })
    },
    request(request, response) {
      const key = peer(request.socket)
      const held = sockets.get(key)
      if (!held) return
      held.unanswered += 1
      // An answer to the first half of a body, and the time goes on.
      request.once('end', () => held.unanswered > 0 && disarm(key))
      response.once('close', () => {
        held.unanswered -= 1
        if (held.unanswered === 0) arm(key)
      })
      request.resume()
    },
    end: socket => disarm(peer(socket))
  }
}

/** How many connections the HTTP side holds, in total and of one address: past that, no file is left for an alarm box. */
import type { IncomingMessage } from 'node:http'
import type { Server, Socket } from 'node:net'
import { ConnectionPlaces, type Placed } from '../core/connection-places.ts'
import { networkOf } from '../core/network.ts'

export interface DoorLimits {
  readonly total: number
  readonly perAddress: number
}

export interface Door {
  /** Counts the sockets of every server it is given together, WebSockets too. One past the limits of its address is cut at once; see ConnectionPlaces. */
  guard(server: Server): void
  /** Somebody with a session speaks by this connection: it keeps its place. */
  known(request: Pick<IncomingMessage, 'socket'>): void
}

interface Caller extends Placed {
  proven: boolean
  readonly socket: Socket
}

/** How long one may take for its request, or say nothing, is Node's to time. */
export function createDoor(limits: DoorLimits): Door {
  const places = new ConnectionPlaces<Caller>(limits)
  /** By address and port: over TLS a request has another socket than its connection. */
  const callers = new Map<string, Caller>()
  return {
    guard(server) {
      server.on('connection', socket => {
        const caller: Caller = { network: networkOf(socket.remoteAddress ?? 'unknown'), proven: false, socket }
        const { taken, displaced } = places.take(caller)
        if (!taken) return void socket.destroy()
        displaced?.socket.destroy()
        const name = nameOf(socket)
        callers.set(name, caller)
        socket.once('close', () => {
          places.leave(caller)
          if (callers.get(name) === caller) callers.delete(name)
        })
        return undefined
      })
    },
    known({ socket }) {
      const caller = callers.get(nameOf(socket))
      if (caller) caller.proven = true
    }
  }
}

const nameOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`

/** How many connections the HTTP side holds, in total and of one address: past that, no file is left for an alarm box. */
import type { Server } from 'node:net'

export interface DoorLimits {
  readonly total: number
  readonly perAddress: number
}

/** Counts the sockets of every server it is given together, WebSockets too, and cuts those past a limit at once. */
export function createDoor(limits: DoorLimits): (server: Server) => void {
  const perAddress = new Map<string, number>()
  let total = 0
  return server => {
    server.on('connection', socket => {
      const address = socket.remoteAddress ?? 'unknown'
      const ofAddress = perAddress.get(address) ?? 0
      if (total >= limits.total || ofAddress >= limits.perAddress) return void socket.destroy()
      total += 1
      perAddress.set(address, ofAddress + 1)
      socket.once('close', () => {
        total -= 1
        const left = (perAddress.get(address) ?? 1) - 1
        if (left > 0) perAddress.set(address, left)
        else perAddress.delete(address)
      })
      return undefined
    })
  }
}

/** Live viewers as browsers would have them: each counts how late every frame comes, by the stamp in its picture. */
import { WebSocket } from 'ws'
import { type CameraId, id, type UserId } from '../../../gateway/core/brand.ts'
import type { MediaPlane } from '../../../gateway/media/plane.ts'
import { stampMs } from './stamps.ts'

export interface Viewers {
  /** Source frame → message at a viewer, ms; since the last `clear`. */
  readonly delaysMs: number[]
  clear(): void
  close(): void
}

/** One viewer for each of the first `count` cameras of load.ts. */
export function openViewers(plane: MediaPlane, count: number): Viewers {
  const delaysMs: number[] = []
  const sockets = Array.from({ length: count }, (_, n) => {
    const grant = plane.liveTicket(id<CameraId>(`load-${n + 1}`), 'main', id<UserId>(`bench-${n + 1}`))
    const socket = new WebSocket(`ws://127.0.0.1:${grant.port}${grant.path}`, { perMessageDeflate: false })
    socket.on('open', () => socket.send(JSON.stringify({ ticket: grant.ticket })))
    socket.on('message', (data: Buffer, binary) => {
      const stamp = binary ? stampMs(data) : undefined
      if (stamp !== undefined) delaysMs.push(Date.now() - stamp)
    })
    socket.on('error', () => {})
    return socket
  })
  return {
    delaysMs,
    clear: () => {
      delaysMs.length = 0
    },
    close: () => {
      for (const socket of sockets) socket.terminate()
    }
  }
}

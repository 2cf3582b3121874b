/** The leader's board 态势看板, and the few of its figures that every seat has in sight: answers that pages ask for again and again. */
import type { FastifyInstance } from 'fastify'
import { sessionOf } from '../guard.ts'
import type { HttpAccess } from '../ports.ts'
import type { BoardRooms } from '../report-ports.ts'

export function boardRoutes(app: FastifyInstance, rooms: BoardRooms, access: HttpAccess): void {
  app.get('/api/board', async request => {
    const { user } = sessionOf(access, request.headers.cookie)
    access.require(user, 'report.read')
    return rooms.board(user)
  })
  app.get('/api/floor-figures', async request => {
    access.require(sessionOf(access, request.headers.cookie).user, 'incident.act')
    return rooms.floor()
  })
}

/** How the alarm lines are: every seat checks its own watch, whoever may read the diagnostics. */
import type { FastifyInstance } from 'fastify'
import { sessionOf } from '../guard.ts'
import type { LineRooms } from '../lines-ports.ts'
import type { HttpAccess } from '../ports.ts'

export function lineRoutes(app: FastifyInstance, rooms: LineRooms, access: HttpAccess): void {
  app.get('/api/lines', async request => {
    access.require(sessionOf(access, request.headers.cookie).user, 'source.read')
    return rooms.lines()
  })
}

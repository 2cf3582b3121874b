/** Health of cameras: figures, availability by day, one camera's day, the table as CSV, and announced work. Never a picture. */
import type { FastifyInstance } from 'fastify'
import { type CameraId, id } from '../../core/brand.ts'
import type { PlannedDraft } from '../../core/camera-health.ts'
import type { CameraDays, CameraHealthRow } from '../../core/camera-health-wire.ts'
import { csvCell } from '../../core/csv.ts'
import { keeperOf, sessionOf } from '../guard.ts'
import type { CameraHealthRooms, HttpAccess } from '../ports.ts'
import { DayQuery, DaysQuery, PlannedBody } from '../schemas.ts'

export function cameraRoutes(
  app: FastifyInstance,
  rooms: CameraHealthRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const mayRead = (cookie: string | undefined): void => access.require(sessionOf(access, cookie).user, 'camera.health')
  app.get('/api/camera-health', async request => {
    mayRead(request.headers.cookie)
    return rooms.rows()
  })
  app.get('/api/camera-health/days', async request => {
    mayRead(request.headers.cookie)
    return rooms.days()
  })
  app.get('/api/camera-health/:cameraId/day', { schema: { querystring: DayQuery } }, async request => {
    mayRead(request.headers.cookie)
    const { cameraId } = request.params as { cameraId: string }
    return rooms.day(id<CameraId>(cameraId), (request.query as { day: string }).day)
  })
  const planner = keeperOf(access, origins, 'camera.plan')
  app.post('/api/camera-health/planned', { schema: { body: PlannedBody }, bodyLimit: 128 * 1024 }, async request =>
    rooms.announce(request.body as PlannedDraft, planner(request))
  )
  app.post('/api/camera-health/planned/:id/end', async (request, reply) => {
    await rooms.endPlanned((request.params as { id: string }).id.slice(0, 80), planner(request))
    return reply.code(204).send()
  })
  app.get('/api/camera-health.csv', { schema: { querystring: DaysQuery } }, async (request, reply) => {
    mayRead(request.headers.cookie)
    const days = Number((request.query as { days?: string }).days ?? 30)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="camera-availability.csv"')
      .send(csvOf(await rooms.rows(), rooms.days(), Math.min(30, Math.max(1, days))))
  })
}

/** A row a camera and day; seconds as they were counted, so that any sum can be made from them. RFC 4180, with a mark for spreadsheets. */
function csvOf(rows: readonly CameraHealthRow[], { days, cameras }: CameraDays, count: number): string {
  const known = new Map(rows.map(row => [row.id as string, row]))
  const lines = ['camera,name,grid,ownership,day,live_s,down_s,planned_s,availability_percent']
  for (const { id: cameraId, days: figures } of cameras) {
    const row = known.get(cameraId)
    for (const [index, day] of days.entries()) {
      const figure = figures[index]
      if (index < days.length - count || !figure || !row) continue
      const [live, down, planned] = figure
      const share = live + down === 0 ? '' : ((100 * live) / (live + down)).toFixed(2)
      lines.push(
        [cameraId, row.name, row.gridCell ?? '', row.ownership, day, live, down, planned, share].map(cell).join(',')
      )
    }
  }
  return `\ufeff${lines.join('\r\n')}\r\n`
}

const cell = (value: string | number): string => csvCell(String(value))

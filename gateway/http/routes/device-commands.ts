/** Orders to the devices of an incident: which are possible now, and one order with its answer. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Compile from 'typebox/compile'
import { type IncidentId, id } from '../../core/brand.ts'
import type { CommandRequest } from '../../core/device-command.ts'
import { GatewayError } from '../../core/errors.ts'
import { COMMAND_BODIES, CommandBody } from '../command-schemas.ts'
import { keeperOf, originOf } from '../guard.ts'
import type { DeviceCommandRooms, HttpAccess } from '../ports.ts'

const CHECKS = new Map(Object.entries(COMMAND_BODIES).map(([kind, schema]) => [kind, Compile(schema)]))

export function deviceCommandRoutes(
  app: FastifyInstance,
  rooms: DeviceCommandRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const user = keeperOf(access, origins, 'device.command')
  const incidentOf = (request: FastifyRequest) => id<IncidentId>((request.params as { id: string }).id.slice(0, 80))

  app.get('/api/incidents/:id/commands', async request => rooms.targets(incidentOf(request), user(request)))
  app.post('/api/incidents/:id/commands', { schema: { body: CommandBody } }, async request => {
    const who = user(request)
    return rooms.order(incidentOf(request), requestOf(request.body as CommandRequest), who, originOf(request.raw))
  })
}

/** The envelope is checked; throws BODY_INVALID naming the order's first wrong fields. */
function requestOf(body: CommandRequest): CommandRequest {
  const { kind } = body.command
  const check = CHECKS.get(kind)
  if (!check) throw new GatewayError('BODY_INVALID', { field: 'command.kind', allowed: [...CHECKS.keys()].join(', ') })
  if (check.Check(body.command)) return body
  const faults = check
    .Errors(body.command)
    .map(e => `${e.instancePath || '/'} ${e.message.replace('schema is false', 'is no field here')}`)
  throw new GatewayError('BODY_INVALID', { command: kind, faults: faults.slice(0, 5).join('; ') })
}

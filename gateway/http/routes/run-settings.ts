/** Settings of the incident work: read and changed by the administrator while the gateway runs. */

import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { SERVICES } from '../../core/hand-over.ts'
import { NATURES } from '../../core/incident.ts'
import { RULE_KEYS, type RunDraft, TIME_KEYS } from '../../core/run-settings.ts'
import { UNIT_CLASSES } from '../../core/unit.ts'
import { draftFaults } from '../draft-faults.ts'
import { keeperOf } from '../guard.ts'
import type { HttpAccess } from '../ports.ts'
import type { RunSettingRooms } from '../run-setting-ports.ts'
import { strict, Version } from './record-routes.ts'

const all = <T extends Type.TSchema>(keys: readonly string[], of: T) =>
  strict(Object.fromEntries(keys.map(key => [key, Type.Optional(of)])))
/** Values are judged field by field, with words. */
const Draft = strict({
  times: all(TIME_KEYS, Type.Number()),
  rule: all(RULE_KEYS, Type.Array(Type.Enum([...UNIT_CLASSES]), { maxItems: UNIT_CLASSES.length })),
  routes: all(NATURES, Type.Array(Type.Enum([...SERVICES]), { maxItems: SERVICES.length })),
  reason: Type.String({ maxLength: 400 })
})

export function runSettingRoutes(
  app: FastifyInstance,
  rooms: RunSettingRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  const keeper = keeperOf(access, origins, 'setting.manage')
  app.get('/api/run-settings', request => {
    keeper(request)
    return rooms.detail()
  })
  const body = strict({ version: Version, draft: Draft })
  app.post('/api/run-settings', { schema: { body }, attachValidation: true }, async request => {
    const user = keeper(request)
    const { draft, version } = request.body as { draft: RunDraft; version: number }
    return draftFaults(request, '/draft') ?? rooms.save(draft, version, user)
  })
}

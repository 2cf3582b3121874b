/** Units and their rota: found, made, changed, removed. */

import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { UNIT_CLASSES, UNIT_SKILLS } from '../../core/unit.ts'
import { keeperOf } from '../guard.ts'
import type { HttpAccess, UnitRooms } from '../ports.ts'
import { RecordId, recordRoutes, strict } from './record-routes.ts'

const Text = Type.String({ maxLength: 200 })
const Draft = strict({
  id: Type.Optional(RecordId),
  ...{ name: Text, phone: Type.Optional(Text), gridCellId: Type.Optional(Text) },
  unitClass: Type.Enum([...UNIT_CLASSES]),
  vehicle: Type.Enum(['car', 'motorcycle', 'bicycle', 'foot']),
  ...{ memberCount: Type.Number(), speedKmh: Type.Number() },
  skills: Type.Optional(Type.Array(Type.Enum([...UNIT_SKILLS]), { maxItems: UNIT_SKILLS.length })),
  rota: Type.Optional(
    Type.Array(strict({ days: Type.Array(Type.Number(), { maxItems: 7 }), from: Text, to: Text }), { maxItems: 100 })
  )
})

export function unitRoutes(
  app: FastifyInstance,
  rooms: UnitRooms,
  access: HttpAccess,
  origins: readonly string[]
): void {
  recordRoutes(app, '/api/units', { rooms, keeper: keeperOf(access, origins, 'registry.manage'), draft: Draft })
}

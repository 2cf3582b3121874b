/** Settings of dispatch 派单: who may be sent by the system itself. */
import { type Static, Type } from 'typebox'
import { DANGERS, isTrained, SITUATIONS, type Situation, TRAINED } from '../core/class-rule.ts'
import { UNIT_CLASSES } from '../core/unit.ts'
import type { Fault } from './faults.ts'

const WORDS: Readonly<Record<Situation, string>> = {
  ...{ medical: '医疗', violence: '涉暴力', intrusion: '入室、盗窃', fire: '火情', lostOrFallen: '走失、跌倒' },
  ...{ traffic: '交通', dispute: '纠纷', equipment: '设备故障', other: '其他', unknown: '尚未定性' }
}

const classes = (description: string) =>
  Type.Array(Type.Union(UNIT_CLASSES.map(each => Type.Literal(each))), {
    ...{ default: [...TRAINED], maxItems: UNIT_CLASSES.length, description }
  })

const situation = (name: Situation) =>
  Type.Object(
    { p1: classes('priority 1'), p2: classes('priority 2'), p3: classes('priority 3'), p4: classes('4 and 5') },
    { description: WORDS[name], additionalProperties: false, default: {} }
  )

const bySystem = Type.Object(
  Object.fromEntries(SITUATIONS.map(each => [each, situation(each)])) as Record<
    Situation,
    ReturnType<typeof situation>
  >,
  {
    description:
      'Classes that the system may offer an incident by itself; any other is sent by hand, with a reason. Volunteers and informants never into danger',
    additionalProperties: false,
    default: {}
  }
)

const later = (value: number, description: string) =>
  Type.Integer({ default: value, minimum: 0, maximum: 600_000, description })

const prefer = Type.Object(
  {
    ownLaterMs: later(90_000, 'of the cell that holds the place 辖区: first, if it is there at most so much later'),
    urgentOwnLaterMs: later(15_000, 'the same for P1 and duress, where touching cells and orders of late do not count'),
    neighbourLaterMs: later(45_000, 'of a cell that touches that one: the same'),
    skillLaterMs: later(60_000, 'with a skill that the nature asks for: the same'),
    perOrderMs: later(20_000, 'each order of the last two hours (three at most) counts as so much longer a way')
  },
  { description: 'Who goes before the nearest by time; 0: never', additionalProperties: false, default: {} }
)

export const dispatch = Type.Object(
  { bySystem, prefer },
  { description: 'Dispatch 派单', additionalProperties: false, default: {} }
)

/** Cleaners and volunteers are never sent into danger by the system: a table that says so is refused, not silently narrowed. */
export function classConflicts(settings: Static<typeof dispatch>): readonly Fault[] {
  return Object.entries(settings.bySystem).flatMap(([name, priorities]) =>
    DANGERS.has(name as Situation)
      ? Object.entries(priorities).flatMap(([priority, listed]) => {
          const lay = listed.filter(each => !isTrained({ unitClass: each }))
          const path = ['dispatch', 'bySystem', name, priority]
          const text = `${path.join('.')} has ${lay.join(', ')}; allowed: ${TRAINED.join(', ')}`
          return lay.length > 0 ? [{ path, text }] : []
        })
      : []
  )
}

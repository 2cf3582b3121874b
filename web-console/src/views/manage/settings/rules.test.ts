/** The settings' tab shows what the gateway has: every time, every situation, the same dangers. */
import { expect, it } from 'vitest'
import { DANGERS, isTrained, SITUATIONS } from '../../../../../gateway/core/class-rule.ts'
import { SERVICES } from '../../../../../gateway/core/hand-over.ts'
import { NATURES } from '../../../../../gateway/core/incident.ts'
import { SINGLE_KEYS, TIMER_KEYS } from '../../../../../gateway/core/run-settings.ts'
import { UNIT_CLASSES } from '../../../../../gateway/core/unit.ts'
import * as shown from './shown.ts'

it('times, situations, classes and dangers are those of the gateway', () => {
  expect(shown.TIMERS).toEqual([...TIMER_KEYS])
  expect(shown.SINGLES.flatMap(each => each.keys)).toEqual([...SINGLE_KEYS])
  expect([shown.NATURES, shown.SERVICES]).toEqual([[...NATURES], [...SERVICES]])
  expect(shown.SITUATIONS).toEqual([...SITUATIONS])
  expect(shown.CLASSES).toEqual([...UNIT_CLASSES])
  expect([...shown.DANGERS].sort()).toEqual([...DANGERS].sort())
  expect(shown.CLASSES.filter(each => shown.LAY.has(each))).toEqual(
    UNIT_CLASSES.filter(unitClass => !isTrained({ unitClass }))
  )
})

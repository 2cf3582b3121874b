/** Who may be sent by the system: the whole table of class × priority × nature with the defaults, and what no table can open. */
import { describe, expect, test } from 'vitest'
import { sampleIncident } from '../testing/samples.ts'
import {
  type ClassRule,
  DANGERS,
  DEFAULT_CLASS_RULE,
  mayOffer,
  SITUATIONS,
  situationOf,
  TRAINED
} from './class-rule.ts'
import { NATURES } from './incident.ts'
import { UNIT_CLASSES } from './unit.ts'

const PRIORITIES = [1, 2, 3, 4, 5] as const

/** Every class everywhere: what a careless table says. */
const EVERYBODY = Object.fromEntries(
  SITUATIONS.map(each => [each, { p1: UNIT_CLASSES, p2: UNIT_CLASSES, p3: UNIT_CLASSES, p4: UNIT_CLASSES }])
) as unknown as ClassRule

describe('class × priority × nature', () => {
  test('by default the trained classes everywhere, the others nowhere', () => {
    for (const nature of [undefined, ...NATURES])
      for (const priority of PRIORITIES)
        for (const unitClass of UNIT_CLASSES)
          expect(mayOffer(DEFAULT_CLASS_RULE, unitClass, sampleIncident({ nature, priority }))).toBe(
            TRAINED.includes(unitClass)
          )
  })

  test('no table sends a volunteer or an informant into danger, nor where nobody knows what it is, nor under duress', () => {
    for (const unitClass of ['volunteer', 'informant'] as const)
      for (const priority of PRIORITIES) {
        const sent = NATURES.filter(nature => mayOffer(EVERYBODY, unitClass, sampleIncident({ nature, priority })))
        expect(sent).toEqual(NATURES.filter(nature => !DANGERS.has(nature)))
        expect(mayOffer(EVERYBODY, unitClass, sampleIncident({ priority }))).toBe(false)
        expect(mayOffer(EVERYBODY, unitClass, sampleIncident({ nature: 'lostOrFallen', duress: true }))).toBe(false)
      }
  })

  test('one cell opens one class for one nature and priority', () => {
    const lost = { ...DEFAULT_CLASS_RULE.lostOrFallen, p3: [...TRAINED, 'volunteer'] as const }
    const rule: ClassRule = { ...DEFAULT_CLASS_RULE, lostOrFallen: lost }
    const asked = PRIORITIES.filter(priority =>
      mayOffer(rule, 'volunteer', sampleIncident({ nature: 'lostOrFallen', priority }))
    )
    expect(asked).toEqual([3])
  })

  test('before anybody has said what it is, the alarm itself speaks; what it was found to be goes before that', () => {
    const by = (alarmClass: Parameters<typeof situationOf>[0]['alarmClass']) =>
      situationOf(sampleIncident({ alarmClass }))
    expect([by('gas'), by('fence'), by('duress'), by('panic'), by('help'), by('trouble')]).toEqual([
      ...['fire', 'lostOrFallen', 'violence', 'unknown', 'unknown', 'equipment']
    ])
    expect(situationOf(sampleIncident({ alarmClass: 'fire', nature: 'equipment' }))).toBe('equipment')
  })
})

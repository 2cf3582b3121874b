/** Public emergencies 突发公共事件 by their four classes, with casualties and loss as the feedback has them. Pure. */
import { EMERGENCIES, type Emergency } from '../core/feedback.ts'
import type { EmergencyLine } from '../core/report.ts'
import { type Fact, isReal } from './facts.ts'

/** Always the four of them, in their order. */
export function emergenciesOf(
  facts: readonly Fact[],
  classes: Readonly<Record<string, Emergency>>
): readonly EmergencyLine[] {
  const real = facts.filter(isReal)
  return EMERGENCIES.map(emergency => {
    const some = real.filter(fact => classOf(fact.category, classes) === emergency)
    const sum = (figure: (fact: Fact) => number) => some.reduce((all, fact) => all + figure(fact), 0)
    return {
      ...{ emergency, incidents: some.length },
      injured: sum(fact => fact.injured),
      dead: sum(fact => fact.dead),
      lossYuan: sum(fact => fact.lossYuan)
    }
  })
}

/** The nearest row of the table that has a class: its own, else its type's, else its category's. */
function classOf(code: string, classes: Readonly<Record<string, Emergency>>): Emergency | undefined {
  for (let length = code.length; length > 0; length -= 1) {
    const found = classes[code.slice(0, length)]
    if (found) return found
  }
  return undefined
}
